/** Chance from a seed (mulberry32): a failure names the seed that repeats it. */
export type Pick = (below: number) => number;

export function chance(seed: number): Pick {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NAMES = ['a', 'b', 'a-b'];
const SCALARS: readonly unknown[] = [
  'x',
  'y',
  'xy',
  'Xyx',
  'yxxy',
  '',
  'é*x',
  '10.0.0.1',
  '10.0.1.255',
  'xyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxy',
  'ßx',
  'xSS',
  'i̇',
  'İ',
  'ΣΑς',
  '𐐀y𐐀',
  '\ud801',
  '\udc00xy',
  'y\udc00',
  0,
  1,
  2,
  -3.5,
  true,
  null,
];
const OPERATORS: readonly unknown[] = [
  { prefix: 'x' },
  { prefix: '' },
  { prefix: { 'equals-ignore-case': 'X' } },
  { prefix: 'xyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyx' },
  { suffix: 'y' },
  { suffix: { 'equals-ignore-case': 'YX' } },
  { 'equals-ignore-case': 'XY' },
  { 'equals-ignore-case': '' },
  { 'equals-ignore-case': 'SSX' },
  { 'equals-ignore-case': 'İ' },
  { 'equals-ignore-case': 'σας' },
  { prefix: { 'equals-ignore-case': 's' } },
  { prefix: { 'equals-ignore-case': 'i' } },
  { prefix: { 'equals-ignore-case': '𐐨' } },
  { suffix: { 'equals-ignore-case': 's' } },
  { suffix: { 'equals-ignore-case': 'ß' } },
  { suffix: { 'equals-ignore-case': '\u0307' } },
  { suffix: { 'equals-ignore-case': 'y𐐨' } },
  { suffix: { 'equals-ignore-case': 'xxy' } },
  { suffix: { 'equals-ignore-case': '\udc00XY' } },
  { prefix: { 'equals-ignore-case': 'Y\udc00' } },
  { wildcard: 'x*' },
  { wildcard: '*xx*' },
  { wildcard: '*y' },
  { wildcard: 'x*y' },
  { wildcard: '*' },
  { wildcard: '*yxyx*xy' },
  { wildcard: 'é\\*x' },
  { wildcard: '' },
  { 'anything-but': 'x' },
  { 'anything-but': [1, 2] },
  { 'anything-but': ['x', 'y'] },
  { 'anything-but': { prefix: 'x' } },
  { 'anything-but': { suffix: ['y', 'x'] } },
  { 'anything-but': { wildcard: '*x*' } },
  { 'anything-but': { 'equals-ignore-case': ['XY', 'xẞ', 'i̇', 'Σας'] } },
  { numeric: ['>', 1] },
  { numeric: ['>=', 0, '<', 2] },
  { numeric: ['<=', -3.5] },
  { numeric: ['=', 2] },
  { cidr: '10.0.0.0/24' },
  { cidr: '10.0.0.0/15' },
  { exists: true },
  { exists: false },
];

function one<T>(pick: Pick, list: readonly T[]): T {
  return list[pick(list.length)]!; // an index below its length
}

/** A pattern in which a path may come twice, in `$or` and where a name has a dot. */
export function makePattern(pick: Pick, depth: number, names: readonly string[] = NAMES): object {
  const pattern: Record<string, unknown> = {};
  const left = [...names];
  for (let count = 1 + pick(2); count > 0 && left.length > 0; count -= 1) {
    const [name = 'a'] = left.splice(pick(left.length), 1);
    pattern[name] = depth > 0 && pick(3) === 0 ? makePattern(pick, depth - 1) : makeAlternatives(pick);
  }
  if (pick(8) === 0) pattern[`${one(pick, NAMES)}.${one(pick, NAMES)}`] = makeAlternatives(pick);
  const inBranches = pick(3) === 0 ? NAMES : left;
  if (depth > 0 && inBranches.length > 0 && pick(4) === 0)
    pattern['$or'] = Array.from({ length: 2 + pick(2) }, () => makePattern(pick, depth - 1, inBranches));
  return pattern;
}

function makeAlternatives(pick: Pick): unknown[] {
  return Array.from({ length: 1 + pick(3) }, () => one(pick, pick(3) === 0 ? SCALARS : OPERATORS));
}

export function makeEvent(pick: Pick, depth: number): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const name of NAMES) if (pick(5) > 0) event[name] = makeValue(pick, depth);
  if (depth > 0 && pick(6) === 0)
    event[`${one(pick, NAMES)}.${one(pick, NAMES)}`] = makeValue(pick, depth - 1);
  return event;
}

/** An event of long lists, some of them under one dotted name, and of lists in lists: what must not be multiplied out. */
export function makeWideEvent(pick: Pick): Record<string, unknown> {
  const list = () => Array.from({ length: 1 + pick(20) }, () => makeEvent(pick, 1));
  let nested: unknown = makeEvent(pick, 1);
  for (let depth = pick(30); depth > 0; depth -= 1) nested = [nested, one(pick, SCALARS)];
  return { ...makeEvent(pick, 2), [one(pick, NAMES)]: list(), 'a.b': list(), [one(pick, NAMES)]: nested };
}

function makeValue(pick: Pick, depth: number): unknown {
  switch (depth > 0 ? pick(4) : 3) {
    case 0:
      return makeEvent(pick, depth - 1);
    case 1:
      return Array.from({ length: pick(4) }, () => makeValue(pick, depth - 1));
    case 2:
      return Array.from({ length: pick(4) }, () => makeEvent(pick, depth - 1));
    default:
      return one(pick, SCALARS);
  }
}
