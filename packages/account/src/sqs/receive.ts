import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { CallContext } from '../ports/operation.ts';
import type { MessageAttribute, QueueMessage } from '../ports/queue-messages.ts';
import { checkRange, invalidValue } from './errors.ts';
import { md5, md5OfAttributes } from './message-digest.ts';
import { findQueue, queueOfArn, type QueueInput } from './queue-address.ts';
import { receiptHandle } from './receipt-handle.ts';
import { NUMBERS, numberOf, type QueueRecord } from './records.ts';
import { redrivePolicyOf } from './redrive-policy.ts';
import { forgetExpired } from './retention.ts';

/** The input of ReceiveMessage. ReceiveRequestAttemptId, which only FIFO queues take, is refused. */
export interface ReceiveMessageInput extends QueueInput {
  MaxNumberOfMessages?: number;
  VisibilityTimeout?: number;
  WaitTimeSeconds?: number;
  /** The older name of MessageSystemAttributeNames. */
  AttributeNames?: string[];
  MessageSystemAttributeNames?: string[];
  MessageAttributeNames?: string[];
  ReceiveRequestAttemptId?: string;
}

/** What came of one look into a queue. */
export interface Received {
  /** `<region>/<name>` */
  queue: string;
  output: { Messages?: object[] };
  /** How long the request waits for messages when there is none. */
  waitMs: number;
  /** When a hidden message becomes visible, if one does. */
  nextVisibleMs?: number;
}

const MESSAGES_MAX = 10;

/**
 * One look into a queue: messages that may be received are hidden from others and handed out. Those that were
 * received too often move to the dead-letter queue instead.
 * @throws ServiceError QueueDoesNotExist, InvalidAttributeName, InvalidParameterValue
 */
export function receiveMessages(
  transaction: AccountTransaction,
  context: CallContext,
  input: ReceiveMessageInput,
): Received {
  const queue = findQueue(transaction, context, input.QueueUrl);
  const { MaxNumberOfMessages = 1, WaitTimeSeconds, VisibilityTimeout } = input;
  checkRange('MaxNumberOfMessages', MaxNumberOfMessages, 1, MESSAGES_MAX);
  checkRange('WaitTimeSeconds', WaitTimeSeconds, 0, NUMBERS.ReceiveMessageWaitTimeSeconds.max);
  checkRange('VisibilityTimeout', VisibilityTimeout, 0, NUMBERS.VisibilityTimeout.max);
  checkNames(input);
  forgetExpired(transaction, queue, context.nowMs);
  const visibilityMs = (VisibilityTimeout ?? numberOf(queue, 'VisibilityTimeout')) * 1000;
  const received = take(transaction, context, queue, MaxNumberOfMessages, visibilityMs);
  const nextVisibleMs =
    received.length > 0 ? undefined : transaction.messages.nextVisibleMs(queue.id, context.nowMs);
  return {
    queue: queue.id,
    output: received.length > 0 ? { Messages: received.map((message) => shown(message, input)) } : {},
    waitMs: (WaitTimeSeconds ?? numberOf(queue, 'ReceiveMessageWaitTimeSeconds')) * 1000,
    ...(nextVisibleMs !== undefined && { nextVisibleMs }),
  };
}

/** Those that only FIFO queues' messages have may be asked for as well. */
const SYSTEM_ATTRIBUTES: ReadonlySet<string> = new Set([
  'All',
  'SenderId',
  'SentTimestamp',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
  'SequenceNumber',
  'MessageDeduplicationId',
  'MessageGroupId',
]);

function checkNames(input: ReceiveMessageInput): void {
  const { AttributeNames = [], MessageSystemAttributeNames = [], ReceiveRequestAttemptId } = input;
  for (const name of [...AttributeNames, ...MessageSystemAttributeNames])
    if (!SYSTEM_ATTRIBUTES.has(name))
      throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  if (ReceiveRequestAttemptId !== undefined)
    throw invalidValue(
      'ReceiveRequestAttemptId',
      ReceiveRequestAttemptId,
      'The request include parameter that is not valid for this queue type.',
    );
}

type ReceivedMessage = QueueMessage & { receipt: string };

function take(
  transaction: AccountTransaction,
  context: CallContext,
  queue: QueueRecord,
  limit: number,
  visibilityMs: number,
): ReceivedMessage[] {
  const redrive = redrivePolicyOf(queue);
  const deadLetters = redrive && queueOfArn(transaction, context, redrive.deadLetterTargetArn);
  const taken: ReceivedMessage[] = [];
  while (taken.length < limit) {
    const visible = transaction.messages
      .visible(queue.id, context.nowMs, limit + taken.length)
      // with a visibility of nothing what was taken is still there
      .filter(({ sequence }) => !taken.some((message) => message.sequence === sequence));
    const next = visible.slice(0, limit - taken.length);
    if (next.length === 0) break;
    for (const message of next) {
      if (redrive && deadLetters && message.receiveCount >= redrive.maxReceiveCount)
        moveToDeadLetters(transaction, context, queue, deadLetters, message);
      else taken.push(receive(transaction, context, message, visibilityMs));
    }
  }
  return taken;
}

function receive(
  transaction: AccountTransaction,
  context: CallContext,
  message: QueueMessage,
  visibilityMs: number,
): ReceivedMessage {
  const received: ReceivedMessage = {
    ...message,
    receipt: context.ids.uuid(),
    receiveCount: message.receiveCount + 1,
    firstReceivedAtMs: message.firstReceivedAtMs ?? context.nowMs,
    visibleAtMs: context.nowMs + visibilityMs,
  };
  transaction.messages.change(received);
  return received;
}

/** It keeps its id, its age and its count of receives, as on AWS. */
function moveToDeadLetters(
  transaction: AccountTransaction,
  context: CallContext,
  queue: QueueRecord,
  deadLetters: QueueRecord,
  message: QueueMessage,
): void {
  const { receipt: _outOfDate, ...rest } = message;
  transaction.messages.change({
    ...rest,
    queue: deadLetters.id,
    visibleAtMs: context.nowMs,
    deadLetterSourceArn: queue.queueArn,
  });
}

function shown(message: ReceivedMessage, input: ReceiveMessageInput): object {
  const system = systemAttributes(message, [
    ...(input.AttributeNames ?? []),
    ...(input.MessageSystemAttributeNames ?? []),
  ]);
  const attributes = askedAttributes(message.attributes, input.MessageAttributeNames ?? []);
  const ofAttributes = md5OfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandle(message),
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Object.keys(system).length > 0 && { Attributes: system }),
    ...(ofAttributes !== undefined && {
      MD5OfMessageAttributes: ofAttributes,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, attribute]) => [name, given(attribute)]),
      ),
    }),
  };
}

function systemAttributes(message: ReceivedMessage, names: readonly string[]): Record<string, string> {
  const all: Record<string, string | number | undefined> = {
    SenderId: message.senderId,
    SentTimestamp: message.sentAtMs,
    ApproximateReceiveCount: message.receiveCount,
    ApproximateFirstReceiveTimestamp: message.firstReceivedAtMs,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  };
  const asked = Object.entries(all).filter(
    ([name, value]) => value !== undefined && (names.includes('All') || names.includes(name)),
  );
  return Object.fromEntries(asked.map(([name, value]) => [name, String(value)]));
}

/** By name, by a beginning (`foo.*`), or all of them (`All`, `.*`). */
function askedAttributes(
  attributes: Record<string, MessageAttribute>,
  names: readonly string[],
): Record<string, MessageAttribute> {
  const isAsked = (attribute: string) =>
    names.some(
      (name) =>
        name === 'All' ||
        name === attribute ||
        (name.endsWith('.*') && attribute.startsWith(name.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isAsked(name)));
}

function given({ DataType, StringValue, binaryBase64 }: MessageAttribute): object {
  return StringValue === undefined
    ? { BinaryValue: new Uint8Array(Buffer.from(binaryBase64 ?? '', 'base64')), DataType }
    : { StringValue, DataType };
}
