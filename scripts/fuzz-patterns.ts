/**
 * `npm run fuzz [-- --seconds 60] [--seed N]`: generated patterns and events, the compiled matcher, the index of many
 * patterns and the explanations against a naive matcher, until the time is over or something differs. The first seed
 * is taken from the clock and printed; `--seed N --seconds 0` tries one again.
 */
import { parseArgs } from 'node:util';
import { compareWithNaive } from '../packages/patterns/test/support/compare.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
const seconds = Number(values.seconds ?? 60);
const first = Number(values.seed ?? Date.now() % 1_000_000_000);
console.log(`Patterns against the naive matcher for ${seconds} s, from seed ${first} on.`);

const end = performance.now() + seconds * 1000;
let seed = first;
let matched = 0;
let difference: string | undefined;
do {
  const compared = compareWithNaive(seed);
  matched += compared.matched;
  difference = compared.difference;
  seed += 1;
} while (difference === undefined && performance.now() < end);

console.log(difference ?? `${seed - first} seeds, ${matched} matches, no difference.`);
if (difference !== undefined || (seconds > 0 && matched === 0)) process.exitCode = 1;
