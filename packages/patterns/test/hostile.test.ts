import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern, flattenEvent, matches, PatternIndex } from '@riposte/patterns';
import { complexityOf } from '../src/pattern/wildcard-complexity.ts';

const compiled = (pattern: unknown) => compilePattern(JSON.stringify(pattern));

test('a list of a hundred thousand objects is matched element by element, not pair by pair', () => {
  const list = Array.from({ length: 100_000 }, (_, index) => ({ name: `n${index}`, value: index }));
  const pattern = compiled({ list: { name: [{ prefix: 'n' }], value: [-1] } });
  assert.equal(matches(pattern, { list }), false);
  assert.equal(matches(pattern, { list: [...list, { name: 'n', value: -1 }] }), true);
  assert.equal(matches(pattern, { list: [...list, { name: 'm', value: -1 }] }), false);
});

test('lists in lists, a thousand deep, are matched', () => {
  let nested: unknown = { a: 1, b: 1 };
  for (let depth = 0; depth < 1000; depth += 1) nested = [{ a: 2, b: 1 }, nested];
  assert.equal(matches(compiled({ top: { a: [1], b: [1] } }), { top: nested }), true);
  assert.equal(matches(compiled({ top: { a: [1], b: [2] } }), { top: nested }), false);
});

test('an event whose lists multiply under one dotted name is given up', () => {
  const many = (name: string) => Array.from({ length: 3000 }, () => [{ [name]: 1 }, { other: 1 }]);
  const event = { a: many('b'), 'a.c': many('d'), 'a.d': many('e') };
  const pattern = compiled({ a: { b: [1], c: { d: [1] }, d: { e: [2, { exists: false }] } } });
  assert.equal(matches(pattern, event), false);
});

test('an event is walked only where a pattern looks', () => {
  const event = { detail: { id: 'i-1', large: Array.from({ length: 1000 }, () => ({ deep: 1 })) } };
  const index = new PatternIndex([compiled({ detail: { id: ['i-1'] } })]);
  assert.deepEqual(index.matching(event), [0]);
  assert.equal(flattenEvent(event).leaves.has('detail.large.deep'), true);
});

test('an index of no patterns matches nothing; patterns of absence alone match what has no fields', () => {
  assert.deepEqual(new PatternIndex([]).matching({ a: 1 }), []);
  const absent = new PatternIndex([compiled({ a: [{ exists: false }] }), compiled({ b: ['x'] })]);
  assert.deepEqual(absent.matching({}), [0]);
  assert.deepEqual(absent.matching({ a: 1, b: 'x' }), [1]);
});

test('a pattern costs a bounded number of steps to check, whatever its wildcards', () => {
  const distinct = Array.from({ length: 4_000 }, (_, index) => String.fromCodePoint(0x4e00 + index));
  for (const pieces of [
    ['', distinct.join('')],
    ['', ...distinct],
    ['', ...distinct.map((character) => `${character}${character}x`)],
  ]) {
    const work = { followed: 0 };
    complexityOf([[pieces]], 11, work);
    assert.ok(work.followed < 60_000, `${work.followed} places followed`);
  }
});

test('branches of $or multiply out in their order; a path that comes again replaces the one before', () => {
  const pattern = compiled({
    a: [1],
    $or: [{ b: [1] }, { b: [2], $or: [{ c: [1] }, { a: [2] }] }],
    d: { $or: [{ e: [1] }, { f: [1] }] },
  });
  const texts = pattern.alternatives.map(({ inDocumentOrder }) =>
    inDocumentOrder.map(({ path, wanted }) => `${path}=${wanted}`).join(' '),
  );
  assert.deepEqual(texts, [
    'a=1 b=1 d.e=1',
    'a=1 b=1 d.f=1',
    'a=1 b=2 c=1 d.e=1',
    'a=1 b=2 c=1 d.f=1',
    'b=2 a=2 d.e=1',
    'b=2 a=2 d.f=1',
  ]);
});
