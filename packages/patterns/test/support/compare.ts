import {
  compilePattern,
  explain,
  InvalidPattern,
  matches,
  PatternIndex,
  type CompiledPattern,
} from '@riposte/patterns';
import { chance, makeEvent, makePattern } from './generate.ts';
import { naiveMatches } from './naive.ts';

const PATTERNS_COUNT = 8;

/**
 * Some patterns and one event from a seed: the compiled matcher, its explanation and the index of all of them together
 * must say what the naive matcher says.
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
  const event = makeEvent(pick, 3);
  const wanted = patterns.map((pattern) => naiveMatches(pattern, event));
  const indexed = new Set(new PatternIndex(compiled).matching(event));
  for (const [position, pattern] of compiled.entries()) {
    const expected = wanted[position];
    const explanation = explain(pattern, event);
    const found = {
      matches: matches(pattern, event),
      index: indexed.has(position),
      explain: explanation.matched && explanation.path === undefined,
    };
    if (found.matches !== expected || found.index !== expected || found.explain !== expected)
      return {
        matched: 0,
        difference: `seed ${seed}: ${JSON.stringify(patterns[position])} on ${JSON.stringify(event)}: the naive matcher says ${expected}, ${JSON.stringify(found)}`,
      };
  }
  return { matched: wanted.filter(Boolean).length };
}

function compileUnlessTooComplex(pattern: object): CompiledPattern | undefined {
  try {
    return compilePattern(JSON.stringify(pattern));
  } catch (error) {
    if (error instanceof InvalidPattern && error.message.startsWith('Rule is too complex')) return undefined;
    throw error;
  }
}
