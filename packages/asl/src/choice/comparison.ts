import type { Json } from '@riposte/json';

/** One operator: whether the value of Variable passes. A value of another type does not, and is no error. */
export type Comparison = (value: Json, operand: Json) => boolean;
