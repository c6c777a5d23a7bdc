import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern, explain, flattenEvent, matches, PatternIndex } from '@riposte/patterns';
import { outcomeOf } from '../src/pattern/match.ts';
import { EVENT_WORK_MAX, PATTERN_WORK_MAX, Work } from '../src/pattern/work.ts';
import { combinationsOf } from '../src/pattern/combinations.ts';
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

/** Lists under one dotted name: elements of the one are to be tried with all of the other. */
const MULTIPLYING = {
  a: [...Array.from({ length: 3000 }, () => ({ b: 1, z: 2 })), { z: 1 }],
  'a.c': [...Array.from({ length: 3000 }, () => ({ d: 1, e: 2 })), { e: 1 }],
};

/** 900 combinations, each of which all but the last element of each list begin to meet. */
const multiplied = (mark: string) => {
  const among = (name: string) =>
    Array.from({ length: 30 }, (_, other) => ({ [name]: [1, `${mark}${other}`] }));
  return compiled({ a: { $or: among('b'), c: { $or: among('d'), e: [1] }, z: [1] } });
};

test('an event whose lists multiply is given up after as much work for many combinations as for one', () => {
  const flat = flattenEvent(MULTIPLYING);
  for (const pattern of [compiled({ a: { b: [1], c: { d: [1], e: [1] }, z: [1] } }), multiplied('x')]) {
    const work = new Work(PATTERN_WORK_MAX);
    assert.equal(outcomeOf(pattern, flat, work), 'undecided');
    assert.ok(work.spent < PATTERN_WORK_MAX * 1.1, `${work.spent} units`);
  }
  assert.equal(matches(multiplied('x'), MULTIPLYING), false);
});

test('patterns share a bound on one event, which keeps none of the modest ones from matching', () => {
  const hostile = Array.from({ length: 30 }, (_, index) => multiplied(`n${index}`));
  const index = new PatternIndex([...hostile, compiled({ a: { z: [1] } })]);
  const shared = new Work(EVENT_WORK_MAX);
  const { matched, undecided } = index.outcome({ ...MULTIPLYING, a: MULTIPLYING.a.toReversed() }, shared);
  assert.deepEqual(matched, [30]);
  assert.equal(undecided.length, 30);
  assert.ok(
    shared.spent < EVENT_WORK_MAX + hostile.length * PATTERN_WORK_MAX * 0.001,
    `${shared.spent} units`,
  );
});

test('ordinary patterns all match a large list, however many they are and whatever a hostile one takes', () => {
  const items = Array.from({ length: 5_000 }, (_, item) => ({ id: `i-${item}`, state: 'on', zone: 'z1' }));
  const ordinary = (rule: number) =>
    compiled({ items: { id: [`i-${4_999 - rule}`], state: ['on'], zone: [{ prefix: 'z' }] } });
  const index = new PatternIndex([
    ...Array.from({ length: 4 }, (_, hostile) => multiplied(`n${hostile}`)),
    ...Array.from({ length: 300 }, (_, rule) => ordinary(rule)),
  ]);
  const { matched, undecided } = index.outcome({ ...MULTIPLYING, items });
  assert.deepEqual([matched.length, undecided], [300, [0, 1, 2, 3]]);
});

test('a large list is not too large for one pattern of many conditions', () => {
  const element = { a: 1, b: 1, c: 1, d: 1, e: 1 };
  const list = [...Array.from({ length: 25_000 }, () => element), { ...element, f: 1 }];
  const pattern = compiled({ list: { a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] } });
  assert.equal(outcomeOf(pattern, flattenEvent({ list }), new Work(PATTERN_WORK_MAX)), 'matched');
});

test('of a long text no more is folded than the pattern is long', (t) => {
  let folded = 0;
  for (const method of ['toLowerCase', 'toUpperCase'] as const) {
    const original = String.prototype[method];
    t.mock.method(String.prototype, method, function (this: string) {
      folded += this.length;
      return original.call(this);
    });
  }
  const names = Array.from({ length: 500 }, (_, index) => `name${index}`);
  const affix = { 'equals-ignore-case': 'name' };
  const patterns = [
    compiled({ text: [{ 'anything-but': { 'equals-ignore-case': names } }] }),
    compiled({ text: names.map((name) => ({ 'equals-ignore-case': name })) }),
    compiled({ text: [{ prefix: affix }, { suffix: affix }] }),
  ];
  folded = 0;
  const index = new PatternIndex(patterns);
  for (const text of ['a'.repeat(500_000), 'Ä'.repeat(500_000)]) {
    assert.deepEqual(index.matching({ text }), [0]);
    for (const pattern of patterns) explain(pattern, { text });
  }
  assert.ok(folded < 5_000, `${folded} characters`);
});

test('a text longer than any address is not read as one', (t) => {
  const index = new PatternIndex([compiled({ text: [{ cidr: '10.0.0.0/8' }] })]);
  const read = t.mock.method(String.prototype, 'split');
  assert.deepEqual(index.matching({ text: '1.'.repeat(100_000) }), []);
  assert.equal(read.mock.callCount(), 0);
  assert.deepEqual(index.matching({ text: '10.1.2.3' }), [0]);
});

test('a list that fills an event is matched with as many networks, names and numbers as a pattern has room for', () => {
  const many = (length: number, make: (index: number) => unknown) =>
    Array.from({ length }, (_, at) => make(at));
  const ignoringCase = (text: string) => ({ 'equals-ignore-case': text });
  const kinds: [value: unknown, other: unknown, wanted: unknown[]][] = [
    ['25.1.2.30', '9.1.2.3', many(100, (index) => ({ cidr: `${25 + index}.0.0.0/8` }))],
    ['20::1', '2001:db8:1:2:3:4:5:6', many(100, (index) => ({ cidr: `${20 + index}::/16` }))],
    ['b7.X', 'a', many(100, (index) => ({ suffix: ignoringCase(`${index}.x`) }))],
    ['B7x', 'a', many(100, (index) => ({ prefix: ignoringCase(`b${index}`) }))],
    ['b7x', 'a', many(200, (index) => ({ prefix: `b${index}` }))],
    [7, -1, many(100, (index) => ({ numeric: ['>=', index, '<', index + 1] }))],
    [50, 5, many(185, (index) => ({ numeric: ['=', index + 10] }))],
  ];
  for (const [value, other, wanted] of kinds) {
    const list = [...Array.from({ length: 40_000 }, () => ({ v: other, p: 1 })), { v: value, p: 22 }];
    const pattern = compiled({ list: { v: wanted, p: [22] } });
    const work = new Work(PATTERN_WORK_MAX);
    assert.equal(outcomeOf(pattern, flattenEvent({ list }), work), 'matched', JSON.stringify(wanted[0]));
    assert.deepEqual(new PatternIndex([pattern]).matching({ list }), [0]);
  }
});

test('looking up goes in steps of about the same work', () => {
  const anything = compiled({ text: [{ 'anything-but': { wildcard: ['*aaaa*bz*'] } }] });
  const index = new PatternIndex(Array.from({ length: 20 }, () => anything));
  const text = Array.from({ length: 60_000 }, (_, at) => `aaaa bz ${at}`);
  const steps = [...index.steps({ text })];
  assert.ok(steps.length > 5, `${steps.length} steps`);
  assert.ok(Math.max(...steps.map(({ spent }) => spent)) < 200_000);
});

test('ranges that lie over one another are looked up in steps, and once for each value', () => {
  const overlapping = (rule: number) =>
    compiled({ n: Array.from({ length: 150 }, (_, at) => ({ numeric: ['>', -rule - 200 * at - 1] })) });
  const patterns = [...Array.from({ length: 10 }, (_, rule) => overlapping(rule)), compiled({ n: ['none'] })];
  const index = new PatternIndex(patterns);
  const distinct = [...index.steps({ n: Array.from({ length: 2_000 }, (_, at) => at) })];
  assert.ok(distinct.length > 15, `${distinct.length} steps`);
  assert.ok(Math.max(...distinct.map(({ spent }) => spent)) < 110_000);
  const same = [...index.steps({ n: Array.from({ length: 50_000 }, () => 5) })];
  assert.ok(same.length < 15, `${same.length} steps`);
});

test('a text is folded once for all that a pattern refuses', () => {
  const names = Array.from({ length: 500 }, (_, index) => `name${index}`);
  const pattern = compiled({ text: [{ 'anything-but': { 'equals-ignore-case': names } }] });
  const work = new Work(PATTERN_WORK_MAX);
  const text = Array.from({ length: 10_000 }, (_, index) => `other${index}`);
  assert.equal(outcomeOf(pattern, flattenEvent({ text: [...text, 'NAME7'] }), work), 'matched');
  assert.ok(work.spent < 20 * text.length, `${work.spent} units`);
});

test('everything that a pattern refuses is paid for', () => {
  const refused = Array.from({ length: 500 }, (_, index) => `p${index}`);
  const pattern = compiled({ text: [{ 'anything-but': { prefix: refused } }] });
  const text = Array.from({ length: 100_000 }, () => 'p1');
  const work = new Work(PATTERN_WORK_MAX);
  assert.equal(outcomeOf(pattern, flattenEvent({ text }), work), 'refused');
  assert.ok(work.spent > 100 * text.length, `${work.spent} units`);
  const [wildcards, long] = [compiled({ text: [{ wildcard: '*a*b' }] }), 'a'.repeat(64_000)];
  const reading = new Work(PATTERN_WORK_MAX);
  outcomeOf(wildcards, flattenEvent({ text: long }), reading);
  assert.ok(reading.spent > 1_000, `${reading.spent} units`);
});

test('a refusal that a text leads to at each of its places is asked once', (t) => {
  const index = new PatternIndex([compiled({ text: [{ 'anything-but': { wildcard: '*aaaa*b*' } }] })]);
  const sought = t.mock.method(String.prototype, 'indexOf');
  assert.deepEqual(index.matching({ text: 'a'.repeat(10_000) }), [0]);
  assert.ok(sought.mock.callCount() < 100, `sought ${sought.mock.callCount()} times`);
});

test('why a large event does not match is looked for only until a field decides, and within the limit', () => {
  const slow = Array.from({ length: 200 }, (_, index) => ({ prefix: `p${index}` }));
  const list = Array.from({ length: 200_000 }, () => 'p');
  const known = compiled({ source: ['x'], list: slow });
  const work = new Work(PATTERN_WORK_MAX);
  assert.equal(explain(known, { source: 'y', list }, undefined, work).path, 'source');
  assert.ok(work.spent < 10, `${work.spent} units`);
  const choice = compiled({ $or: [{ source: ['x'] }, { list: slow, source: ['y'] }] });
  const { matched, path, sentence } = explain(choice, { source: 'y', list }, 'refused', new Work(1_000_000));
  assert.deepEqual([matched, path], [false, undefined]);
  assert.match(sentence, /too large for finding out which field decided/);
});

test('a thousand combinations of a large list cost the sum of the branches, not their product', () => {
  const choice = (name: string) => ({
    $or: Array.from({ length: 10 }, (_, index) => ({ [name + index]: [1] })),
  });
  const pattern = compiled({ list: { x: choice('f'), y: choice('g'), z: choice('h') } });
  const element = { x: { f0: 1, f1: 1 }, y: { g0: 1, g9: 1 }, z: { h0: 2 } };
  const spent = (length: number, last: unknown[], wanted: string) => {
    const work = new Work(PATTERN_WORK_MAX);
    const list = [...Array.from({ length }, () => element), ...last];
    assert.equal(outcomeOf(pattern, flattenEvent({ list }), work), wanted);
    return work.spent;
  };
  const short = spent(2_000, [{ z: { h0: 1 } }], 'refused');
  const long = spent(20_000, [{ z: { h0: 1 } }], 'refused');
  assert.ok(long < 11 * short && long < 20_000 * 30 * 10, `${short} and ${long} units`);
  spent(20_000, [{ ...element, z: { h0: 1 } }], 'matched');
});

test('a pattern of a thousand combinations is as large as its text, and so is its part of an index', () => {
  const choice = { $or: Array.from({ length: 10 }, (_, index) => ({ [`f${index}`]: [1] })) };
  const common = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, [1]]));
  const pattern = compiled({ ...common, a: choice, m: choice, z: choice });
  assert.equal(pattern.root.combinations, 1000);
  assert.equal(pattern.conditions.length, 330);
  assert.ok(JSON.stringify(pattern.root).length < 100_000);
  const event = {
    ...Object.fromEntries(Object.keys(common).map((key) => [key, 1])),
    a: { f1: 1 },
    m: { f2: 1 },
  };
  const index = new PatternIndex([pattern]);
  assert.deepEqual(index.matching(event), []);
  assert.deepEqual(index.matching({ ...event, z: { f9: 1 } }), [0]);
});

test('a path that comes again in lists replaces what was asked before, in that combination only', () => {
  const pattern = compiled({ l: { a: [1], b: [1] }, $or: [{ 'l.a': [2] }, { c: [1] }] });
  const index = new PatternIndex([pattern]);
  const outcomes: [event: unknown, matched: boolean][] = [
    [{ l: [{ a: 2, b: 1 }, { a: 3 }] }, true],
    [{ l: [{ a: 2 }, { b: 1 }] }, false],
    [{ l: [{ a: 1, b: 1 }, {}] }, false],
    [{ l: [{ a: 1, b: 1 }, {}], c: 1 }, true],
    [{ l: { a: 2, b: 1 } }, true],
  ];
  for (const [event, matched] of outcomes) {
    assert.equal(matches(pattern, event), matched, JSON.stringify(event));
    assert.equal(index.matching(event).length, matched ? 1 : 0, JSON.stringify(event));
  }
});

test('an event deep in lists is laid out once for all its leaves', () => {
  let nested: unknown = Array.from({ length: 20_000 }, () => ({ a: 1 }));
  for (let depth = 0; depth < 900; depth += 1) nested = [nested, {}];
  const seen = flattenEvent({ top: nested });
  assert.equal(seen.lists('top.a').size, 901);
  assert.equal(matches(compiled({ top: { a: [2] } }), seen), false);
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
  const texts = Array.from(combinationsOf(pattern.root), (conditions) =>
    conditions.map(({ path, wanted }) => `${path}=${wanted}`).join(' '),
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
