import type jsonata from 'jsonata';
import type { Bounds } from './bounds.ts';
import type { Seed } from './prng.ts';

/** What belongs to one evaluation; functions and guards find it among the bindings. */
export interface Evaluating {
  bounds: Bounds;
  nowMs: number;
  uniform: () => number;
  hash: Hash | undefined;
}

/** Lower-case hex digest of a text's UTF-8. */
export type Hash = (algorithm: 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512', text: string) => string;

/** What an evaluation brings along beside its bindings: its time and its chance, so that it can be made again. */
export interface Chance {
  nowMs: number;
  /** Absent when the expression asks for nothing random. */
  seed?: Seed;
}

/** With a blank, a name that no expression can write. */
export const EVALUATING = 'this evaluation';

interface Environment {
  lookup(name: string | symbol): unknown;
}

export function evaluatingIn(environment: Environment): Evaluating {
  return environment.lookup(EVALUATING) as Evaluating; // bound by whoever evaluates
}

/** Has the library call the bounds of the evaluation under way before and after every node. */
export function guard(expression: jsonata.Expression): void {
  const entry = (_node: unknown, _input: unknown, environment: Environment) =>
    evaluatingIn(environment).bounds.enter();
  const exit = (node: { type: string }, _input: unknown, environment: Environment, result: unknown) =>
    evaluatingIn(environment).bounds.exit(node.type !== 'variable', result);
  // The declared type takes names only; the library looks these up by symbol.
  const assign = expression.assign as unknown as (name: symbol, value: unknown) => void;
  assign(Symbol.for('jsonata.__evaluate_entry'), entry);
  assign(Symbol.for('jsonata.__evaluate_exit'), exit);
}
