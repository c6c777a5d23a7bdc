import {
  compilePattern,
  explain,
  flattenEvent,
  InvalidPattern,
  matches,
  PatternIndex,
  type CompiledPattern,
} from '@riposte/patterns';
import { outcomeOf, type Outcome } from '../../src/pattern/match.ts';
import { Work } from '../../src/pattern/work.ts';
import { chance, makeEvent, makePattern, makeWideEvent } from './generate.ts';
import { naiveMatches } from './naive.ts';

const PATTERNS_COUNT = 8;
/** Of so many seeds one has an event of long lists, which cost the naive matcher much. */
const WIDE_EACH = 10;
/** So little that a good part of the pairs takes more. */
const SCARCE_WORK_MAX = 60;

/**
 * Some patterns and one event from a seed: the compiled matcher, its explanation and the index of all of them together
 * must say what the naive matcher says. With little work allowed it may give up, but not say anything else.
 * @returns how many patterns matched, and what differed, in words
 */
export function compareWithNaive(seed: number): { matched: number; difference?: string } {
  const pick = chance(seed);
  const compiled: CompiledPattern[] = [];
  const patterns: object[] = [];
  while (patterns.length < PATTERNS_COUNT) {
    const pattern = makePattern(pick, 2);
    const accepted = compileUnlessTooComplex(pattern);
    if (!accepted) continue;
    patterns.push(pattern);
    compiled.push(accepted);
  }
  const event = seed % WIDE_EACH === 0 ? makeWideEvent(pick) : makeEvent(pick, 3);
  const flat = flattenEvent(event);
  const wanted = patterns.map((pattern) => naiveMatches(pattern, event));
  const indexed = new Set(new PatternIndex(compiled).matching(event));
  for (const [position, pattern] of compiled.entries()) {
    const expected = wanted[position];
    const explanation = explain(pattern, event);
    const found = {
      matches: matches(pattern, event),
      index: indexed.has(position),
      explain: explanation.matched && explanation.path === undefined,
      scarce: decidedBy(outcomeOf(pattern, flat, new Work(pick(SCARCE_WORK_MAX)))) ?? expected,
    };
    if (Object.values(found).some((says) => says !== expected))
      return {
        matched: 0,
        difference: `seed ${seed}: ${JSON.stringify(patterns[position])} on ${JSON.stringify(event)}: the naive matcher says ${expected}, ${JSON.stringify(found)}`,
      };
  }
  return { matched: wanted.filter(Boolean).length };
}

/** @returns undefined when the work limit was reached */
function decidedBy(outcome: Outcome): boolean | undefined {
  return outcome === 'undecided' ? undefined : outcome === 'matched';
}

function compileUnlessTooComplex(pattern: object): CompiledPattern | undefined {
  try {
    return compilePattern(JSON.stringify(pattern));
  } catch (error) {
    if (error instanceof InvalidPattern && error.message.startsWith('Rule is too complex')) return undefined;
    throw error;
  }
}
