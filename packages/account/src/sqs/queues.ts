import { ServiceError } from '@riposte/engine';
import type { AccountOperation } from '../ports/operation.ts';
import { pageOf } from '../page.ts';
import { checkedAttributes, mergedAttributes } from './attributes.ts';
import { checkRange, invalidParameter, noSuchQueue, unsupported } from './errors.ts';
import { forgetMoveTasks } from './move-task-records.ts';
import { findQueue, onQueue, queueArn, queueId, type QueueInput, queueUrl } from './queue-address.ts';
import { NUMBERS, type NumberAttribute, type QueueRecord } from './records.ts';
import { sourcesOf } from './redrive-policy.ts';

const PER_PAGE_MAX = 1000;

export const createQueue: AccountOperation<
  { QueueName: string; Attributes?: Record<string, string>; tags?: Record<string, string> },
  { QueueUrl: string }
> = {
  service: 'sqs',
  name: 'CreateQueue',
  access: 'write',
  resourceArn: (context, input) => queueArn(context, input.QueueName),
  touched: (context, input) => [{ type: 'AWS::SQS::Queue', name: queueArn(context, input.QueueName) }],
  /** A deleted queue's name is free at once; SQS wants 60 seconds in between. */
  handle(transaction, context, { QueueName: name, Attributes: given = {}, tags = {} }) {
    checkName(name);
    const arn = queueArn(context, name);
    const checked = checkedAttributes(transaction, context, arn, given);
    const id = queueId(context.region, name);
    const kept = transaction.get<QueueRecord>('sqs:queue', id);
    if (kept) checkSame(kept, checked);
    else
      transaction.put('sqs:queue', id, {
        id,
        name,
        queueArn: arn,
        attributes: mergedAttributes({}, checked),
        tags,
        createdAtMs: context.nowMs,
        changedAtMs: context.nowMs,
      } satisfies QueueRecord);
    return { QueueUrl: queueUrl(context, name) };
  },
};

export const deleteQueue: AccountOperation<QueueInput> = {
  ...onQueue,
  name: 'DeleteQueue',
  access: 'write',
  handle(transaction, context, input) {
    const queue = findQueue(transaction, context, input.QueueUrl);
    transaction.messages.deleteAll(queue.id);
    forgetMoveTasks(transaction, queue.id);
    transaction.delete('sqs:queue', queue.id);
    return {};
  },
};

/** Everything that is in the queue, also what is in flight. SQS takes up to 60 seconds, and one call in that time. */
export const purgeQueue: AccountOperation<QueueInput> = {
  ...onQueue,
  name: 'PurgeQueue',
  access: 'write',
  handle(transaction, context, input) {
    transaction.messages.deleteAll(findQueue(transaction, context, input.QueueUrl).id);
    return {};
  },
};

export const getQueueUrl: AccountOperation<
  { QueueName: string; QueueOwnerAWSAccountId?: string },
  { QueueUrl: string }
> = {
  service: 'sqs',
  name: 'GetQueueUrl',
  access: 'read',
  resourceArn: (context, input) => queueArn(context, input.QueueName),
  resourcePolicy: (context, input, transaction) =>
    transaction.get<QueueRecord>('sqs:queue', queueId(context.region, input.QueueName))?.attributes.Policy,
  handle(transaction, context, { QueueName: name, QueueOwnerAWSAccountId: owner = context.account }) {
    if (owner !== context.account || !transaction.get('sqs:queue', queueId(context.region, name)))
      throw noSuchQueue();
    return { QueueUrl: queueUrl(context, name) };
  },
};

interface PageInput {
  NextToken?: string;
  MaxResults?: number;
}

export const listQueues: AccountOperation<PageInput & { QueueNamePrefix?: string }> = {
  service: 'sqs',
  name: 'ListQueues',
  access: 'read',
  resourceArn: () => '*',
  handle(transaction, context, input) {
    const prefix = queueId(context.region, input.QueueNamePrefix ?? '');
    const page = pageOfQueues(transaction.list<QueueRecord>('sqs:queue', prefix), input);
    return {
      ...(page.items.length > 0 && { QueueUrls: page.items.map(({ name }) => queueUrl(context, name)) }),
      ...(page.next !== undefined && { NextToken: page.next }),
    };
  },
};

/** Queues whose messages end up in this one. */
export const listDeadLetterSourceQueues: AccountOperation<QueueInput & PageInput> = {
  ...onQueue,
  name: 'ListDeadLetterSourceQueues',
  access: 'read',
  handle(transaction, context, input) {
    const target = findQueue(transaction, context, input.QueueUrl);
    const page = pageOfQueues(sourcesOf(transaction, target), input);
    return {
      queueUrls: page.items.map(({ name }) => queueUrl(context, name)),
      ...(page.next !== undefined && { NextToken: page.next }),
    };
  },
};

function pageOfQueues(queues: QueueRecord[], { NextToken, MaxResults }: PageInput) {
  checkRange('MaxResults', MaxResults, 1, PER_PAGE_MAX);
  if (NextToken !== undefined && MaxResults === undefined)
    throw invalidParameter('MaxResults must be set together with NextToken.');
  const limit = MaxResults ?? PER_PAGE_MAX;
  const page = pageOf(queues, ({ name }) => name, { after: NextToken, limit, code: 'InvalidParameterValue' });
  // without MaxResults SQS answers with the first thousand, and no token
  return MaxResults === undefined ? { items: page.items } : page;
}

function checkName(name: string): void {
  if (name.endsWith('.fifo'))
    throw unsupported('FIFO queues are not supported by this server yet. Use a standard queue.');
  if (!/^[\w-]{1,80}$/.test(name))
    throw invalidParameter(
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
}

/** Attributes that are not named may be whatever they are. */
function checkSame(kept: QueueRecord, checked: Record<string, string>): void {
  for (const [name, value] of Object.entries(checked)) {
    const standard = Object.hasOwn(NUMBERS, name) ? NUMBERS[name as NumberAttribute].default : '';
    const before = kept.attributes[name as keyof QueueRecord['attributes']] ?? String(standard);
    if (before !== value)
      throw new ServiceError(
        'QueueNameExists',
        `A queue already exists with the same name and a different value for attribute ${name}`,
      );
  }
}
