import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation } from '../ports/operation.ts';
import { checkedAttributes, mergedAttributes } from './attributes.ts';
import { findQueue, onQueue, type QueueInput } from './queue-address.ts';
import { ENCRYPTION, NUMBERS, numberOf, type NumberAttribute, type QueueRecord } from './records.ts';
import { forgetExpired } from './retention.ts';

export const getQueueAttributes: AccountOperation<QueueInput & { AttributeNames?: string[] }> = {
  ...onQueue,
  name: 'GetQueueAttributes',
  access: 'read',
  handle(transaction, context, { QueueUrl, AttributeNames: names = [] }) {
    const queue = findQueue(transaction, context, QueueUrl);
    for (const name of names)
      if (!KNOWN.has(name)) throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    if (names.length === 0) return {};
    const all = shown(transaction, queue, context.nowMs);
    const asked = Object.entries(all).filter(
      ([name, value]) => value !== undefined && (names.includes('All') || names.includes(name)),
    );
    return asked.length > 0 ? { Attributes: Object.fromEntries(asked) } : {};
  },
};

export const setQueueAttributes: AccountOperation<QueueInput & { Attributes: Record<string, string> }> = {
  ...onQueue,
  name: 'SetQueueAttributes',
  access: 'write',
  handle(transaction, context, { QueueUrl, Attributes }) {
    const queue = findQueue(transaction, context, QueueUrl);
    const checked = checkedAttributes(transaction, context, queue.queueArn, Attributes);
    const attributes = mergedAttributes(queue.attributes, checked);
    transaction.put('sqs:queue', queue.id, { ...queue, attributes, changedAtMs: context.nowMs });
    return {};
  },
};

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;
const NUMBER_NAMES = Object.keys(NUMBERS) as NumberAttribute[]; // its own keys
const KNOWN: ReadonlySet<string> = new Set([
  'All',
  'QueueArn',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  ...COUNTS,
  ...NUMBER_NAMES,
  ...ENCRYPTION,
]);

function shown(
  transaction: AccountTransaction,
  queue: QueueRecord,
  nowMs: number,
): Record<string, string | undefined> {
  forgetExpired(transaction, queue, nowMs);
  const { visible, inFlight, delayed } = transaction.messages.count(queue.id, nowMs);
  const seconds = (ms: number) => String(Math.floor(ms / 1000));
  return {
    QueueArn: queue.queueArn,
    [COUNTS[0]]: String(visible),
    [COUNTS[1]]: String(inFlight),
    [COUNTS[2]]: String(delayed),
    CreatedTimestamp: seconds(queue.createdAtMs),
    LastModifiedTimestamp: seconds(queue.changedAtMs),
    ...Object.fromEntries(NUMBER_NAMES.map((name) => [name, String(numberOf(queue, name))])),
    ...queue.attributes,
  };
}
