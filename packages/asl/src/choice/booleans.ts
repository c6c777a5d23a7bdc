import type { Comparison } from './comparison.ts';

export const booleans: Record<string, Comparison> = {
  BooleanEquals: (value, operand) => typeof value === 'boolean' && value === operand,
};
