import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern, explain, matches } from '@riposte/patterns';

type Fields = { [name: string]: Fields | unknown[] };

/** Chance from a seed (mulberry32): a failure names the seed that repeats it. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NAMES = ['a', 'b', 'c'];
const SCALARS: readonly unknown[] = ['x', 'y', 'xy', '', 1, 2, true, null];
const ALTERNATIVES: readonly unknown[] = [
  ...SCALARS,
  { prefix: 'x' },
  { suffix: 'y' },
  { 'anything-but': 'x' },
  { 'anything-but': [1, 2] },
  { numeric: ['>', 1] },
  { exists: true },
  { exists: false },
];

function makePattern(pick: (below: number) => number, depth: number): Fields {
  const fields: Fields = {};
  for (let count = 1 + pick(2); count > 0; count -= 1) {
    const name = NAMES[pick(NAMES.length)] ?? 'a';
    fields[name] =
      depth > 0 && pick(2) === 0
        ? makePattern(pick, depth - 1)
        : Array.from({ length: 1 + pick(2) }, () => ALTERNATIVES[pick(ALTERNATIVES.length)]);
  }
  return fields;
}

function makeEvent(pick: (below: number) => number, depth: number): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const name of NAMES) {
    const kind = pick(5);
    if (kind === 0) continue;
    if (kind === 1 && depth > 0) event[name] = makeEvent(pick, depth - 1);
    else if (kind === 2) event[name] = Array.from({ length: pick(3) }, () => SCALARS[pick(SCALARS.length)]);
    else event[name] = SCALARS[pick(SCALARS.length)];
  }
  return event;
}

/** Walks pattern and event side by side; knows no lists of objects, so none are made. */
function naive(pattern: Fields, event: unknown): boolean {
  const members = typeof event === 'object' && event !== null && !Array.isArray(event) ? event : {};
  return Object.entries(pattern).every(([name, wanted]) => {
    const value: unknown = Object.hasOwn(members, name)
      ? (members as Record<string, unknown>)[name]
      : undefined;
    if (!Array.isArray(wanted)) return naive(wanted, value);
    const leaves = leavesOf(value);
    return wanted.some((alternative) => holds(alternative, leaves));
  });
}

function leavesOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? [] : [value];
}

function holds(alternative: unknown, leaves: unknown[]): boolean {
  if (typeof alternative !== 'object' || alternative === null) return leaves.includes(alternative);
  const [[operator, operand] = []] = Object.entries(alternative as Record<string, unknown>);
  switch (operator) {
    case 'prefix':
      return leaves.some((leaf) => typeof leaf === 'string' && leaf.startsWith(String(operand)));
    case 'suffix':
      return leaves.some((leaf) => typeof leaf === 'string' && leaf.endsWith(String(operand)));
    case 'anything-but':
      return leaves.some((leaf) => !(Array.isArray(operand) ? operand : [operand]).includes(leaf));
    case 'numeric':
      return leaves.some((leaf) => typeof leaf === 'number' && leaf > 1);
    case 'exists':
      return operand === true ? leaves.length > 0 : leaves.length === 0;
    default:
      throw new Error(`the naive matcher does not know ${operator}`);
  }
}

test('a compiled pattern agrees with a naive matcher on 20,000 seeded pairs, and so does its explanation', () => {
  let matched = 0;
  for (let seed = 1; seed <= 20_000; seed += 1) {
    const pick = chance(seed);
    const pattern = makePattern(pick, 2);
    const event = makeEvent(pick, 2);
    const expected = naive(pattern, event);
    const compiled = compilePattern(JSON.stringify(pattern));
    const told = `seed ${seed}: ${JSON.stringify(pattern)} on ${JSON.stringify(event)}`;
    assert.equal(matches(compiled, event), expected, told);
    const explanation = explain(compiled, event);
    assert.equal(explanation.matched, expected, told);
    assert.equal(explanation.path === undefined, expected, told);
    if (expected) matched += 1;
  }
  assert.ok(matched > 1000 && matched < 19_000, `a fair share matches, here ${matched}`);
});
