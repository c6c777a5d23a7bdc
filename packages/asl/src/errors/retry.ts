import type { Retrier } from '../machine.ts';
import type { Failure } from './failure.ts';
import { matchesError } from './names.ts';

export interface Retry {
  delaySeconds: number;
  /** Retries made by each retrier, this one included. */
  counts: number[];
}

/**
 * What the first matching retrier says. A retrier that is used up ends the search: later ones are not tried.
 * @param counts  retries made so far by each retrier in this visit of the state
 * @returns undefined when the failure is not retried
 */
export function nextRetry(
  retriers: readonly Retrier[],
  counts: readonly number[],
  failure: Failure,
  uniform: () => number,
): Retry | undefined {
  const index = retriers.findIndex((retrier) => matchesError(retrier.ErrorEquals, failure));
  const retrier = retriers[index];
  if (retrier === undefined) return undefined;
  const made = counts[index] ?? 0;
  if (made >= (retrier.MaxAttempts ?? 3)) return undefined;
  return {
    delaySeconds: retryDelaySeconds(retrier, made + 1, uniform),
    counts: retriers.map((_, i) => (counts[i] ?? 0) + (i === index ? 1 : 0)),
  };
}

/**
 * Seconds to wait before retry `attempt` of one retrier.
 * @param attempt  1 for the first retry
 * @param uniform  in [0, 1); asked only when JitterStrategy is FULL
 * @returns seconds, maybe fractional, never above MaxDelaySeconds
 */
function retryDelaySeconds(retrier: Retrier, attempt: number, uniform: () => number): number {
  const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** (attempt - 1);
  const delay = Math.min(grown, retrier.MaxDelaySeconds ?? DELAY_SECONDS_MAX);
  return retrier.JitterStrategy === 'FULL' ? delay * uniform() : delay;
}

// MaxDelaySeconds is at most this; without one the growth must not leave the range of dates.
const DELAY_SECONDS_MAX = 31_622_400;
