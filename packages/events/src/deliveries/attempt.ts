import { transformInput, UndeliverableInput } from '@riposte/patterns';
import { eventTime } from '../envelope/time.ts';
import type { ClaimedDelivery } from '../ports/event-store.ts';
import type { InvocationOutcome, TargetInvoker } from '../ports/targets.ts';

/**
 * One attempt: shapes the input and calls the target. Never throws: whatever goes wrong is an outcome, so that no
 * delivery can stop another.
 */
export async function attemptDelivery(
  delivery: ClaimedDelivery,
  invoker: TargetInvoker,
): Promise<InvocationOutcome> {
  try {
    const payload = payloadOf(delivery);
    return await invoker.invoke({
      deliveryId: delivery.deliveryId,
      eventId: delivery.event.id,
      ruleArn: delivery.ruleArn,
      region: delivery.region,
      target: delivery.target,
      payload,
      simulated: delivery.simulated,
      attempt: delivery.attempts + 1,
    });
  } catch (error) {
    const errorMessage = error instanceof Error ? error.message : String(error);
    return error instanceof UndeliverableInput
      ? { kind: 'failed', errorCode: 'INVALID_JSON', errorMessage, retryable: false }
      : { kind: 'failed', errorCode: 'INTERNAL_ERROR', errorMessage, retryable: true };
  }
}

function payloadOf(delivery: ClaimedDelivery): string {
  return transformInput(delivery.target, delivery.event, {
    ruleArn: delivery.ruleArn,
    ruleName: delivery.ruleArn.split('/').at(-1) ?? '',
    ingestionTime: eventTime(delivery.receivedAtMs),
  });
}
