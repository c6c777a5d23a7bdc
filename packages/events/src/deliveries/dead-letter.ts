import { UndeliverableInput } from '@riposte/patterns';
import type { ClaimedDelivery } from '../ports/event-store.ts';
import type { DeadLetter, InvocationOutcome, TargetInvoker } from '../ports/targets.ts';
import { payloadOf } from './attempt.ts';

/** Of an error message; all attributes count towards the size of the queue's message. */
const ERROR_MESSAGE_CHARACTERS_MAX = 2048;

/**
 * One attempt to send a delivery's dead letter. Never throws.
 * @see "Using dead-letter queues to process undelivered events", EventBridge user guide, for the attributes
 */
export async function sendDeadLetter(
  delivery: ClaimedDelivery,
  deadLetter: DeadLetter,
  invoker: TargetInvoker,
): Promise<InvocationOutcome> {
  try {
    return await invoker.sendDeadLetter({
      deliveryId: delivery.deliveryId,
      ruleArn: delivery.ruleArn,
      region: delivery.region,
      queueArn: delivery.target.DeadLetterConfig?.Arn ?? '',
      body: bodyOf(delivery),
      attributes: {
        RULE_ARN: delivery.ruleArn,
        TARGET_ARN: delivery.target.Arn,
        ERROR_CODE: deadLetter.errorCode,
        ERROR_MESSAGE: textOf(deadLetter.errorMessage),
        RETRY_ATTEMPTS: String(deadLetter.attempts - 1),
        ...(deadLetter.exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: deadLetter.exhausted }),
      },
      simulated: delivery.simulated,
    });
  } catch (error) {
    const errorMessage = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', errorCode: 'INTERNAL_ERROR', errorMessage, retryable: true };
  }
}

/** What the target would have had; the event itself where its input could not be made. */
function bodyOf(delivery: ClaimedDelivery): string {
  try {
    return payloadOf(delivery);
  } catch (error) {
    if (error instanceof UndeliverableInput) return JSON.stringify(delivery.event);
    throw error;
  }
}

/** A queue takes no control characters, and no empty text. */
function textOf(message: string): string {
  const legal = message.toWellFormed().replaceAll(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  return legal.slice(0, ERROR_MESSAGE_CHARACTERS_MAX).toWellFormed() || 'No message.';
}
