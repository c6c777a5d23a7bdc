import { numberOf } from '@riposte/json';
import { InvalidPattern } from './invalid-pattern.ts';
import { ONE_COMPARISON, type Scalar, type ValueMatcher } from './value-matcher.ts';

type Comparison = (value: number) => boolean;

/** `["=", 5]`, `[">", 0]`, `[">=", 0, "<", 10]`. Numbers are IEEE doubles; texts never match. */
export function numeric(range: unknown): ValueMatcher {
  if (!Array.isArray(range)) throw new InvalidPattern('Value of numeric must be an array.');
  const terms: readonly unknown[] = range.map(double);
  const operator = terms[0];
  if (typeof operator !== 'string')
    throw new InvalidPattern(`Invalid member in numeric match: ${JSON.stringify(operator) ?? ']'}`);
  const bound = numberAt(terms, 1, operator === '=' ? 'equals' : operator, isOperator(operator));
  const isRange = operator === '>' || operator === '>=';
  if (!isRange && terms.length > 2) throw new InvalidPattern('Too many elements in numeric expression');
  const upper = isRange && terms.length > 2 ? top(terms, bound) : undefined;
  const lowerHolds = comparison(operator, bound);
  return {
    accepts: (value) =>
      isNumber(value) && lowerHolds(Number(value)) && (upper === undefined || upper.holds(Number(value))),
    wanted: `a number ${describe(terms)}`,
    key: {
      by: 'range',
      from: operator.startsWith('<') ? Number.NEGATIVE_INFINITY : bound,
      to: upper?.bound ?? (isRange ? Number.POSITIVE_INFINITY : bound),
    },
    cost: ONE_COMPARISON,
  };
}

function double(term: unknown): unknown {
  return numberOf(term) ?? term;
}

function isNumber(value: Scalar): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function comparison(operator: string, bound: number): Comparison {
  switch (operator) {
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    case '>=':
      return (value) => value >= bound;
    default:
      return (value) => value === bound;
  }
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

function top(terms: readonly unknown[], bottom: number): { holds: Comparison; bound: number } {
  const operator = terms[2];
  if (typeof operator !== 'string')
    throw new InvalidPattern(`Bad value in numeric range: ${JSON.stringify(operator)}`);
  if (operator !== '<' && operator !== '<=')
    throw new InvalidPattern(`Bad numeric range operator: ${operator}`);
  const bound = numberAt(terms, 3, operator, true);
  if (bottom >= bound) throw new InvalidPattern('Bottom must be less than top');
  if (terms.length > 4) throw new InvalidPattern('Too many terms in numeric range expression');
  return { holds: comparison(operator, bound), bound };
}

function describe(terms: readonly unknown[]): string {
  const pairs: string[] = [];
  for (let index = 0; index < terms.length; index += 2)
    pairs.push(`${String(terms[index])} ${String(terms[index + 1])}`);
  return pairs.join(' and ');
}
