import { isJsonObject } from '@riposte/json';
import { cidr } from './cidr.ts';
import { InvalidPattern } from './invalid-pattern.ts';
import { numeric } from './numeric.ts';
import {
  anythingBut,
  anyValue,
  comparable,
  endsWith,
  endsWithIgnoreCase,
  equalsIgnoreCase,
  exactly,
  startsWith,
  startsWithIgnoreCase,
  type ValueMatcher,
} from './value-matcher.ts';
import { wildcard } from './wildcard.ts';

/** `{"exists": false}`: the only alternative that looks at the absence of a field, not at a value. */
export const ABSENT = 'absent';

/** Reads one alternative of a leaf: a literal, or an object with one operator. */
export function parseAlternative(written: unknown): ValueMatcher | typeof ABSENT {
  const alternative = comparable(written);
  if (alternative === null) return exactly(null);
  switch (typeof alternative) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return exactly(alternative);
    default:
  }
  if (!isJsonObject(alternative))
    throw new InvalidPattern('Match value must be String, number, true, false, or null');
  const [operator, ...others] = Object.keys(alternative);
  if (operator === undefined) throw new InvalidPattern('Match expression name not found');
  const matcher = parseOperator(operator, alternative[operator]);
  if (others.length > 0)
    throw new InvalidPattern(
      operator === 'anything-but'
        ? 'Too many elements in numeric expression'
        : 'Only one key allowed in match expression',
    );
  return matcher;
}

function parseOperator(operator: string, operand: unknown): ValueMatcher | typeof ABSENT {
  switch (operator) {
    case 'exactly':
      return exactly(text(operand, 'exact'));
    case 'prefix':
      return affix('prefix', operand, startsWith, startsWithIgnoreCase);
    case 'suffix':
      return affix('suffix', operand, endsWith, endsWithIgnoreCase);
    case 'equals-ignore-case':
      return equalsIgnoreCase(text(operand, operator));
    case 'wildcard':
      return wildcard(text(operand, operator));
    case 'cidr':
      // the service names the wrong operator here
      return cidr(text(operand, 'prefix'));
    case 'numeric':
      return numeric(operand);
    case 'anything-but':
      return parseAnythingBut(operand);
    case 'exists':
      if (typeof operand !== 'boolean')
        throw new InvalidPattern('exists match pattern must be either true or false.');
      return operand ? anyValue() : ABSENT;
    default:
      throw new InvalidPattern(`Unrecognized match type ${operator}`);
  }
}

function affix(
  name: 'prefix' | 'suffix',
  operand: unknown,
  plain: (affix: string) => ValueMatcher,
  ignoringCase: (affix: string) => ValueMatcher,
): ValueMatcher {
  if (!isJsonObject(operand)) return plain(text(operand, name));
  const [inner, ...others] = Object.keys(operand);
  if (inner !== 'equals-ignore-case')
    throw new InvalidPattern(`Unsupported ${name} pattern: ${inner ?? '}'}`);
  const matcher = ignoringCase(text(operand[inner], 'equals-ignore-case'));
  if (others.length > 0) throw new InvalidPattern('Only one key allowed in match expression');
  return matcher;
}

function parseAnythingBut(written: unknown): ValueMatcher {
  const operand = comparable(written);
  if (isLiteral(operand)) return anythingBut([exactly(operand)]);
  if (Array.isArray(operand)) return anythingBut(literals(operand).map(exactly));
  if (!isJsonObject(operand))
    throw new InvalidPattern('Value of anything-but must be an array or single string/number value.');
  const [operator, ...others] = Object.keys(operand);
  const matcher = anythingBut(refusals(operator ?? '}', operand[operator ?? '}']));
  if (others.length > 0) throw new InvalidPattern('Too many elements in numeric expression');
  return matcher;
}

type Literal = string | number | bigint;

function isLiteral(value: unknown): value is Literal {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

function literals(list: readonly unknown[]): Literal[] {
  if (list.length === 0) throw new InvalidPattern('Empty arrays are not allowed');
  const accepted: Literal[] = [];
  for (const item of list.map(comparable)) {
    if (!isLiteral(item))
      throw new InvalidPattern('Inside anything but list, start|null|boolean is not supported.');
    if (accepted.length > 0 && (typeof accepted[0] === 'string') !== (typeof item === 'string'))
      throw new InvalidPattern(
        'Inside anything but list, either all values are number or string, mixed type is not supported',
      );
    accepted.push(item);
  }
  return accepted;
}

function refusals(operator: string, operand: unknown): ValueMatcher[] {
  switch (operator) {
    case 'prefix':
    case 'suffix':
      return list(operand).map((item) => {
        if (typeof item !== 'string')
          throw new InvalidPattern('prefix/suffix match pattern must be a string');
        if (item === '') throw new InvalidPattern('Null prefix/suffix not allowed');
        return operator === 'prefix' ? startsWith(item) : endsWith(item);
      });
    case 'equals-ignore-case':
      return list(operand).map((item) => {
        if (typeof item !== 'string')
          throw new InvalidPattern(
            'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
          );
        return equalsIgnoreCase(item);
      });
    case 'wildcard':
      return list(operand).map((item) => wildcard(text(item, 'wildcard')));
    default:
      throw new InvalidPattern(`Unsupported anything-but pattern: ${operator}`);
  }
}

function list(operand: unknown): readonly unknown[] {
  if (!Array.isArray(operand)) return [operand];
  if (operand.length === 0) throw new InvalidPattern('Empty arrays are not allowed');
  return operand;
}

function text(operand: unknown, operator: string): string {
  if (typeof operand !== 'string') throw new InvalidPattern(`${operator} match pattern must be a string`);
  return operand;
}
