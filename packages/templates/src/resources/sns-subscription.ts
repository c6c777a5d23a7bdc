import { boolean, json, members, oneOf, text } from '../resolve/shape.ts';
import type { AwsClient } from '../ports/aws-client.ts';
import { documentText, requiredText } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, find } from './service-code.ts';
import { subscriptionArn } from './sns-topic.ts';

const ATTRIBUTES = ['FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery'];

export const snsSubscription: ResourceType = {
  type: 'AWS::SNS::Subscription',
  shape: members(
    {
      TopicArn: text,
      Protocol: text,
      Endpoint: text,
      FilterPolicy: json,
      FilterPolicyScope: oneOf('MessageAttributes', 'MessageBody'),
      RawMessageDelivery: boolean,
    },
    ['TopicArn', 'Protocol', 'Endpoint'],
  ),
  nameLengthMax: 256,
  replacedBy: ['TopicArn', 'Protocol', 'Endpoint'],
  attributes: ['Arn'],

  identify: (request) => stateOf(request, ''),

  async create(request, client) {
    const arn = await subscriptionArn(
      requiredText(request.properties, 'TopicArn'),
      {
        protocol: requiredText(request.properties, 'Protocol'),
        endpoint: requiredText(request.properties, 'Endpoint'),
      },
      client,
    );
    await writeAttributes(
      request,
      arn,
      ATTRIBUTES.filter((name) => Object.hasOwn(request.properties, name)),
      client,
    );
    return stateOf(request, arn);
  },

  async update(request, client, previous, changed) {
    await writeAttributes(
      request,
      previous.physicalId,
      changed.filter((name) => ATTRIBUTES.includes(name)),
      client,
    );
    return stateOf(request, previous.physicalId);
  },

  async delete(state, client) {
    const SubscriptionArn = state.physicalId === '' ? await findArn(state, client) : state.physicalId;
    if (SubscriptionArn !== undefined)
      await allow(client.call('sns', 'Unsubscribe', { SubscriptionArn }), 'NotFound');
  },
};

async function writeAttributes(
  { properties }: ResourceRequest,
  SubscriptionArn: string,
  names: readonly string[],
  client: AwsClient,
): Promise<void> {
  const cleared: Record<string, string> = { FilterPolicy: '{}', FilterPolicyScope: 'MessageAttributes' };
  for (const AttributeName of names)
    await client.call('sns', 'SetSubscriptionAttributes', {
      SubscriptionArn,
      AttributeName,
      AttributeValue: Object.hasOwn(properties, AttributeName)
        ? documentText(properties[AttributeName])
        : (cleared[AttributeName] ?? 'false'),
    });
}

/** The ARN of a subscription that was made just before a crash, so that nobody wrote it down. */
async function findArn(state: ResourceState, client: AwsClient): Promise<string | undefined> {
  let NextToken: unknown;
  do {
    const page = await find(
      client,
      [
        'sns',
        'ListSubscriptionsByTopic',
        {
          TopicArn: requiredText(state.details, 'topicArn'),
          ...(NextToken === undefined ? {} : { NextToken }),
        },
      ],
      'NotFound',
    );
    const subscriptions = (page?.['Subscriptions'] ?? []) as Record<string, string>[]; // as the API lists them
    const ours = subscriptions.find(
      (one) => one['Protocol'] === state.details['protocol'] && one['Endpoint'] === state.details['endpoint'],
    );
    if (ours !== undefined) return ours['SubscriptionArn'];
    NextToken = page?.['NextToken'];
  } while (NextToken !== undefined);
  return undefined;
}

function stateOf({ properties }: ResourceRequest, arn: string): ResourceState {
  return {
    physicalId: arn,
    attributes: { Arn: arn },
    details: {
      topicArn: requiredText(properties, 'TopicArn'),
      protocol: requiredText(properties, 'Protocol'),
      endpoint: requiredText(properties, 'Endpoint'),
    },
  };
}
