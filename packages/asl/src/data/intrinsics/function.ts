import { intrinsicFailure } from '../../errors/failure.ts';
import type { Json } from '@riposte/json';
import { stringifyJson } from '@riposte/json';
import { numberOf } from '@riposte/json';
import { INTRINSIC_TEXT_MAX } from '../../limits.ts';
import type { Environment } from '../../step/contract.ts';

/** One intrinsic function. Its arguments are counted before it runs. */
export interface IntrinsicFunction {
  /** Fewest and most arguments. */
  arity: readonly [number, number];
  /** @throws StateFailure States.IntrinsicFailure */
  run(values: Json[], call: CallSite): Json;
}

export interface CallSite {
  name: string;
  environment: Environment;
}

/** Takes an argument of one kind, or fails with a text that names it. */
export function textAt(values: Json[], index: number, call: CallSite): string {
  const value = values[index];
  return typeof value === 'string' ? value : wrong(values, index, call, 'a string');
}

export function shortTextAt(values: Json[], index: number, call: CallSite): string {
  const text = textAt(values, index, call);
  if (text.length > INTRINSIC_TEXT_MAX)
    throw intrinsicFailure(
      `Argument ${index + 1} of ${call.name} has ${text.length} characters, more than ${INTRINSIC_TEXT_MAX}.`,
    );
  return text;
}

export function arrayAt(values: Json[], index: number, call: CallSite): Json[] {
  const value = values[index];
  return Array.isArray(value) ? value : wrong(values, index, call, 'an array');
}

/** A number, rounded half up to an integer as Java's Math.round does. */
export function integerAt(values: Json[], index: number, call: CallSite): number {
  const value = numberOf(values[index]);
  return value === undefined ? wrong(values, index, call, 'a number') : Math.round(value);
}

function wrong(values: Json[], index: number, call: CallSite, wanted: string): never {
  throw intrinsicFailure(
    `Argument ${index + 1} of ${call.name} must be ${wanted}, but was: ${stringifyJson(values[index] ?? null)}`,
  );
}
