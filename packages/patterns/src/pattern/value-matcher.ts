import { ServiceNumber } from '@riposte/json';
import { Alternatives } from './alternatives.ts';
import { foldCase, foldedEnd, foldedStart, foldingCost } from './fold-case.ts';
import type { Pieces } from './wildcard-complexity.ts';
import { CHARACTERS_OF_A_UNIT } from './work.ts';

/** A leaf of an event. Two that are equal are the same value: numbers are held by what they are, not as written. */
export type Scalar = string | number | bigint | boolean | null;

/**
 * A value as leaves are compared: `1.0` is `1`. A whole number that doubles cannot tell from its neighbours is a bigint.
 * Any other value is handed back.
 */
export function comparable<T>(value: T | ServiceNumber): T | number | bigint {
  if (!(value instanceof ServiceNumber)) return value;
  const number = value.valueOf();
  if (!Number.isInteger(number) || Number.isSafeInteger(number)) return number;
  return /^-?\d+$/.test(value.text) ? BigInt(value.text) : BigInt(number);
}

/** A leaf or a literal, for people. */
export function shown(value: Scalar): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

/** One alternative of a leaf of a pattern. */
export interface ValueMatcher {
  accepts(value: Scalar): boolean;
  /** For people: `"open"`, `a number > 0 and <= 5`. */
  wanted: string;
  /** Where an index of many patterns looks it up. */
  key: MatcherKey;
  /** What asking costs. */
  cost: MatcherCost;
  /** Those it goes by, for their complexity. */
  wildcards?: readonly Pieces[];
}

/** In units of `work.ts`: for any value, and by how many readers of a text to its end, each of which costs its length. */
export interface MatcherCost {
  fixed: number;
  readers: number;
}

/** Of a comparison that reads no more of a value than the pattern is long. */
export const ONE_COMPARISON: MatcherCost = { fixed: 0.25, readers: 0 };

/** What it costs to ask a matcher about a value. */
export function costOf({ cost }: Pick<ValueMatcher, 'cost'>, value: Scalar): number {
  const length = typeof value === 'string' ? value.length : 0;
  return cost.fixed + cost.readers * Math.floor(length / CHARACTERS_OF_A_UNIT);
}

/** Of folding as many characters of a value as the folded text has. */
function foldingAs({ length }: string): MatcherCost {
  return { fixed: foldingCost(length), readers: 0 };
}

/** Values that a matcher may accept: all those that it accepts, and maybe others. */
export type MatcherKey =
  | { by: 'literal'; value: Scalar }
  /** Texts that are this one, begin or end with it. `isFolded`: in any case, the text as `foldCase` gives it. */
  | { by: 'text' | 'prefix' | 'suffix'; text: string; isFolded: boolean }
  | { by: 'infix'; text: string }
  /** Numbers from one to the other, both inclusive. */
  | { by: 'range'; from: number; to: number }
  /** IP addresses, as 4 or 16 bytes. */
  | { by: 'network'; network: readonly number[]; maskBits: number }
  /** Any value that none of these accepts. */
  | { by: 'exception'; refused: readonly ValueMatcher[] }
  | { by: 'presence' };

export function exactly(literal: Scalar): ValueMatcher {
  return {
    accepts: (value) => value === literal,
    wanted: shown(literal),
    key: { by: 'literal', value: literal },
    cost: ONE_COMPARISON,
  };
}

export function equalsIgnoreCase(text: string): ValueMatcher {
  const folded = foldCase(text);
  return {
    accepts: (value) =>
      typeof value === 'string' && value.length <= folded.length && foldCase(value) === folded,
    wanted: `${JSON.stringify(text)} in any case`,
    key: { by: 'text', text: folded, isFolded: true },
    cost: foldingAs(folded),
  };
}

export function startsWith(prefix: string): ValueMatcher {
  return {
    accepts: (value) => typeof value === 'string' && value.startsWith(prefix),
    wanted: `text starting with ${JSON.stringify(prefix)}`,
    key: { by: 'prefix', text: prefix, isFolded: false },
    cost: ONE_COMPARISON,
  };
}

export function startsWithIgnoreCase(prefix: string): ValueMatcher {
  const folded = foldCase(prefix);
  return {
    accepts: (value) => typeof value === 'string' && foldedStart(value, folded.length).startsWith(folded),
    wanted: `text starting with ${JSON.stringify(prefix)} in any case`,
    key: { by: 'prefix', text: folded, isFolded: true },
    cost: foldingAs(folded),
  };
}

export function endsWith(suffix: string): ValueMatcher {
  return {
    accepts: (value) => typeof value === 'string' && value.endsWith(suffix),
    wanted: `text ending with ${JSON.stringify(suffix)}`,
    key: { by: 'suffix', text: suffix, isFolded: false },
    cost: ONE_COMPARISON,
  };
}

export function endsWithIgnoreCase(suffix: string): ValueMatcher {
  const folded = foldCase(suffix);
  return {
    accepts: (value) => typeof value === 'string' && foldedEnd(value, folded.length).endsWith(folded),
    wanted: `text ending with ${JSON.stringify(suffix)} in any case`,
    key: { by: 'suffix', text: folded, isFolded: true },
    cost: foldingAs(folded),
  };
}

/** Holds for any leaf that none of `refused` accepts; never for a field that is absent. */
export function anythingBut(refused: readonly ValueMatcher[]): ValueMatcher {
  const alternatives = new Alternatives(refused);
  return {
    accepts: (value) => !alternatives.accepts(value),
    wanted: `anything but ${refused.map((matcher) => matcher.wanted).join(' or ')}`,
    key: { by: 'exception', refused },
    cost: alternatives.cost,
    wildcards: refused.flatMap(({ wildcards = [] }) => wildcards),
  };
}

export function anyValue(): ValueMatcher {
  return { accepts: () => true, wanted: 'any value', key: { by: 'presence' }, cost: ONE_COMPARISON };
}
