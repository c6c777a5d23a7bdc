import type { AccountOperation } from '../ports/operation.ts';
import { invalidValue } from './errors.ts';
import { findQueue, onQueue, type QueueInput } from './queue-address.ts';

const TAGS_MAX = 50;

export const tagQueue: AccountOperation<QueueInput & { Tags: Record<string, string> }> = {
  ...onQueue,
  name: 'TagQueue',
  access: 'write',
  handle(transaction, context, input) {
    const queue = findQueue(transaction, context, input.QueueUrl);
    const tags = { ...queue.tags, ...input.Tags };
    if (Object.keys(tags).length > TAGS_MAX)
      throw invalidValue('Tags', Object.keys(tags).length, `A queue has at most ${TAGS_MAX} tags.`);
    transaction.put('sqs:queue', queue.id, { ...queue, tags });
    return {};
  },
};

export const untagQueue: AccountOperation<QueueInput & { TagKeys: string[] }> = {
  ...onQueue,
  name: 'UntagQueue',
  access: 'write',
  handle(transaction, context, input) {
    const queue = findQueue(transaction, context, input.QueueUrl);
    const tags = Object.entries(queue.tags).filter(([key]) => !input.TagKeys.includes(key));
    transaction.put('sqs:queue', queue.id, { ...queue, tags: Object.fromEntries(tags) });
    return {};
  },
};

export const listQueueTags: AccountOperation<QueueInput> = {
  ...onQueue,
  name: 'ListQueueTags',
  access: 'read',
  handle(transaction, context, input) {
    const { tags } = findQueue(transaction, context, input.QueueUrl);
    return Object.keys(tags).length > 0 ? { Tags: tags } : {};
  },
};
