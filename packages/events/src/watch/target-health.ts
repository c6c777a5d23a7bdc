import type { Ending } from '../ports/event-store.ts';

/** A target fails for good with one delivery that is given up, or with so many attempts one after the other. */
const FAILING_AFTER = 5;

/** A target that has failed, until it works again and that is told. Times in milliseconds since the epoch. */
export interface TargetHealth {
  /** Below the limit; failing and to be told so; told; and well again, which is to be told. */
  state: 'unsteady' | 'failing' | 'told' | 'recovered';
  /** Attempts that failed one after the other. */
  failures: number;
  /** Of the last of them. */
  error: string;
  /** Of the first of them. */
  sinceMs: number;
}

/**
 * After an attempt to reach the target; sending a dead letter is none.
 * @param before  undefined: it is well
 */
export function healthAfterAttempt(
  before: TargetHealth | undefined,
  ending: Ending,
  atMs: number,
): TargetHealth | undefined {
  if (ending.kind === 'later') return before;
  if (ending.kind === 'delivered') {
    const isTold = before?.state === 'told' || before?.state === 'recovered';
    return isTold ? { ...before, state: 'recovered' } : undefined;
  }
  const failures = (before?.failures ?? 0) + 1;
  const isFailing = ending.kind !== 'retry' || failures >= FAILING_AFTER;
  const state = before?.state ?? 'unsteady';
  return {
    state: state === 'recovered' ? 'told' : state === 'unsteady' && isFailing ? 'failing' : state,
    failures,
    error: ending.error,
    sinceMs: before?.sinceMs ?? atMs,
  };
}

/** After its state was told. */
export function healthAfterTelling(before: TargetHealth): TargetHealth | undefined {
  if (before.state === 'failing') return { ...before, state: 'told' };
  return before.state === 'recovered' ? undefined : before;
}
