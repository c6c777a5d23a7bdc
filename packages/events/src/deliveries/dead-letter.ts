import { UndeliverableInput } from '@riposte/patterns';
import type { ClaimedDelivery } from '../ports/event-store.ts';
import type { DeadLetter, InvocationOutcome, TargetInvoker } from '../ports/targets.ts';
import { isSchedule } from '../arns.ts';
import { invocationOf, payloadOf } from './attempt.ts';

/** Of an error message; all attributes count towards the size of the queue's message. */
const ERROR_MESSAGE_CHARACTERS_MAX = 2048;
/**
 * Of a queue's message, its body and of each attribute name, type and value.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
const MESSAGE_BYTES_MAX = 1_048_576;

/** One attempt to send a delivery's dead letter. Never throws. */
export async function sendDeadLetter(
  delivery: ClaimedDelivery,
  deadLetter: DeadLetter,
  invoker: TargetInvoker,
): Promise<InvocationOutcome> {
  try {
    const payload = payloadOfLast(delivery, deadLetter);
    const attributes = {
      ...(isSchedule(delivery.ruleArn) ? invocationAttributes(delivery) : { RULE_ARN: delivery.ruleArn }),
      TARGET_ARN: delivery.target.Arn,
      ERROR_CODE: deadLetter.errorCode,
      ERROR_MESSAGE: textOf(deadLetter.errorMessage),
      RETRY_ATTEMPTS: String(deadLetter.attempts - 1),
      ...(deadLetter.exhausted !== undefined && { EXHAUSTED_RETRY_CONDITION: deadLetter.exhausted }),
    };
    return await invoker.sendDeadLetter({
      invocation: invocationOf(delivery, {
        target: delivery.target,
        payload,
        attempt: deadLetter.attempts,
      }),
      queueArn: delivery.target.DeadLetterConfig?.Arn ?? '',
      attributes: { ...attributes, ERROR_MESSAGE: fitting(attributes, payload) },
    });
  } catch (error) {
    const errorMessage = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', errorCode: 'INTERNAL_ERROR', errorMessage, retryable: true };
  }
}

/**
 * What EventBridge Scheduler tells where EventBridge tells of the rule.
 * @see "Retrieve the dead-letter event", EventBridge Scheduler user guide; for rules "Using dead-letter queues to process
 *   undelivered events", EventBridge user guide
 */
function invocationAttributes({ ruleArn, eventId, event }: ClaimedDelivery): Record<string, string> {
  return {
    SCHEDULE_ARN: ruleArn,
    SCHEDULED_TIME: event.time,
    EXECUTION_ID: eventId,
    IS_PAYLOAD_TRUNCATED: 'false', // inputs are smaller than a queue's messages may be
  };
}

/** What the target would have had; the event itself where its input could not be made. */
function payloadOfLast(delivery: ClaimedDelivery, { attempts }: DeadLetter): string {
  try {
    return payloadOf(delivery, attempts);
  } catch (error) {
    if (error instanceof UndeliverableInput) return JSON.stringify(delivery.event);
    throw error;
  }
}

/**
 * As much of the error message as a queue's message has room for. Where it has none, also without, the message stays
 * whole: the queue refuses it, and says why.
 */
function fitting(attributes: Record<string, string> & { ERROR_MESSAGE: string }, payload: string): string {
  const { ERROR_MESSAGE: message } = attributes;
  const others = Object.entries({ ...attributes, ERROR_MESSAGE: '' });
  const bytes = others.reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}String${value}`), 0);
  const room = MESSAGE_BYTES_MAX - bytes - Buffer.byteLength(payload);
  if (room >= Buffer.byteLength(message)) return message;
  const { read } = new TextEncoder().encodeInto(message, new Uint8Array(Math.max(0, room)));
  return message.slice(0, read) || message;
}

/** A queue takes no control characters, and no empty text. */
function textOf(message: string): string {
  const legal = message.toWellFormed().replaceAll(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  return legal.slice(0, ERROR_MESSAGE_CHARACTERS_MAX).toWellFormed() || 'No message.';
}
