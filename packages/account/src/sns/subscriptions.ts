import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { parseArn } from '../arn.ts';
import { pageOf } from '../page.ts';
import type { Protocol, SubscriptionRecord } from './records.ts';
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
    const endpoint =
      protocol === 'sqs' ? checkedQueue(context, input.Endpoint) : checkedAddress(input.Endpoint);
    const rawMessageDelivery = checkedAttributes(protocol, input.Attributes ?? {});
    const prefix = `${topicAt(context, topic.topicArn)}/`;
    const kept = transaction
      .list<SubscriptionRecord>('sns:subscription', prefix)
      .find((one) => one.protocol === protocol && one.endpoint === endpoint);
    if (kept) {
      if (rawMessageDelivery !== undefined && rawMessageDelivery !== (kept.rawMessageDelivery ?? false))
        throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
      return { SubscriptionArn: kept.subscriptionArn };
    }
    const uuid = context.ids.uuid();
    const subscription: SubscriptionRecord = {
      id: prefix + uuid,
      subscriptionArn: `${topic.topicArn}:${uuid}`,
      topicArn: topic.topicArn,
      protocol,
      endpoint,
      ...(rawMessageDelivery === true && { rawMessageDelivery }),
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
  resourceArn: (_context, input) => topicOf(input.SubscriptionArn),
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
        RawMessageDelivery: String(subscription.rawMessageDelivery ?? false),
      },
    };
  },
};

export const setSubscriptionAttributes: AccountOperation<{
  SubscriptionArn: string;
  AttributeName: string;
  AttributeValue?: string;
}> = {
  service: 'sns',
  name: 'SetSubscriptionAttributes',
  access: 'write',
  resourceArn: (_context, input) => topicOf(input.SubscriptionArn),
  touched: (_context, input) => [{ type: 'AWS::SNS::Subscription', name: input.SubscriptionArn }],
  handle(transaction, context, { SubscriptionArn, AttributeName, AttributeValue = '' }) {
    const id = subscriptionAt(context, SubscriptionArn);
    const subscription = transaction.get<SubscriptionRecord>('sns:subscription', id);
    if (!subscription) throw new ServiceError('NotFound', 'Subscription does not exist', 404);
    const given = { [AttributeName]: AttributeValue };
    const rawMessageDelivery = checkedAttributes(subscription.protocol, given) === true;
    transaction.put('sns:subscription', id, { ...subscription, rawMessageDelivery });
    return {};
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

function checkedProtocol(protocol: string): Protocol {
  if (protocol === 'email' || protocol === 'email-json' || protocol === 'sqs') return protocol;
  if (!PROTOCOLS_OF_SNS.has(protocol))
    throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  throw invalidParameter(
    `Protocol Reason: this server does not deliver to ${protocol} yet. Subscribe with email, email-json or sqs.`,
  );
}

function checkedAddress(endpoint: string | undefined): string {
  if (endpoint === undefined) throw invalidParameter('Endpoint Reason: Endpoint is missing');
  if (endpoint.length > 320 || !/^[^\s@<>,;:"()\\[\]]+@[\w.-]*\w$/.test(endpoint))
    throw invalidParameter('Email address');
  return endpoint;
}

/** Whether the queue is there, and lets SNS in, shows with the first message: as on AWS. */
function checkedQueue({ account }: CallContext, endpoint: string | undefined): string {
  if (endpoint === undefined) throw invalidParameter('Endpoint Reason: Endpoint is missing');
  const arn = parseArn(endpoint);
  if (arn?.service !== 'sqs' || !arn.region || !/^[\w-]{1,80}$/.test(arn.resource))
    throw invalidParameter('SQS endpoint ARN');
  if (arn.account !== account)
    throw invalidParameter(
      `SQS endpoint ARN Reason: ${endpoint} belongs to another account. This server sends only within its account, ${account}.`,
    );
  return endpoint;
}

/** @returns whether the message goes out without its envelope; undefined when nothing is said about it */
function checkedAttributes(protocol: Protocol, attributes: Record<string, string>): boolean | undefined {
  const unknown = Object.keys(attributes).find((name) => name !== 'RawMessageDelivery');
  if (unknown !== undefined)
    throw invalidParameter(`Attributes Reason: ${unknown} is not supported by this server yet.`);
  const raw = attributes['RawMessageDelivery'];
  if (raw === undefined) return undefined;
  if (raw !== 'true' && raw !== 'false')
    throw invalidParameter('Attributes Reason: RawMessageDelivery: Invalid value. Must be true or false.');
  if (raw === 'true' && protocol !== 'sqs')
    throw invalidParameter(
      `Attributes Reason: RawMessageDelivery: Delivery protocol [${protocol}] does not support raw message delivery.`,
    );
  return raw === 'true';
}

/** Of a subscription's ARN: all but its last part. */
function topicOf(subscriptionArn: string): string {
  return subscriptionArn.split(':').slice(0, 6).join(':');
}

function subscriptionAt(context: CallContext, subscriptionArn: string): string {
  const parts = subscriptionArn.split(':');
  const uuid = parts[6];
  if (parts.length !== 7 || !uuid) throw invalidParameter('SubscriptionArn');
  return `${topicAt(context, parts.slice(0, 6).join(':'), 'SubscriptionArn')}/${uuid}`;
}
