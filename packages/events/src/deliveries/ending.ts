import type { ClaimedDelivery, Ending } from '../ports/event-store.ts';
import type { DeadLetter, InvocationOutcome } from '../ports/targets.ts';
import { nextAttempt } from './backoff.ts';

/** @param uniform  in [0, 1): for the pause before the next attempt */
interface Chance {
  nowMs: number;
  uniform: number;
}

/** What becomes of a delivery after an attempt, of reaching its target or of sending its dead letter. */
export function endingOf(delivery: ClaimedDelivery, outcome: InvocationOutcome, chance: Chance): Ending {
  if (outcome.kind === 'later') return { kind: 'later', dueAtMs: outcome.atMs };
  return delivery.deadLetter
    ? endingOfLetter(delivery, delivery.deadLetter, outcome, chance)
    : endingOfAttempt(delivery, outcome, chance);
}

type Tried = Exclude<InvocationOutcome, { kind: 'later' }>;

function endingOfAttempt(delivery: ClaimedDelivery, outcome: Tried, { nowMs, uniform }: Chance): Ending {
  if (outcome.kind === 'delivered')
    return { kind: 'delivered', ...(outcome.resultArn !== undefined && { resultArn: outcome.resultArn }) };
  const error = textOf(outcome);
  const attempts = delivery.attempts + 1;
  const { retryAfterMs } = outcome;
  const times = { attempts, receivedAtMs: delivery.receivedAtMs, nowMs };
  const next = outcome.retryable
    ? nextAttempt(
        delivery.target.RetryPolicy,
        { ...times, ...(retryAfterMs !== undefined && { retryAfterMs }) },
        uniform,
      )
    : undefined;
  if (typeof next === 'number') return { kind: 'retry', dueAtMs: next, error };
  const { errorCode, errorMessage } = outcome;
  const end = next === undefined ? error : `${error} (${next} reached)`;
  if (delivery.target.DeadLetterConfig?.Arn === undefined) return { kind: 'dead', error: end };
  const deadLetter = { attempts, errorCode, errorMessage, diedAtMs: nowMs };
  return {
    kind: 'dead-letter',
    error: end,
    deadLetter: { ...deadLetter, ...(next !== undefined && { exhausted: next }) },
  };
}

/** The queue has a day, as targets have by default: what it refuses for good is told, and lost for it. */
function endingOfLetter(
  delivery: ClaimedDelivery,
  deadLetter: DeadLetter,
  outcome: Tried,
  { nowMs, uniform }: Chance,
): Ending {
  const queueArn = delivery.target.DeadLetterConfig?.Arn ?? '';
  const died = `${deadLetter.errorCode}: ${deadLetter.errorMessage}`;
  if (outcome.kind === 'delivered')
    return { kind: 'dead', error: `${died} (dead letter sent to ${queueArn})` };
  const failed = `${died} (dead letter not sent to ${queueArn}: ${textOf(outcome)})`;
  if (!outcome.retryable) return { kind: 'dead', error: failed };
  const attempts = delivery.attempts - deadLetter.attempts + 1;
  const next = nextAttempt(undefined, { attempts, receivedAtMs: deadLetter.diedAtMs, nowMs }, uniform);
  return typeof next === 'number'
    ? { kind: 'retry', dueAtMs: next, error: failed }
    : { kind: 'dead', error: failed };
}

function textOf({ errorCode, errorMessage }: Extract<Tried, { kind: 'failed' }>): string {
  return `${errorCode}: ${errorMessage}`;
}
