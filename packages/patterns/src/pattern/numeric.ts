import { InvalidPattern } from './invalid-pattern.ts';
import type { ValueMatcher } from './value-matcher.ts';

type Comparison = (value: number) => boolean;

/** `["=", 5]`, `[">", 0]`, `[">=", 0, "<", 10]`. Numbers are IEEE doubles; texts never match. */
export function numeric(range: unknown): ValueMatcher {
  if (!Array.isArray(range)) throw new InvalidPattern('Value of numeric must be an array.');
  const terms: readonly unknown[] = range;
  const operator = terms[0];
  if (typeof operator !== 'string')
    throw new InvalidPattern(`Invalid member in numeric match: ${JSON.stringify(operator) ?? ']'}`);
  const comparisons: Comparison[] = [];
  const bound = numberAt(terms, 1, operator === '=' ? 'equals' : operator, isOperator(operator));
  switch (operator) {
    case '=':
      comparisons.push((value) => value === bound);
      if (terms.length > 2) throw new InvalidPattern('Too many elements in numeric expression');
      break;
    case '<':
    case '<=':
      comparisons.push(below(operator, bound));
      if (terms.length > 2) throw new InvalidPattern('Too many elements in numeric expression');
      break;
    case '>':
    case '>=':
      comparisons.push(operator === '>' ? (value) => value > bound : (value) => value >= bound);
      if (terms.length > 2) comparisons.push(top(terms, bound));
      break;
  }
  return {
    accepts: (value) => typeof value === 'number' && comparisons.every((holds) => holds(value)),
    wanted: `a number ${describe(terms)}`,
  };
}

function isOperator(operator: string): boolean {
  return ['=', '<', '<=', '>', '>='].includes(operator);
}

function numberAt(terms: readonly unknown[], index: number, name: string, known: boolean): number {
  if (!known) throw new InvalidPattern(`Unrecognized numeric range operator: ${name}`);
  const value = terms[index];
  if (typeof value !== 'number') throw new InvalidPattern(`Value of ${name} must be numeric`);
  if (!Number.isFinite(value)) throw new InvalidPattern(`Cannot compare number : ${value}`);
  return value;
}

function top(terms: readonly unknown[], bottom: number): Comparison {
  const operator = terms[2];
  if (typeof operator !== 'string')
    throw new InvalidPattern(`Bad value in numeric range: ${JSON.stringify(operator)}`);
  if (operator !== '<' && operator !== '<=')
    throw new InvalidPattern(`Bad numeric range operator: ${operator}`);
  const bound = numberAt(terms, 3, operator, true);
  if (bottom >= bound) throw new InvalidPattern('Bottom must be less than top');
  if (terms.length > 4) throw new InvalidPattern('Too many terms in numeric range expression');
  return below(operator, bound);
}

function below(operator: '<' | '<=', bound: number): Comparison {
  return operator === '<' ? (value) => value < bound : (value) => value <= bound;
}

function describe(terms: readonly unknown[]): string {
  const pairs: string[] = [];
  for (let index = 0; index < terms.length; index += 2)
    pairs.push(`${String(terms[index])} ${String(terms[index + 1])}`);
  return pairs.join(' and ');
}
