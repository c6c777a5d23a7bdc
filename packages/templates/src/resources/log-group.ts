import type { AwsClient } from '../ports/aws-client.ts';
import { integer, members, text } from '../resolve/shape.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, hasCode } from './service-code.ts';

export const logGroup: ResourceType = {
  type: 'AWS::Logs::LogGroup',
  shape: members({ LogGroupName: text, RetentionInDays: integer }),
  nameProperty: 'LogGroupName',
  nameLengthMax: 512,
  replacedBy: [],
  attributes: ['Arn'],

  identify: stateOf,

  async create(request, client) {
    try {
      await client.call('logs', 'CreateLogGroup', { logGroupName: request.name });
    } catch (error) {
      if (!hasCode(error, 'ResourceAlreadyExists')) throw error;
      if (!request.adopt) throw new AlreadyExists(`The log group ${request.name}`, { cause: error });
    }
    if (Object.hasOwn(request.properties, 'RetentionInDays')) await writeRetention(request, client);
    return stateOf(request);
  },

  async update(request, client) {
    await writeRetention(request, client);
    return stateOf(request);
  },

  async delete(state, client) {
    await allow(
      client.call('logs', 'DeleteLogGroup', { logGroupName: state.physicalId }),
      'ResourceNotFound',
    );
  },
};

async function writeRetention({ name, properties }: ResourceRequest, client: AwsClient): Promise<void> {
  const retentionInDays = properties['RetentionInDays'];
  await (retentionInDays === undefined
    ? client.call('logs', 'DeleteRetentionPolicy', { logGroupName: name })
    : client.call('logs', 'PutRetentionPolicy', { logGroupName: name, retentionInDays }));
}

function stateOf({ name, pseudo: { partition, region, account } }: ResourceRequest): ResourceState {
  return {
    physicalId: name,
    attributes: { Arn: `arn:${partition}:logs:${region}:${account}:log-group:${name}:*` },
    details: {},
  };
}
