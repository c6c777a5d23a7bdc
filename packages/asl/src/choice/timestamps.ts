import type { Json } from '@riposte/json';
import { parseTimestamp } from '../timestamps.ts';
import type { Comparison } from './comparison.ts';

export const timestamps: Record<string, Comparison> = {
  TimestampEquals: ofTimestamps((value, operand) => value === operand),
  TimestampLessThan: ofTimestamps((value, operand) => value < operand),
  TimestampGreaterThan: ofTimestamps((value, operand) => value > operand),
  TimestampLessThanEquals: ofTimestamps((value, operand) => value <= operand),
  TimestampGreaterThanEquals: ofTimestamps((value, operand) => value >= operand),
};

/** Compares instants: the same moment in two zones is equal. */
function ofTimestamps(test: (value: number, operand: number) => boolean): Comparison {
  return (value, operand) => {
    const valueMs = instantOf(value);
    const operandMs = instantOf(operand);
    return valueMs !== undefined && operandMs !== undefined && test(valueMs, operandMs);
  };
}

function instantOf(value: Json): number | undefined {
  return typeof value === 'string' ? parseTimestamp(value) : undefined;
}
