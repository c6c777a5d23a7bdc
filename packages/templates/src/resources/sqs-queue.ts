import type { AwsClient } from '../ports/aws-client.ts';
import type { ValueMap } from '../read/value.ts';
import { boolean, integer, json, list, members, text } from '../resolve/shape.ts';
import { documentText, mapsAt, requiredText } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, find } from './service-code.ts';

/** Properties that are attributes of the same name, and what SetQueueAttributes is told to have the default again. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  KmsDataKeyReusePeriodSeconds: '300',
  KmsMasterKeyId: '',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  RedriveAllowPolicy: '',
  RedrivePolicy: '',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};
const ENCRYPTION = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'];

export const sqsQueue: ResourceType = {
  type: 'AWS::SQS::Queue',
  shape: members({
    QueueName: text,
    DelaySeconds: integer,
    KmsDataKeyReusePeriodSeconds: integer,
    KmsMasterKeyId: text,
    MaximumMessageSize: integer,
    MessageRetentionPeriod: integer,
    ReceiveMessageWaitTimeSeconds: integer,
    RedriveAllowPolicy: json,
    RedrivePolicy: json,
    SqsManagedSseEnabled: boolean,
    Tags: list(members({ Key: text, Value: text }, ['Key', 'Value'])),
    VisibilityTimeout: integer,
  }),
  nameProperty: 'QueueName',
  nameLengthMax: 80,
  replacedBy: [],
  attributes: ['Arn', 'QueueName', 'QueueUrl'],

  notes: (properties) =>
    ENCRYPTION.filter((name) => Object.hasOwn(properties, name)).map(
      (name) => `${name} is accepted and has no effect here: there is no KMS. On AWS it encrypts the queue.`,
    ),

  identify: (request) => stateOf(request, ''),

  async create(request, client) {
    const { name, properties } = request;
    if (!request.adopt && (await urlOf(name, client)) !== undefined)
      throw new AlreadyExists(`The queue ${name}`); // CreateQueue answers the same for somebody else's
    const { QueueUrl } = await client.call('sqs', 'CreateQueue', { QueueName: name });
    const url = String(QueueUrl);
    await writeAttributes(
      url,
      properties,
      Object.keys(ATTRIBUTES).filter((attribute) => Object.hasOwn(properties, attribute)),
      client,
    );
    await writeTags(url, tagsOf(properties), {}, client);
    return stateOf(request, url);
  },

  async update(request, client, previous, changed) {
    const url = previous.physicalId;
    const attributes = changed.filter((property) => Object.hasOwn(ATTRIBUTES, property));
    await writeAttributes(url, request.properties, attributes, client);
    const before = previous.details['tags'] as Record<string, string>; // as stateOf wrote it
    await writeTags(url, tagsOf(request.properties), before, client);
    return stateOf(request, url);
  },

  async delete(state, client) {
    // a queue that was made just before a crash has no URL in the record
    const url = await urlOf(requiredText(state.details, 'name'), client);
    if (url !== undefined)
      await allow(client.call('sqs', 'DeleteQueue', { QueueUrl: url }), 'QueueDoesNotExist');
  },
};

async function urlOf(QueueName: string, client: AwsClient): Promise<string | undefined> {
  const found = await find(client, ['sqs', 'GetQueueUrl', { QueueName }], 'QueueDoesNotExist');
  return found && String(found['QueueUrl']);
}

async function writeAttributes(
  QueueUrl: string,
  properties: ValueMap,
  names: readonly string[],
  client: AwsClient,
): Promise<void> {
  if (names.length === 0) return;
  const values = names.map((name) => [name, attributeText(properties, name)]);
  await client.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: Object.fromEntries(values) });
}

function attributeText(properties: ValueMap, name: string): string {
  if (!Object.hasOwn(properties, name)) return ATTRIBUTES[name] ?? '';
  return documentText(properties[name]);
}

async function writeTags(
  QueueUrl: string,
  wanted: Record<string, string>,
  before: Record<string, string>,
  client: AwsClient,
): Promise<void> {
  const TagKeys = Object.keys(before).filter((key) => !Object.hasOwn(wanted, key));
  const changed = Object.entries(wanted).filter(([key, value]) => before[key] !== value);
  if (TagKeys.length > 0) await client.call('sqs', 'UntagQueue', { QueueUrl, TagKeys });
  if (changed.length > 0)
    await client.call('sqs', 'TagQueue', { QueueUrl, Tags: Object.fromEntries(changed) });
}

function tagsOf(properties: ValueMap): Record<string, string> {
  const tags = mapsAt(properties, 'Tags').map((tag) => [
    requiredText(tag, 'Key'),
    requiredText(tag, 'Value'),
  ]);
  return Object.fromEntries(tags) as Record<string, string>; // both are texts
}

function stateOf({ name, properties, pseudo }: ResourceRequest, url: string): ResourceState {
  const { partition, region, account } = pseudo;
  return {
    physicalId: url,
    attributes: {
      Arn: `arn:${partition}:sqs:${region}:${account}:${name}`,
      QueueName: name,
      QueueUrl: url,
    },
    details: { name, tags: tagsOf(properties) },
  };
}
