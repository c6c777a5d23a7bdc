import { ServiceError, SIMULATED_MARK } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { Caller } from '../ports/caller.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { isSimulated } from '../simulated.ts';
import { eachEntry, type BatchEntry } from './batch.ts';
import { checkRange, invalidParameter } from './errors.ts';
import { contentOf, type MessageInput } from './message-content.ts';
import { md5, md5OfAttributes } from './message-digest.ts';
import { findQueue, onQueue, type QueueInput } from './queue-address.ts';
import { NUMBERS, numberOf, type QueueRecord } from './records.ts';

/** CloudTrail's own words: what is in a message is for its receiver. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

const MARKED = { DataType: 'String', StringValue: 'true' };

interface Sent {
  MessageId: string;
  MD5OfMessageBody: string;
  MD5OfMessageAttributes?: string;
  MD5OfMessageSystemAttributes?: string;
}

export const sendMessage: AccountOperation<QueueInput & MessageInput, Sent> = {
  ...onQueue,
  name: 'SendMessage',
  access: 'write',
  handle: (transaction, context, input) =>
    send(transaction, context, findQueue(transaction, context, input.QueueUrl), input),
  auditedInput: auditedMessage,
};

export const sendMessageBatch: AccountOperation<QueueInput & { Entries: (BatchEntry & MessageInput)[] }> = {
  ...onQueue,
  name: 'SendMessageBatch',
  action: 'sqs:SendMessage',
  access: 'write',
  handle(transaction, context, { QueueUrl, Entries }) {
    const queue = findQueue(transaction, context, QueueUrl);
    checkBatchSize(Entries);
    return eachEntry(Entries, 'SendMessageBatchRequestEntry', (entry) => ({
      Id: entry.Id,
      ...send(transaction, context, queue, entry),
    }));
  },
  auditedInput: ({ QueueUrl, Entries }) => ({ QueueUrl, Entries: Entries.map(auditedMessage) }),
};

function send(
  transaction: AccountTransaction,
  context: CallContext,
  queue: QueueRecord,
  input: MessageInput,
): Sent {
  const { body, attributes, traceHeader, bytes } = contentOf(input);
  const bytesMax = numberOf(queue, 'MaximumMessageSize');
  if (bytes > bytesMax)
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${bytesMax} bytes.`,
    );
  checkRange('DelaySeconds', input.DelaySeconds, NUMBERS.DelaySeconds.min, NUMBERS.DelaySeconds.max);
  const delaySeconds = input.DelaySeconds ?? numberOf(queue, 'DelaySeconds');
  const messageId = context.ids.uuid();
  transaction.messages.add({
    queue: queue.id,
    messageId,
    body,
    // besides what the sender gave, and what its digest counts
    attributes: isSimulated(context.caller) ? { ...attributes, [SIMULATED_MARK]: MARKED } : attributes,
    ...(traceHeader !== undefined && { traceHeader }),
    senderId: senderId(context.caller),
    sentAtMs: context.nowMs,
    visibleAtMs: context.nowMs + delaySeconds * 1000,
    receiveCount: 0,
  });
  const ofAttributes = md5OfAttributes(attributes);
  const ofSystemAttributes =
    traceHeader === undefined
      ? undefined
      : md5OfAttributes({ AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } });
  return {
    MD5OfMessageBody: md5(body),
    ...(ofAttributes !== undefined && { MD5OfMessageAttributes: ofAttributes }),
    ...(ofSystemAttributes !== undefined && { MD5OfMessageSystemAttributes: ofSystemAttributes }),
    MessageId: messageId,
  };
}

function auditedMessage<Input extends MessageInput>(input: Input): object {
  const { MessageAttributes, ...rest } = input;
  return {
    ...rest,
    MessageBody: HIDDEN,
    ...(MessageAttributes && { MessageAttributes: HIDDEN }),
  };
}

/** As much as one message may be, over all entries. */
function checkBatchSize(entries: readonly MessageInput[]): void {
  const bytesMax = NUMBERS.MaximumMessageSize.max;
  let bytes = 0;
  for (const { MessageBody = '', MessageAttributes = {} } of entries) {
    bytes += Buffer.byteLength(MessageBody);
    for (const [name, { DataType, StringValue = '', BinaryValue }] of Object.entries(MessageAttributes))
      bytes += Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.byteLength ?? 0);
  }
  if (bytes > bytesMax)
    throw new ServiceError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${bytesMax} bytes. You have sent ${bytes} bytes.`,
    );
}

/** As the attribute SenderId shows it. */
function senderId(caller: Caller): string {
  switch (caller.kind) {
    case 'administrator':
      return caller.account;
    case 'user':
      return caller.userId;
    case 'role-session':
      return `${caller.roleId}:${caller.sessionName}`;
    case 'service':
      return caller.service;
  }
}
