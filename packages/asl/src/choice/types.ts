import type { Json } from '@riposte/json';
import { numberOf } from '@riposte/json';
import { parseTimestamp } from '../timestamps.ts';

/** Tests of a value's type. Their operand says whether the answer is wanted to be yes or no. */
export const types: Record<string, (value: Json) => boolean> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => numberOf(value) !== undefined,
  IsString: (value) => typeof value === 'string',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => typeof value === 'string' && parseTimestamp(value) !== undefined,
};
