import { InputTooLarge, transformInput, UndeliverableInput } from '@riposte/patterns';
import { isEventBus, isSchedule } from '../arns.ts';
import { eventTime } from '../envelope/time.ts';
import type { ClaimedDelivery } from '../ports/event-store.ts';
import type { InvocationOutcome, TargetInvocation, TargetInvoker } from '../ports/targets.ts';
import { expiresAtMs } from './backoff.ts';
import { withPathsResolved } from './parameter-paths.ts';
import { attemptInput } from '../scheduler/input.ts';

/** So that buses which forward to one another cannot keep an event going round. */
const SECOND_HOP: InvocationOutcome = {
  kind: 'failed',
  errorCode: 'INVALID_PARAMETER',
  errorMessage:
    'The event was forwarded by another event bus already, and is not forwarded twice. Let the first bus send it to each bus that needs it.',
  retryable: false,
};

/**
 * One attempt: shapes the input and calls the target. Never throws: whatever goes wrong is an outcome, so that no
 * delivery can stop another.
 */
export async function attemptDelivery(
  delivery: ClaimedDelivery,
  invoker: TargetInvoker,
): Promise<InvocationOutcome> {
  if (delivery.forwarded && isEventBus(delivery.target)) return SECOND_HOP;
  try {
    const target = withPathsResolved(delivery);
    return await invoker.invoke(
      invocationOf(delivery, { target, payload: payloadOf(delivery), attempt: delivery.attempts + 1 }),
    );
  } catch (error) {
    const errorMessage = error instanceof Error ? error.message : String(error);
    const errorCode = error instanceof InputTooLarge ? 'INVALID_PARAMETER' : 'INVALID_JSON';
    return error instanceof UndeliverableInput
      ? { kind: 'failed', errorCode, errorMessage, retryable: false }
      : { kind: 'failed', errorCode: 'INTERNAL_ERROR', errorMessage, retryable: true };
  }
}

export function invocationOf(
  delivery: ClaimedDelivery,
  { target, payload, attempt }: Pick<TargetInvocation, 'target' | 'payload' | 'attempt'>,
): TargetInvocation {
  return {
    deliveryId: delivery.deliveryId,
    eventId: delivery.eventId,
    get event() {
      return delivery.event;
    },
    ruleArn: delivery.ruleArn,
    region: delivery.region,
    target,
    payload,
    simulated: delivery.simulated,
    attempt,
    expiresAtMs: expiresAtMs(delivery.target.RetryPolicy, delivery.receivedAtMs),
  };
}

/**
 * @param attempt 1 for the first
 * @throws UndeliverableInput
 */
export function payloadOf(delivery: ClaimedDelivery, attempt: number = delivery.attempts + 1): string {
  const { Input } = delivery.target;
  if (Input !== undefined && isSchedule(delivery.ruleArn)) return attemptInput(Input, attempt);
  return transformInput(delivery.target, delivery.event, {
    ruleArn: delivery.ruleArn,
    ruleName: delivery.ruleArn.split('/').at(-1) ?? '',
    ingestionTime: eventTime(delivery.receivedAtMs),
  });
}
