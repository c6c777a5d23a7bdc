import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { groupOfArn, logGroupArn } from './arns.ts';
import { findGroup, putGroup } from './records.ts';

const TAGS_MAX = 50;

type Tags = Record<string, string>;

/** @throws ServiceError `TooManyTagsException` */
export function checkedTags(tags: Tags): Tags {
  if (Object.keys(tags).length > TAGS_MAX)
    throw new ServiceError('TooManyTagsException', `A resource has at most ${TAGS_MAX} tags.`);
  return tags;
}

function tagsOf(transaction: AccountTransaction, { region }: CallContext, logGroup: string): Tags {
  return findGroup(transaction, region, logGroup).tags ?? {};
}

function changeTags(
  transaction: AccountTransaction,
  { region }: CallContext,
  logGroup: string,
  change: (before: Tags) => Tags,
): void {
  const group = findGroup(transaction, region, logGroup);
  putGroup(transaction, { ...group, tags: checkedTags(change(group.tags ?? {})) });
}

function without(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

/** @throws ServiceError for what is not the ARN of a log group: nothing else here has tags */
function taggedGroup({ resourceArn }: { resourceArn: string }): string {
  const name = groupOfArn(resourceArn);
  if (name === undefined)
    throw new ServiceError('InvalidParameterException', `${resourceArn} is not the ARN of a log group.`);
  return name;
}

/** On the older operations, by the name of the group. */
const byName = {
  service: 'logs',
  resourceArn: (context: CallContext, input: { logGroupName: string }) =>
    logGroupArn(context, input.logGroupName),
};
const byArn = {
  service: 'logs',
  resourceArn: (_context: CallContext, input: { resourceArn: string }) => input.resourceArn,
};

const tagResource: AccountOperation<{ resourceArn: string; tags: Tags }> = {
  ...byArn,
  name: 'TagResource',
  access: 'write',
  handle(transaction, context, input) {
    changeTags(transaction, context, taggedGroup(input), (before) => ({ ...before, ...input.tags }));
    return {};
  },
};

const untagResource: AccountOperation<{ resourceArn: string; tagKeys: string[] }> = {
  ...byArn,
  name: 'UntagResource',
  access: 'write',
  handle(transaction, context, input) {
    changeTags(transaction, context, taggedGroup(input), (before) => without(before, input.tagKeys));
    return {};
  },
};

const listTagsForResource: AccountOperation<{ resourceArn: string }> = {
  ...byArn,
  name: 'ListTagsForResource',
  access: 'read',
  handle: (transaction, context, input) => ({ tags: tagsOf(transaction, context, taggedGroup(input)) }),
};

const tagLogGroup: AccountOperation<{ logGroupName: string; tags: Tags }> = {
  ...byName,
  name: 'TagLogGroup',
  access: 'write',
  handle(transaction, context, { logGroupName, tags }) {
    changeTags(transaction, context, logGroupName, (before) => ({ ...before, ...tags }));
    return {};
  },
};

const untagLogGroup: AccountOperation<{ logGroupName: string; tags: string[] }> = {
  ...byName,
  name: 'UntagLogGroup',
  access: 'write',
  handle(transaction, context, { logGroupName, tags }) {
    changeTags(transaction, context, logGroupName, (before) => without(before, tags));
    return {};
  },
};

const listTagsLogGroup: AccountOperation<{ logGroupName: string }> = {
  ...byName,
  name: 'ListTagsLogGroup',
  access: 'read',
  handle: (transaction, context, input) => ({ tags: tagsOf(transaction, context, input.logGroupName) }),
};

export const logTagOperations = [
  tagResource,
  untagResource,
  listTagsForResource,
  tagLogGroup,
  untagLogGroup,
  listTagsLogGroup,
];
