import type { Json } from '@riposte/json';
import type { Comparison } from './comparison.ts';

export const strings: Record<string, Comparison> = {
  StringEquals: ofStrings((value, operand) => value === operand),
  StringLessThan: ofStrings((value, operand) => value < operand),
  StringGreaterThan: ofStrings((value, operand) => value > operand),
  StringLessThanEquals: ofStrings((value, operand) => value <= operand),
  StringGreaterThanEquals: ofStrings((value, operand) => value >= operand),
};

function ofStrings(test: (value: string, operand: string) => boolean): Comparison {
  return (value, operand) => typeof value === 'string' && typeof operand === 'string' && test(value, operand);
}

/**
 * StringMatches: `*` stands for any run of characters, `\*` and `\\` for themselves. Greedy matching with one step
 * back, so that no pattern costs more than the product of the lengths.
 */
export function stringMatches(value: Json, operand: Json): boolean {
  if (typeof value !== 'string' || typeof operand !== 'string') return false;
  const pattern = operand.match(/\\[*\\]|[\s\S]/g) ?? [];
  let at = 0;
  let star = -1;
  let starAt = 0;
  for (let i = 0; i < value.length;) {
    const token = pattern[at];
    if (token === '*') {
      star = at++;
      starAt = i;
    } else if (token !== undefined && token.slice(-1) === value[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++starAt;
    } else return false;
  }
  return pattern.slice(at).every((token) => token === '*');
}
