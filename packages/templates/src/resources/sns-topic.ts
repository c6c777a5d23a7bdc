import type { AwsClient } from '../ports/aws-client.ts';
import type { ValueMap } from '../read/value.ts';
import { list, members, oneOf, text } from '../resolve/shape.ts';
import { mapsAt, requiredText, textAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, find } from './service-code.ts';

interface Subscription {
  protocol: string;
  endpoint: string;
}

export const snsTopic: ResourceType = {
  type: 'AWS::SNS::Topic',
  shape: members({
    TopicName: text,
    DisplayName: text,
    KmsMasterKeyId: oneOf('alias/aws/sns'),
    Subscription: list(members({ Protocol: text, Endpoint: text }, ['Protocol', 'Endpoint'])),
  }),
  nameProperty: 'TopicName',
  nameLengthMax: 256,
  replacedBy: [],
  attributes: ['TopicArn', 'TopicName'],

  notes: (properties) =>
    Object.hasOwn(properties, 'KmsMasterKeyId')
      ? ['KmsMasterKeyId is accepted and has no effect here: there is no KMS. On AWS it encrypts the topic.']
      : [],

  identify: (request) => stateOf(request, []),

  async create(request, client) {
    const { name, properties } = request;
    const TopicArn = arnOf(request);
    if (
      !request.adopt &&
      (await find(client, ['sns', 'GetTopicAttributes', { TopicArn }], 'NotFound')) !== undefined
    )
      throw new AlreadyExists(`The topic ${name}`); // CreateTopic answers the same for somebody else's
    await client.call('sns', 'CreateTopic', { Name: name });
    const DisplayName = textAt(properties, 'DisplayName');
    if (DisplayName !== undefined) await writeDisplayName(TopicArn, DisplayName, client);
    return stateOf(request, await subscribe(request, [], client));
  },

  async update(request, client, previous, changed) {
    const TopicArn = previous.physicalId;
    if (changed.includes('DisplayName'))
      await writeDisplayName(TopicArn, textAt(request.properties, 'DisplayName') ?? '', client);
    const before = mapsAt(previous.details, 'subscriptions');
    const kept = await subscribe(request, before, client);
    for (const gone of before.filter((old) => !kept.some((now) => isSame(now, old))))
      await allow(
        client.call('sns', 'Unsubscribe', { SubscriptionArn: requiredText(gone, 'arn') }),
        'NotFound',
      );
    return stateOf(request, kept);
  },

  /** SNS deletes a topic's subscriptions with it. */
  async delete(state, client) {
    await allow(client.call('sns', 'DeleteTopic', { TopicArn: state.physicalId }), 'NotFound');
  },
};

/** Makes a subscription, or finds the one that is there: Subscribe answers with the same ARN. */
export async function subscriptionArn(
  topicArn: string,
  subscription: Subscription,
  client: AwsClient,
): Promise<string> {
  const { SubscriptionArn } = await client.call('sns', 'Subscribe', {
    TopicArn: topicArn,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    ReturnSubscriptionArn: true,
  });
  return String(SubscriptionArn);
}

async function writeDisplayName(TopicArn: string, DisplayName: string, client: AwsClient): Promise<void> {
  await client.call('sns', 'SetTopicAttributes', {
    TopicArn,
    AttributeName: 'DisplayName',
    AttributeValue: DisplayName,
  });
}

async function subscribe(
  request: ResourceRequest,
  before: readonly ValueMap[],
  client: AwsClient,
): Promise<ValueMap[]> {
  const subscriptions: ValueMap[] = [];
  for (const wanted of mapsAt(request.properties, 'Subscription')) {
    const protocol = requiredText(wanted, 'Protocol');
    const endpoint = requiredText(wanted, 'Endpoint');
    const known = before.find((old) => isSame(old, { protocol, endpoint }));
    subscriptions.push(
      known ?? {
        protocol,
        endpoint,
        arn: await subscriptionArn(arnOf(request), { protocol, endpoint }, client),
      },
    );
  }
  return subscriptions;
}

function isSame(one: ValueMap, other: ValueMap): boolean {
  return one['protocol'] === other['protocol'] && one['endpoint'] === other['endpoint'];
}

function arnOf({ name, pseudo: { partition, region, account } }: ResourceRequest): string {
  return `arn:${partition}:sns:${region}:${account}:${name}`;
}

function stateOf(request: ResourceRequest, subscriptions: ValueMap[]): ResourceState {
  const arn = arnOf(request);
  return {
    physicalId: arn,
    attributes: { TopicArn: arn, TopicName: request.name },
    details: { subscriptions },
  };
}
