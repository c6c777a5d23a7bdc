import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { eachEntry, type BatchEntry } from './batch.ts';
import { checkRange, invalidValue } from './errors.ts';
import { findQueue, onQueue, type QueueInput } from './queue-address.ts';
import { messageOf } from './receipt-handle.ts';
import { NUMBERS, type QueueRecord } from './records.ts';

interface Receipt {
  ReceiptHandle: string;
}

export const deleteMessage: AccountOperation<QueueInput & Receipt> = {
  ...onQueue,
  name: 'DeleteMessage',
  access: 'write',
  handle(transaction, context, { QueueUrl, ReceiptHandle }) {
    remove(transaction, findQueue(transaction, context, QueueUrl), ReceiptHandle);
    return {};
  },
};

export const deleteMessageBatch: AccountOperation<QueueInput & { Entries: (BatchEntry & Receipt)[] }> = {
  ...onQueue,
  name: 'DeleteMessageBatch',
  action: 'sqs:DeleteMessage',
  access: 'write',
  handle(transaction, context, { QueueUrl, Entries }) {
    const queue = findQueue(transaction, context, QueueUrl);
    return eachEntry(Entries, 'DeleteMessageBatchRequestEntry', ({ Id, ReceiptHandle }) => {
      remove(transaction, queue, ReceiptHandle);
      return { Id };
    });
  },
};

export const changeMessageVisibility: AccountOperation<QueueInput & Receipt & { VisibilityTimeout: number }> =
  {
    ...onQueue,
    name: 'ChangeMessageVisibility',
    access: 'write',
    handle(transaction, context, { QueueUrl, ...change }) {
      changeVisibility(transaction, context, findQueue(transaction, context, QueueUrl), change);
      return {};
    },
  };

export const changeMessageVisibilityBatch: AccountOperation<
  QueueInput & { Entries: (BatchEntry & Receipt & { VisibilityTimeout?: number })[] }
> = {
  ...onQueue,
  name: 'ChangeMessageVisibilityBatch',
  action: 'sqs:ChangeMessageVisibility',
  access: 'write',
  handle(transaction, context, { QueueUrl, Entries }) {
    const queue = findQueue(transaction, context, QueueUrl);
    return eachEntry(Entries, 'ChangeMessageVisibilityBatchRequestEntry', ({ Id, ...change }) => {
      changeVisibility(transaction, context, queue, change);
      return { Id };
    });
  },
};

/** Succeeds with a handle that is out of date, and leaves the message to whoever received it since. */
function remove(transaction: AccountTransaction, queue: QueueRecord, handle: string): void {
  const message = messageOf(transaction, queue, handle);
  if (message) transaction.messages.delete(queue.id, message.sequence);
}

function changeVisibility(
  transaction: AccountTransaction,
  { nowMs }: CallContext,
  queue: QueueRecord,
  { ReceiptHandle, VisibilityTimeout = 0 }: Receipt & { VisibilityTimeout?: number },
): void {
  checkRange('VisibilityTimeout', VisibilityTimeout, 0, NUMBERS.VisibilityTimeout.max);
  const message = messageOf(transaction, queue, ReceiptHandle);
  if (!message || message.visibleAtMs <= nowMs)
    throw invalidValue(
      'ReceiptHandle',
      ReceiptHandle,
      'Message does not exist or is not available for visibility timeout change.',
    );
  transaction.messages.change({ ...message, visibleAtMs: nowMs + VisibilityTimeout * 1000 });
}
