import { booleans } from './booleans.ts';
import type { Comparison } from './comparison.ts';
import { numbers } from './numbers.ts';
import { stringMatches, strings } from './strings.ts';
import { timestamps } from './timestamps.ts';
import { types } from './types.ts';

/** How an operator is written and carried out. */
export type Operator =
  | { kind: 'compare'; operandType: OperandType; operandIsPath: boolean; test: Comparison }
  | { kind: 'present' };
export type OperandType = 'string' | 'number' | 'boolean' | 'timestamp';

/** All comparison operators by name; those of the first four families also as `…Path`, with a path as operand. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ...family(strings, 'string'),
  ...family(numbers, 'number'),
  ...family(timestamps, 'timestamp'),
  ...family(booleans, 'boolean'),
  ['StringMatches', comparing(stringMatches, 'string', false)],
  ...Object.entries(types).map(([name, test]): [string, Operator] => [
    name,
    comparing((value, operand) => test(value) === operand, 'boolean', false),
  ]),
  ['IsPresent', { kind: 'present' }],
]);

function family(tests: Record<string, Comparison>, operandType: OperandType): [string, Operator][] {
  return Object.entries(tests).flatMap(([name, test]): [string, Operator][] => [
    [name, comparing(test, operandType, false)],
    [`${name}Path`, comparing(test, operandType, true)],
  ]);
}

function comparing(test: Comparison, operandType: OperandType, operandIsPath: boolean): Operator {
  return { kind: 'compare', operandType, operandIsPath, test };
}
