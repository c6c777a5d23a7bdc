import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { QueueMessage } from '../ports/queue-messages.ts';
import type { QueueRecord } from './records.ts';

/** Names one receipt of one message of one queue. */
export function receiptHandle(message: QueueMessage & { receipt: string }): string {
  const parts = [message.receipt, message.queue, message.sequence];
  return Buffer.from(parts.join(' ')).toString('base64');
}

/**
 * @returns undefined when the message is gone, or has been received again since: the handle is out of date
 * @throws ServiceError ReceiptHandleIsInvalid for a text that is none of this queue
 */
export function messageOf(
  transaction: AccountTransaction,
  queue: QueueRecord,
  handle: string,
): QueueMessage | undefined {
  const [receipt, id, sequence, ...rest] = Buffer.from(handle, 'base64').toString().split(' ');
  if (id !== queue.id || sequence === undefined || !/^\d+$/.test(sequence) || rest.length > 0)
    throw new ServiceError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
      404,
    );
  const message = transaction.messages.get(queue.id, Number(sequence));
  return message?.receipt === receipt ? message : undefined;
}
