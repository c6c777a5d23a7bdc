import type { ClaimedDelivery, Ending } from '../ports/event-store.ts';
import type { DeadLetter, ExhaustedCondition, InvocationOutcome } from '../ports/targets.ts';
import { expiresAtMs, nextAttempt } from './backoff.ts';

/** @param uniform  in [0, 1): for the pause before the next attempt */
interface Chance {
  nowMs: number;
  uniform: number;
}

/** What becomes of a delivery after an attempt, of reaching its target or of sending its dead letter. */
export function endingOf(delivery: ClaimedDelivery, outcome: InvocationOutcome, chance: Chance): Ending {
  if (outcome.kind === 'later') return endingOfPutOff(delivery, outcome.atMs, chance.nowMs);
  return delivery.deadLetter
    ? endingOfLetter(delivery, delivery.deadLetter, outcome, chance)
    : endingOfAttempt(delivery, outcome, chance);
}

/**
 * What becomes of a delivery whose turn comes after the age that its target was given: what is stale is not acted upon.
 * Without such an age it is tried, however long the server was down.
 * @returns undefined while it may be tried
 */
export function endingOfTooOld(delivery: ClaimedDelivery, nowMs: number): Ending | undefined {
  const { RetryPolicy } = delivery.target;
  if (delivery.deadLetter || RetryPolicy?.MaximumEventAgeInSeconds === undefined) return undefined;
  if (nowMs <= expiresAtMs(RetryPolicy, delivery.receivedAtMs)) return undefined;
  return givenUp(delivery, TOO_OLD, { nowMs, exhausted: 'MaximumEventAgeInSeconds' });
}

const TOO_OLD = {
  errorCode: 'THROTTLING',
  errorMessage:
    'The event was too old when its turn came: the target was busy with others, or the server was down.',
};

/** Its turn may come after the event is too old: nothing is waited for that can no longer be. */
function endingOfPutOff(delivery: ClaimedDelivery, atMs: number, nowMs: number): Ending {
  const { target, receivedAtMs, deadLetter } = delivery;
  if (deadLetter || atMs <= expiresAtMs(target.RetryPolicy, receivedAtMs))
    return { kind: 'later', dueAtMs: atMs };
  return givenUp(delivery, PUT_OFF_TOO_LONG, { nowMs, exhausted: 'MaximumEventAgeInSeconds' });
}

const PUT_OFF_TOO_LONG = {
  errorCode: 'THROTTLING',
  errorMessage: 'The target takes only so many requests a second, and the turn of this one comes too late.',
};

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
  return givenUp(delivery, outcome, { nowMs, ...(next !== undefined && { exhausted: next }) });
}

function givenUp(
  { target, attempts }: ClaimedDelivery,
  { errorCode, errorMessage }: Pick<DeadLetter, 'errorCode' | 'errorMessage'>,
  { nowMs, exhausted }: { nowMs: number; exhausted?: ExhaustedCondition },
): Ending {
  const why = `${errorCode}: ${errorMessage}`;
  const error = exhausted === undefined ? why : `${why} (${exhausted} reached)`;
  if (target.DeadLetterConfig?.Arn === undefined) return { kind: 'dead', error };
  const deadLetter = { attempts: attempts + 1, errorCode, errorMessage, diedAtMs: nowMs };
  return {
    kind: 'dead-letter',
    error,
    deadLetter: { ...deadLetter, ...(exhausted !== undefined && { exhausted }) },
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
