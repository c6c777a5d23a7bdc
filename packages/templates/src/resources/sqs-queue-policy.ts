import type { AwsClient } from '../ports/aws-client.ts';
import { json, list, members, text } from '../resolve/shape.ts';
import { documentText, textsAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow } from './service-code.ts';

export const sqsQueuePolicy: ResourceType = {
  type: 'AWS::SQS::QueuePolicy',
  shape: members({ Queues: list(text), PolicyDocument: json }, ['Queues', 'PolicyDocument']),
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
    const kept = textsAt(request.properties, 'Queues');
    await clear(
      textsAt(previous.details, 'queues').filter((queue) => !kept.includes(queue)),
      client,
    );
    return stateOf(request);
  },

  async delete(state, client) {
    await clear(textsAt(state.details, 'queues'), client);
  },
};

async function write({ properties }: ResourceRequest, client: AwsClient): Promise<void> {
  for (const queue of textsAt(properties, 'Queues'))
    await writePolicy(queue, documentText(properties['PolicyDocument']), client);
}

async function clear(queues: readonly string[], client: AwsClient): Promise<void> {
  for (const queue of queues) await allow(writePolicy(queue, '', client), 'QueueDoesNotExist');
}

async function writePolicy(QueueUrl: string, Policy: string, client: AwsClient): Promise<void> {
  await client.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
}

function stateOf({ name, properties }: ResourceRequest): ResourceState {
  return {
    physicalId: name,
    attributes: { Id: name },
    details: { queues: textsAt(properties, 'Queues') },
  };
}
