/**
 * How much does matching an event cost as rules are added, against a matcher that tries every rule, and against
 * reading the event's JSON?
 *
 * Measured: events from text to the positions of the rules that match (`PatternIndex`), for each kind of operator and
 * 5 to 10,000 rules; the same with a matcher that goes through all rules (`matches`, each event flattened once); and
 * `JSON.parse` of the same events alone. All three on the same seeded events, in turn, in one run. Beside it: the same
 * rules on one event with a list of 1,000 and of 10,000 objects, and on one with a text of 10,000 and of 100,000
 * characters.
 * Not measured: building the index (printed once), storing events, deliveries.
 * Checked first: both matchers find the same number of matches.
 *
 * Reading it: `index/parse` is the cost of matching as a multiple of reading the JSON. Where it stays level from 5 to
 * 10,000 rules, the cost follows the event. Some matches are inherent: every rule that matches must be named.
 * Run: `npx node bench/patterns.ts [events] [rounds]`
 */
import { cpus } from 'node:os';
import { compilePattern, flattenEvent, matches, PatternIndex } from '../packages/patterns/src/index.ts';
import { chance } from '../packages/patterns/test/support/generate.ts';

const [eventsCount = 400, rounds = 5] = process.argv.slice(2).map(Number);
const COUNTS = [5, 100, 1_000, 10_000];
const pick = chance(7);

const KINDS: Record<string, (rule: number) => unknown> = {
  literal: (rule) => ({ source: ['aws.ec2'], detail: { id: [`i-${rule}`] } }),
  'list of literals': (rule) => ({ detail: { id: [`i-${rule}`, `i-${rule + 1}`, `i-${rule + 2}`] } }),
  prefix: (rule) => ({ detail: { key: [{ prefix: `logs/${rule}/` }] } }),
  suffix: (rule) => ({ detail: { key: [{ suffix: `/${rule}.json` }] } }),
  'equals-ignore-case': (rule) => ({ detail: { id: [{ 'equals-ignore-case': `I-${rule}` }] } }),
  wildcard: (rule) => ({ detail: { key: [{ wildcard: `*/part-${rule}/*` }] } }),
  numeric: (rule) => ({ detail: { size: [{ numeric: ['>', rule * 10, '<=', rule * 10 + 10] }] } }),
  cidr: (rule) => ({ detail: { ip: [{ cidr: `10.${(rule >> 8) & 255}.${rule & 255}.0/24` }] } }),
  'prefix, any case': (rule) => ({
    detail: { key: [{ prefix: { 'equals-ignore-case': `LOGS/${rule}/` } }] },
  }),
  'suffix, any case': (rule) => ({
    detail: { key: [{ suffix: { 'equals-ignore-case': `/${rule}.JSON` } }] },
  }),
  // one event in a hundred is of another mode: few rules, or all of them, match
  'anything-but': (rule) => ({ detail: { mode: [{ 'anything-but': ['on', `m-${rule}`] }] } }),
  'anything-but prefix': (rule) => ({
    detail: { mode: [{ 'anything-but': { prefix: ['on', `m${rule}`] } }] },
  }),
  'anything-but suffix': (rule) => ({
    detail: { mode: [{ 'anything-but': { suffix: ['on', `m${rule}`] } }] },
  }),
  'anything-but any case': (rule) => ({
    detail: { mode: [{ 'anything-but': { 'equals-ignore-case': ['ON', `m${rule}`] } }] },
  }),
  'anything-but wildcard': (rule) => ({
    detail: { mode: [{ 'anything-but': { wildcard: ['on*', `m${rule}*`] } }] },
  }),
  exists: (rule) => ({ detail: { [`tag-${rule}`]: [{ exists: true }] } }),
  'exists: false': (rule) => ({ detail: { id: [`i-${rule}`], absent: [{ exists: false }] } }),
  $or: (rule) => ({ $or: [{ detail: { id: [`i-${rule}`] } }, { detail: { owner: [`o-${rule}`] } }] }),
};

function makeEvent(): string {
  const number = pick(10_000);
  return JSON.stringify({
    version: '0',
    id: `e-${number}`,
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2026-01-31T12:00:00Z',
    region: 'us-east-1',
    resources: [`arn:aws:ec2:us-east-1:111122223333:instance/i-${number}`],
    detail: {
      id: `i-${number}`,
      owner: `o-${pick(10_000)}`,
      key: `logs/${pick(10_000)}/part-${number}/${pick(10_000)}.json`,
      size: pick(100_000),
      ip: `10.${pick(40)}.${pick(256)}.${pick(256)}`,
      mode: number % 100 === 0 ? 'off' : 'on',
      [`tag-${number}`]: 'set',
      padding: Array.from({ length: 20 }, (_, index) => ({ name: `n${index}`, value: pick(1_000) })),
    },
  });
}

function seconds(work: () => number): { seconds: number; result: number } {
  const started = performance.now();
  const result = work();
  return { seconds: (performance.now() - started) / 1000, result };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const texts = Array.from({ length: eventsCount }, makeEvent);
console.log(`${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.version}, ${eventsCount} events`);
console.log(
  'kind                  rules   matches   parse µs   index µs   index/parse   each/index   spread',
);
for (const [kind, make] of Object.entries(KINDS))
  for (const count of COUNTS) {
    const patterns = Array.from({ length: count }, (_, rule) => compilePattern(JSON.stringify(make(rule))));
    const index = new PatternIndex(patterns);
    // beyond a thousand rules a part of the events says enough of the slow one
    const some = count > 1_000 ? texts.slice(0, 40) : texts;
    const parse = () => texts.reduce((sum, text) => sum + Object.keys(JSON.parse(text) as object).length, 0);
    const indexed = (of: string[]) =>
      of.reduce((sum, text) => sum + index.matching(JSON.parse(text)).length, 0);
    const each = (of: string[]) =>
      of.reduce((sum, text) => {
        const flat = flattenEvent(JSON.parse(text));
        return sum + patterns.filter((pattern) => matches(pattern, flat)).length;
      }, 0);
    if (indexed(some) !== each(some)) throw new Error(`${kind}, ${count} rules: the matchers do not agree`);
    parse();
    const times = Array.from({ length: rounds }, () => ({
      parse: seconds(parse).seconds / texts.length,
      index: seconds(() => indexed(texts)).seconds / texts.length,
      each: seconds(() => each(some)).seconds / some.length,
    }));
    const ratios = times.map((time) => time.index / time.parse);
    const micro = (value: number) => (value * 1e6).toFixed(1);
    console.log(
      `${kind.padEnd(20)} ${String(count).padStart(6)} ${String(indexed(texts)).padStart(9)}` +
        ` ${micro(median(times.map((time) => time.parse))).padStart(10)}` +
        ` ${micro(median(times.map((time) => time.index))).padStart(10)}` +
        ` ${median(ratios).toFixed(1).padStart(13)}` +
        ` ${median(times.map((time) => time.each / time.index))
          .toFixed(1)
          .padStart(12)}` +
        `   ${Math.min(...ratios).toFixed(1)}–${Math.max(...ratios).toFixed(1)}`,
    );
  }

console.log('\nOne event with a list of objects, two conditions on each: cost of 10× the elements');
const pair = new PatternIndex([
  compilePattern(JSON.stringify({ list: { name: [{ prefix: 'n' }], value: [-1] } })),
  compilePattern(JSON.stringify({ list: { name: [{ prefix: 'n' }], value: [{ exists: false }] } })),
]);
const listTimes = [1_000, 10_000].map((length) => {
  const event = { list: Array.from({ length }, (_, index) => ({ name: `n${index}`, value: index })) };
  if (pair.matching(event).length !== 0) throw new Error('no element has both');
  return median(Array.from({ length: rounds * 4 }, () => seconds(() => pair.matching(event).length).seconds));
});
const growth = ([short = 1, long = 0]: number[]): string =>
  `${(short * 1000).toFixed(2)} ms → ${(long * 1000).toFixed(2)} ms: ${(long / short).toFixed(1)}×`;
console.log(growth(listTimes));

console.log(
  '\nOne event with a long text, 300 rules of each kind of operator on texts: cost of 10× the characters',
);
const onTexts = new PatternIndex(
  ['x', 'X'].flatMap((name) =>
    ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].flatMap((operator) =>
      Array.from({ length: 300 }, (_, rule) => {
        const operand = operator === 'wildcard' ? `*${name}${rule}*` : `${name}${rule}`;
        const wanted = name === 'x' ? { [operator]: operand } : { 'anything-but': { [operator]: operand } };
        return compilePattern(JSON.stringify({ source: ['bench'], text: [wanted] }));
      }),
    ),
  ),
);
const textTimes = [10_000, 100_000].map((length) => {
  const event = { source: 'bench', text: 'Ä'.repeat(length) };
  if (onTexts.matching(event).length !== 1200) throw new Error('all that refuse something match');
  return median(
    Array.from({ length: rounds * 4 }, () => seconds(() => onTexts.matching(event).length).seconds),
  );
});
console.log(growth(textTimes));
