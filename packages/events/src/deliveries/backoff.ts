import type { ExhaustedCondition, Target } from '../ports/targets.ts';

const FIRST_MS = 1000;
/** With full jitter, 185 retries under this cap fill the 24 hours that EventBridge tries for. */
const CAP_MS = 16 * 60_000;
const RETRIES_MAX = 185;
const AGE_MAX_SECONDS = 86_400;

/**
 * When to try again after a failure that a retry could help.
 * @param attempts  attempts that have ended, at least 1
 * @param delivery.retryAfterMs  what the target asked for
 * @param uniform  in [0, 1)
 * @returns the instant in milliseconds since the epoch, or which condition of the retry policy is exhausted
 */
export function nextAttempt(
  policy: Target['RetryPolicy'],
  delivery: { attempts: number; receivedAtMs: number; nowMs: number; retryAfterMs?: number },
  uniform: number,
): number | ExhaustedCondition {
  if (delivery.attempts > (policy?.MaximumRetryAttempts ?? RETRIES_MAX)) return 'MaximumRetryAttempts';
  const ceilingMs = Math.min(CAP_MS, FIRST_MS * 2 ** (delivery.attempts - 1));
  const pauseMs = Math.max(Math.ceil(uniform * ceilingMs), delivery.retryAfterMs ?? 0);
  const dueAtMs = delivery.nowMs + pauseMs;
  return dueAtMs > expiresAtMs(policy, delivery.receivedAtMs) ? 'MaximumEventAgeInSeconds' : dueAtMs;
}

/** @returns until when a delivery may be tried, in milliseconds since the epoch */
export function expiresAtMs(policy: Target['RetryPolicy'], receivedAtMs: number): number {
  return receivedAtMs + (policy?.MaximumEventAgeInSeconds ?? AGE_MAX_SECONDS) * 1000;
}
