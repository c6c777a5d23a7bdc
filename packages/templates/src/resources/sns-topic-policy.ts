import type { AwsClient } from '../ports/aws-client.ts';
import { json, list, members, text } from '../resolve/shape.ts';
import { documentText, requiredText, textsAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow } from './service-code.ts';

export const snsTopicPolicy: ResourceType = {
  type: 'AWS::SNS::TopicPolicy',
  shape: members({ Topics: list(text), PolicyDocument: json }, ['Topics', 'PolicyDocument']),
  nameLengthMax: 256,
  replacedBy: [],
  attributes: ['Id'],

  identify: stateOf,

  async create(request, client) {
    await write(request, client);
    return stateOf(request);
  },

  async update(request, client, previous) {
    await write(request, client);
    const kept = textsAt(request.properties, 'Topics');
    await restore(previous, client, (topic) => !kept.includes(topic));
    return stateOf(request);
  },

  async delete(state, client) {
    await restore(state, client, () => true);
  },
};

async function write({ properties }: ResourceRequest, client: AwsClient): Promise<void> {
  for (const topic of textsAt(properties, 'Topics'))
    await writePolicy(topic, documentText(properties['PolicyDocument']), client);
}

async function writePolicy(TopicArn: string, AttributeValue: string, client: AwsClient): Promise<void> {
  await client.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
}

/** A topic always has a policy: without ours it gets the one that SNS gives a new topic. */
async function restore(
  state: ResourceState,
  client: AwsClient,
  isGone: (topic: string) => boolean,
): Promise<void> {
  const account = requiredText(state.details, 'account');
  for (const topic of textsAt(state.details, 'topics').filter(isGone))
    await allow(writePolicy(topic, JSON.stringify(defaultPolicy(topic, account)), client), 'NotFound');
}

function defaultPolicy(topic: string, account: string): object {
  return {
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action:
          'SNS:GetTopicAttributes SNS:SetTopicAttributes SNS:AddPermission SNS:RemovePermission SNS:DeleteTopic SNS:Subscribe SNS:ListSubscriptionsByTopic SNS:Publish'.split(
            ' ',
          ),
        Resource: topic,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  };
}

function stateOf({ name, properties, pseudo }: ResourceRequest): ResourceState {
  return {
    physicalId: name,
    attributes: { Id: name },
    details: { topics: textsAt(properties, 'Topics'), account: pseudo.account },
  };
}
