import { numberOf } from '@riposte/json';
import type { Comparison } from './comparison.ts';

export const numbers: Record<string, Comparison> = {
  NumericEquals: ofNumbers((value, operand) => value === operand),
  NumericLessThan: ofNumbers((value, operand) => value < operand),
  NumericGreaterThan: ofNumbers((value, operand) => value > operand),
  NumericLessThanEquals: ofNumbers((value, operand) => value <= operand),
  NumericGreaterThanEquals: ofNumbers((value, operand) => value >= operand),
};

function ofNumbers(test: (value: number, operand: number) => boolean): Comparison {
  return (value, operand) => {
    const [number, wanted] = [numberOf(value), numberOf(operand)];
    return number !== undefined && wanted !== undefined && test(number, wanted);
  };
}
