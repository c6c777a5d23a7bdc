import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExceptionIndex } from '../src/matching/exception-index.ts';
import { ValueIndex } from '../src/matching/value-index.ts';
import {
  endsWith,
  exactly,
  type Scalar,
  startsWith,
  type ValueMatcher,
} from '../src/pattern/value-matcher.ts';

function found(index: ExceptionIndex, value: Scalar): number[] {
  const entries: number[] = [];
  index.lookUp(value, (entry) => entries.push(entry));
  return entries.sort((a, b) => a - b);
}

test('what refuses a value is passed over, by whichever refusal, and what came later too', () => {
  const index = new ExceptionIndex(new ValueIndex());
  const refusals: ValueMatcher[][] = [
    [exactly('on'), exactly('off')],
    [exactly('on')],
    [startsWith('o')],
    [startsWith('x'), endsWith('n')],
    [exactly(1)],
  ];
  for (const [entry, refused] of refusals.entries()) index.add(refused, entry);
  assert.deepEqual(found(index, 'on'), [4]);
  assert.deepEqual(found(index, 'off'), [1, 3, 4]);
  assert.deepEqual(found(index, 'xn'), [0, 1, 2, 4]);
  assert.deepEqual(found(index, 1), [0, 1, 2, 3]);
  assert.deepEqual(found(index, null), [0, 1, 2, 3, 4]);
  index.add([exactly('z')], 5);
  assert.deepEqual(found(index, 'on'), [4, 5]);
});

test('an entry with two alternatives is found unless both refuse', () => {
  const index = new ExceptionIndex(new ValueIndex());
  index.add([exactly('x'), exactly('y')], 0);
  index.add([exactly('x')], 0);
  assert.deepEqual(found(index, 'y'), [0]);
  assert.deepEqual(found(index, 'x'), []);
});

test('ten thousand entries that all refuse a value cost it no more than one of them', () => {
  let asked = 0;
  const shared: ValueMatcher = { ...exactly('on'), accepts: (value) => (asked += 1) > 0 && value === 'on' };
  const index = new ExceptionIndex(new ValueIndex());
  for (let entry = 0; entry < 10_000; entry += 1) index.add([shared, exactly(`m-${entry}`)], entry);
  assert.deepEqual(found(index, 'on'), []);
  assert.equal(asked, 1);
});
