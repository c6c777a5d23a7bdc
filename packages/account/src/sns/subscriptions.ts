import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { pageOf } from '../page.ts';
import type { SubscriptionRecord } from './records.ts';
import { invalidParameter, topicAt } from './topic-arn.ts';
import { findTopic, policyOfTopic } from './topics.ts';

const PROTOCOLS_OF_SNS: ReadonlySet<string> = new Set([
  'http',
  'https',
  'email',
  'email-json',
  'sms',
  'sqs',
  'application',
  'lambda',
  'firehose',
]);
const PER_PAGE = 100;

/**
 * Confirmed at once. SNS asks the owner of a mail address first, because strangers could subscribe it; here only
 * callers that the operator of this server gave credentials to can subscribe anybody.
 */
export const subscribe: AccountOperation<{
  TopicArn: string;
  Protocol: string;
  Endpoint?: string;
  Attributes?: Record<string, string>;
  ReturnSubscriptionArn?: boolean;
}> = {
  service: 'sns',
  name: 'Subscribe',
  access: 'write',
  resourceArn: (_context, input) => input.TopicArn,
  resourcePolicy: (context, input, transaction) => policyOfTopic(transaction, context, input.TopicArn),
  touched: (_context, input) => [{ type: 'AWS::SNS::Topic', name: input.TopicArn }],
  handle(transaction, context, input) {
    const topic = findTopic(transaction, context, input.TopicArn);
    const protocol = checkedProtocol(input.Protocol);
    const endpoint = checkedAddress(input.Endpoint);
    const attribute = Object.keys(input.Attributes ?? {})[0];
    if (attribute !== undefined)
      throw invalidParameter(`Attributes Reason: ${attribute} is not supported by this server yet.`);
    const prefix = `${topicAt(context, topic.topicArn)}/`;
    const kept = transaction
      .list<SubscriptionRecord>('sns:subscription', prefix)
      .find((one) => one.protocol === protocol && one.endpoint === endpoint);
    if (kept) return { SubscriptionArn: kept.subscriptionArn };
    const uuid = context.ids.uuid();
    const subscription: SubscriptionRecord = {
      id: prefix + uuid,
      subscriptionArn: `${topic.topicArn}:${uuid}`,
      topicArn: topic.topicArn,
      protocol,
      endpoint,
      principal: context.caller.kind === 'service' ? context.caller.service : context.caller.arn,
    };
    transaction.put('sns:subscription', subscription.id, subscription);
    return { SubscriptionArn: subscription.subscriptionArn };
  },
};

export const unsubscribe: AccountOperation<{ SubscriptionArn: string }> = {
  service: 'sns',
  name: 'Unsubscribe',
  access: 'write',
  // SNS authorises by the topic: the subscription's ARN without its last part
  resourceArn: (_context, input) => input.SubscriptionArn.split(':').slice(0, 6).join(':'),
  touched: (_context, input) => [{ type: 'AWS::SNS::Subscription', name: input.SubscriptionArn }],
  /** Succeeds for an absent one. */
  handle(transaction, context, input) {
    transaction.delete('sns:subscription', subscriptionAt(context, input.SubscriptionArn));
    return {};
  },
};

export const getSubscriptionAttributes: AccountOperation<{ SubscriptionArn: string }> = {
  service: 'sns',
  name: 'GetSubscriptionAttributes',
  access: 'read',
  resourceArn: (_context, input) => input.SubscriptionArn,
  handle(transaction, context, input) {
    const id = subscriptionAt(context, input.SubscriptionArn);
    const subscription = transaction.get<SubscriptionRecord>('sns:subscription', id);
    if (!subscription) throw new ServiceError('NotFound', 'Subscription does not exist', 404);
    return {
      Attributes: {
        SubscriptionArn: subscription.subscriptionArn,
        TopicArn: subscription.topicArn,
        Owner: context.account,
        Protocol: subscription.protocol,
        Endpoint: subscription.endpoint,
        SubscriptionPrincipal: subscription.principal,
        PendingConfirmation: 'false',
        ConfirmationWasAuthenticated: 'true',
        RawMessageDelivery: 'false',
      },
    };
  },
};

export const listSubscriptions: AccountOperation<{ NextToken?: string }> = {
  service: 'sns',
  name: 'ListSubscriptions',
  access: 'read',
  resourceArn: () => '*',
  handle: (transaction, context, input) =>
    subscriptionPage(transaction, context, `${context.region}/`, input.NextToken),
};

export const listSubscriptionsByTopic: AccountOperation<{ TopicArn: string; NextToken?: string }> = {
  service: 'sns',
  name: 'ListSubscriptionsByTopic',
  access: 'read',
  resourceArn: (_context, input) => input.TopicArn,
  resourcePolicy: (context, input, transaction) => policyOfTopic(transaction, context, input.TopicArn),
  handle(transaction, context, input) {
    const { topicArn } = findTopic(transaction, context, input.TopicArn);
    return subscriptionPage(transaction, context, `${topicAt(context, topicArn)}/`, input.NextToken);
  },
};

function subscriptionPage(
  transaction: AccountTransaction,
  context: CallContext,
  prefix: string,
  token: string | undefined,
) {
  const kept = transaction.list<SubscriptionRecord>('sns:subscription', prefix);
  const page = pageOf(kept, (one) => one.id, { after: token, limit: PER_PAGE, code: 'InvalidParameter' });
  return {
    Subscriptions: page.items.map((one) => ({
      SubscriptionArn: one.subscriptionArn,
      Owner: context.account,
      Protocol: one.protocol,
      Endpoint: one.endpoint,
      TopicArn: one.topicArn,
    })),
    ...(page.next !== undefined && { NextToken: page.next }),
  };
}

function checkedProtocol(protocol: string): 'email' | 'email-json' {
  if (protocol === 'email' || protocol === 'email-json') return protocol;
  if (!PROTOCOLS_OF_SNS.has(protocol))
    throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  throw invalidParameter(
    `Protocol Reason: this server does not deliver to ${protocol} yet. Subscribe with email or email-json.`,
  );
}

function checkedAddress(endpoint: string | undefined): string {
  if (endpoint === undefined) throw invalidParameter('Endpoint Reason: Endpoint is missing');
  if (endpoint.length > 320 || !/^[^\s@<>,;:"()\\[\]]+@[\w.-]*\w$/.test(endpoint))
    throw invalidParameter('Email address');
  return endpoint;
}

function subscriptionAt(context: CallContext, subscriptionArn: string): string {
  const parts = subscriptionArn.split(':');
  const uuid = parts[6];
  if (parts.length !== 7 || !uuid) throw invalidParameter('SubscriptionArn');
  return `${topicAt(context, parts.slice(0, 6).join(':'), 'SubscriptionArn')}/${uuid}`;
}
