import type { AwsClient } from '../ports/aws-client.ts';
import { placeIn, type ValueMap } from '../read/value.ts';
import { TemplateError } from '../template-error.ts';
import { integer, json, list, members, text } from '../resolve/shape.ts';
import { documentText, listAt, mapsAt, pick, requiredText, textAt, textsAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, hasCode } from './service-code.ts';

const BASIC_EXECUTION = 'AWSLambdaBasicExecutionRole';
const BASIC_EXECUTION_ARN =
  /^arn:aws(-cn|-us-gov)?:iam::aws:policy\/service-role\/AWSLambdaBasicExecutionRole$/;

export const iamRole: ResourceType = {
  type: 'AWS::IAM::Role',
  shape: members(
    {
      RoleName: text,
      Path: text,
      Description: text,
      AssumeRolePolicyDocument: json,
      MaxSessionDuration: integer,
      ManagedPolicyArns: list(text),
      Policies: list(members({ PolicyName: text, PolicyDocument: json }, ['PolicyName', 'PolicyDocument'])),
    },
    ['AssumeRolePolicyDocument'],
  ),
  nameProperty: 'RoleName',
  nameLengthMax: 64,
  replacedBy: ['Path'],
  attributes: ['Arn', 'RoleId'],

  check(properties, place) {
    const arns = listAt(properties, 'ManagedPolicyArns');
    const at = placeIn(place, properties, 'ManagedPolicyArns');
    arns.forEach((arn, index) => {
      if (typeof arn === 'string' && BASIC_EXECUTION_ARN.test(arn)) return;
      throw new TemplateError(placeIn(at, arns, index), {
        problem: `The managed policy ${typeof arn === 'string' ? arn : 'of another resource'} is not supported`,
        fix: `Write its statements as an inline policy; only ${BASIC_EXECUTION} is known`,
      });
    });
  },

  identify: (request) => stateOf(request, {}),

  async create(request, client) {
    const { name, properties } = request;
    let role: Record<string, unknown>;
    try {
      role = await client.call('iam', 'CreateRole', {
        RoleName: name,
        AssumeRolePolicyDocument: documentText(properties['AssumeRolePolicyDocument']),
        ...pick(properties, 'Path', 'Description', 'MaxSessionDuration'),
      });
    } catch (error) {
      if (!hasCode(error, 'EntityAlreadyExists')) throw error;
      if (!request.adopt) throw new AlreadyExists(`The role ${name}`, { cause: error });
      role = await client.call('iam', 'GetRole', { RoleName: name });
      await writeTrust(request, client);
      if ('Description' in properties || 'MaxSessionDuration' in properties)
        await writeSettings(request, client);
    }
    await writePolicies(request, client);
    return stateOf(request, role);
  },

  async update(request, client, previous, changed) {
    if (changed.includes('AssumeRolePolicyDocument')) await writeTrust(request, client);
    if (changed.includes('Description') || changed.includes('MaxSessionDuration'))
      await writeSettings(request, client);
    await writePolicies(request, client);
    const kept = stateOf(request, {}).details;
    await removePolicies(previous, client, kept);
    return { ...stateOf(request, {}), attributes: previous.attributes };
  },

  async delete(state, client) {
    await removePolicies(state, client, {});
    await allow(client.call('iam', 'DeleteRole', { RoleName: state.physicalId }), 'NoSuchEntity');
  },
};

async function writeTrust({ name, properties }: ResourceRequest, client: AwsClient): Promise<void> {
  await client.call('iam', 'UpdateAssumeRolePolicy', {
    RoleName: name,
    PolicyDocument: documentText(properties['AssumeRolePolicyDocument']),
  });
}

/** What the template no longer says falls back to IAM's default. */
async function writeSettings({ name, properties }: ResourceRequest, client: AwsClient): Promise<void> {
  await client.call('iam', 'UpdateRole', {
    RoleName: name,
    Description: textAt(properties, 'Description') ?? '',
    MaxSessionDuration: properties['MaxSessionDuration'] ?? 3600,
  });
}

async function writePolicies({ name, properties }: ResourceRequest, client: AwsClient): Promise<void> {
  for (const policy of mapsAt(properties, 'Policies'))
    await client.call('iam', 'PutRolePolicy', {
      RoleName: name,
      PolicyName: requiredText(policy, 'PolicyName'),
      PolicyDocument: documentText(policy['PolicyDocument']),
    });
  for (const PolicyArn of textsAt(properties, 'ManagedPolicyArns'))
    await client.call('iam', 'AttachRolePolicy', { RoleName: name, PolicyArn });
}

/** Takes off what the stack put on, except `kept`. */
async function removePolicies(state: ResourceState, client: AwsClient, kept: ValueMap): Promise<void> {
  const RoleName = state.physicalId;
  const gone = (kind: string): string[] =>
    textsAt(state.details, kind).filter((one) => !textsAt(kept, kind).includes(one));
  for (const PolicyName of gone('policyNames'))
    await allow(client.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }), 'NoSuchEntity');
  for (const PolicyArn of gone('attachedArns'))
    await allow(client.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }), 'NoSuchEntity');
}

function stateOf(
  { name, properties, pseudo }: ResourceRequest,
  answer: Record<string, unknown>,
): ResourceState {
  const role = (answer['Role'] ?? {}) as { Arn?: string; RoleId?: string }; // the output of CreateRole and GetRole
  const path = textAt(properties, 'Path') ?? '/';
  return {
    physicalId: name,
    attributes: {
      Arn: role.Arn ?? `arn:${pseudo.partition}:iam::${pseudo.account}:role${path}${name}`,
      ...(role.RoleId === undefined ? {} : { RoleId: role.RoleId }),
    },
    details: {
      policyNames: mapsAt(properties, 'Policies').map((policy) => requiredText(policy, 'PolicyName')),
      attachedArns: textsAt(properties, 'ManagedPolicyArns'),
    },
  };
}
