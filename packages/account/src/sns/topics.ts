import { ServiceError } from '@riposte/engine';
import { MalformedPolicy, parsePolicy } from '@riposte/policy';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { pageOf } from '../page.ts';
import { SETTABLE, type SubscriptionRecord, type TopicAttributes, type TopicRecord } from './records.ts';
import { invalidParameter, topicAt, topicId } from './topic-arn.ts';

const TOPICS_PER_PAGE = 100;

export const createTopic: AccountOperation<{
  Name: string;
  Attributes?: Record<string, string>;
  Tags?: { Key: string; Value: string }[];
}> = {
  service: 'sns',
  name: 'CreateTopic',
  access: 'write',
  resourceArn: (context, input) => arnOfName(context, input.Name),
  touched: (context, input) => [{ type: 'AWS::SNS::Topic', name: arnOfName(context, input.Name) }],
  handle(transaction, context, input) {
    if (input.Name.endsWith('.fifo'))
      throw invalidParameter('FIFO topics are not supported by this server yet. Use a standard topic.');
    if (!/^[\w-]{1,256}$/.test(input.Name)) throw invalidParameter('Topic Name');
    const attributes = checkedAttributes(input.Attributes ?? {});
    const tags = input.Tags ?? [];
    const id = topicId(context.region, input.Name);
    const kept = transaction.get<TopicRecord>('sns:topic', id);
    if (kept) {
      checkSame(kept, attributes, tags);
      return { TopicArn: kept.topicArn };
    }
    const topic: TopicRecord = { topicArn: arnOfName(context, input.Name), attributes, tags };
    transaction.put('sns:topic', id, topic);
    return { TopicArn: topic.topicArn };
  },
};

export const deleteTopic: AccountOperation<{ TopicArn: string }> = {
  service: 'sns',
  name: 'DeleteTopic',
  access: 'write',
  resourceArn: (_context, input) => input.TopicArn,
  resourcePolicy: (context, input, transaction) => policyOfTopic(transaction, context, input.TopicArn),
  touched: (_context, input) => [{ type: 'AWS::SNS::Topic', name: input.TopicArn }],
  /** Succeeds for an absent one. What was published before is still delivered. */
  handle(transaction, context, input) {
    const id = topicAt(context, input.TopicArn);
    for (const { id: subscription } of transaction.list<SubscriptionRecord>('sns:subscription', `${id}/`))
      transaction.delete('sns:subscription', subscription);
    transaction.delete('sns:topic', id);
    return {};
  },
};

export const listTopics: AccountOperation<{ NextToken?: string }> = {
  service: 'sns',
  name: 'ListTopics',
  access: 'read',
  resourceArn: () => '*',
  handle(transaction, context, input) {
    const page = pageOf(
      transaction.list<TopicRecord>('sns:topic', `${context.region}/`),
      (topic) => topic.topicArn,
      { after: input.NextToken, limit: TOPICS_PER_PAGE, code: 'InvalidParameter' },
    );
    return {
      Topics: page.items.map((topic) => ({ TopicArn: topic.topicArn })),
      ...(page.next !== undefined && { NextToken: page.next }),
    };
  },
};

export const getTopicAttributes: AccountOperation<{ TopicArn: string }> = {
  service: 'sns',
  name: 'GetTopicAttributes',
  access: 'read',
  resourceArn: (_context, input) => input.TopicArn,
  resourcePolicy: (context, input, transaction) => policyOfTopic(transaction, context, input.TopicArn),
  handle(transaction, context, input) {
    const topic = findTopic(transaction, context, input.TopicArn);
    const subscriptions = transaction.list('sns:subscription', `${topicAt(context, topic.topicArn)}/`);
    return {
      Attributes: {
        DisplayName: '',
        Policy: defaultPolicy(context, topic.topicArn),
        ...topic.attributes,
        TopicArn: topic.topicArn,
        Owner: context.account,
        SubscriptionsConfirmed: String(subscriptions.length),
        SubscriptionsPending: '0',
        SubscriptionsDeleted: '0',
      },
    };
  },
};

export const setTopicAttributes: AccountOperation<{
  TopicArn: string;
  AttributeName: string;
  AttributeValue?: string;
}> = {
  service: 'sns',
  name: 'SetTopicAttributes',
  access: 'write',
  resourceArn: (_context, input) => input.TopicArn,
  resourcePolicy: (context, input, transaction) => policyOfTopic(transaction, context, input.TopicArn),
  touched: (_context, input) => [{ type: 'AWS::SNS::Topic', name: input.TopicArn }],
  handle(transaction, context, { TopicArn, AttributeName, AttributeValue }) {
    const topic = findTopic(transaction, context, TopicArn);
    const { [AttributeName as keyof TopicAttributes]: _before, ...others } = topic.attributes;
    const set = checkedAttributes({ [AttributeName]: AttributeValue ?? '' });
    // an attribute set to nothing goes back to its default
    const attributes = AttributeValue === undefined || AttributeValue === '' ? others : { ...others, ...set };
    transaction.put('sns:topic', topicAt(context, TopicArn), { ...topic, attributes });
    return {};
  },
};

/** @throws ServiceError NotFound, or InvalidParameter for text that is no topic ARN of this account and region */
export function findTopic(
  transaction: AccountTransaction,
  context: CallContext,
  topicArn: string,
  member = 'TopicArn',
): TopicRecord {
  const topic = transaction.get<TopicRecord>('sns:topic', topicAt(context, topicArn, member));
  if (!topic) throw new ServiceError('NotFound', 'Topic does not exist', 404);
  return topic;
}

/** The topic's own policy, or the default one; undefined when there is no such topic. */
export function policyOfTopic(
  transaction: AccountTransaction,
  context: CallContext,
  topicArn: string | undefined,
): string | undefined {
  const name = topicArn?.split(':')[5];
  if (topicArn === undefined || name === undefined) return undefined;
  const topic = transaction.get<TopicRecord>('sns:topic', topicId(context.region, name));
  return topic && (topic.attributes.Policy ?? defaultPolicy(context, topic.topicArn));
}

/** What a topic starts with: the owner's account may use it, so each user's own policies decide. */
function defaultPolicy({ account }: CallContext, topicArn: string): string {
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: [
          'SNS:GetTopicAttributes',
          'SNS:SetTopicAttributes',
          'SNS:AddPermission',
          'SNS:RemovePermission',
          'SNS:DeleteTopic',
          'SNS:Subscribe',
          'SNS:ListSubscriptionsByTopic',
          'SNS:Publish',
        ],
        Resource: topicArn,
      },
    ],
  });
}

function checkedAttributes(given: Record<string, string>): TopicAttributes {
  for (const name of Object.keys(given))
    if (!SETTABLE.some((known) => known === name))
      throw invalidParameter(
        `Attributes Reason: ${name} is not supported by this server. Supported: ${SETTABLE.join(', ')}.`,
      );
  if (given['Policy']) checkPolicy(given['Policy']);
  if ((given['DisplayName'] ?? '').length > 100)
    throw invalidParameter('DisplayName Reason: must be at most 100 characters long');
  return given;
}

function checkPolicy(text: string): void {
  try {
    parsePolicy(text, 'resource');
  } catch (error) {
    if (error instanceof MalformedPolicy) throw invalidParameter(`Policy Error: ${error.message}`);
    throw error;
  }
}

function checkSame(kept: TopicRecord, attributes: TopicAttributes, tags: TopicRecord['tags']): void {
  for (const name of SETTABLE)
    if (attributes[name] !== undefined && attributes[name] !== kept.attributes[name])
      throw invalidParameter('Attributes Reason: Topic already exists with different attributes');
  const same = (tag: { Key: string; Value: string }) =>
    kept.tags.some((known) => known.Key === tag.Key && known.Value === tag.Value);
  if (!tags.every(same)) throw invalidParameter('Tags Reason: Topic already exists with different tags');
}

function arnOfName({ account, region }: CallContext, name: string): string {
  return `arn:aws:sns:${region}:${account}:${name}`;
}
