import type { AwsClient } from '../ports/aws-client.ts';
import { json, members, text } from '../resolve/shape.ts';
import { documentText } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists } from './service-code.ts';

export const logsResourcePolicy: ResourceType = {
  type: 'AWS::Logs::ResourcePolicy',
  shape: members({ PolicyName: text, PolicyDocument: json }, ['PolicyName', 'PolicyDocument']),
  nameProperty: 'PolicyName',
  nameLengthMax: 255,
  replacedBy: [],
  attributes: [],

  identify: stateOf,

  async create(request, client) {
    // PutResourcePolicy would silently change somebody else's
    if (!request.adopt && (await exists(request.name, client)))
      throw new AlreadyExists(`The resource policy ${request.name} of CloudWatch Logs`);
    await write(request, client);
    return stateOf(request);
  },

  async update(request, client) {
    await write(request, client);
    return stateOf(request);
  },

  async delete(state, client) {
    await allow(
      client.call('logs', 'DeleteResourcePolicy', { policyName: state.physicalId }),
      'ResourceNotFound',
    );
  },
};

async function write({ name, properties }: ResourceRequest, client: AwsClient): Promise<void> {
  const policyDocument = documentText(properties['PolicyDocument']);
  await client.call('logs', 'PutResourcePolicy', { policyName: name, policyDocument });
}

/** A region has ten at most: one page. */
async function exists(name: string, client: AwsClient): Promise<boolean> {
  const { resourcePolicies } = await client.call('logs', 'DescribeResourcePolicies', {});
  return (resourcePolicies as { policyName?: string }[]).some(({ policyName }) => policyName === name); // the output of the call
}

function stateOf({ name }: ResourceRequest): ResourceState {
  return { physicalId: name, attributes: {}, details: {} };
}
