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
/** What the AWS managed policy of this name allows. */
const basicExecutionPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
  ],
};

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

  notes: (properties) =>
    textsAt(properties, 'ManagedPolicyArns').length === 0
      ? []
      : [`The managed policy ${BASIC_EXECUTION} is written as an inline policy with the same statements.`],

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
      await writeSettings(request, client);
    }
    await writePolicies(request, client);
    return stateOf(request, role);
  },

  async update(request, client, previous, changed) {
    const { name, properties } = request;
    if (changed.includes('AssumeRolePolicyDocument')) await writeTrust(request, client);
    if (changed.includes('Description') || changed.includes('MaxSessionDuration'))
      await writeSettings(request, client);
    await writePolicies(request, client);
    const wanted = Object.keys(policiesOf(properties));
    for (const gone of textsAt(previous.details, 'policyNames').filter((policy) => !wanted.includes(policy)))
      await allow(
        client.call('iam', 'DeleteRolePolicy', { RoleName: name, PolicyName: gone }),
        'NoSuchEntity',
      );
    return { ...stateOf(request, {}), attributes: previous.attributes };
  },

  async delete(state, client) {
    const RoleName = state.physicalId;
    for (const PolicyName of textsAt(state.details, 'policyNames'))
      await allow(client.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }), 'NoSuchEntity');
    await allow(client.call('iam', 'DeleteRole', { RoleName }), 'NoSuchEntity');
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
  for (const [PolicyName, PolicyDocument] of Object.entries(policiesOf(properties)))
    await client.call('iam', 'PutRolePolicy', { RoleName: name, PolicyName, PolicyDocument });
}

/** Inline policies by name, as JSON text. */
function policiesOf(properties: ValueMap): Record<string, string> {
  const policies: Record<string, string> = {};
  for (const policy of mapsAt(properties, 'Policies'))
    policies[requiredText(policy, 'PolicyName')] = documentText(policy['PolicyDocument']);
  if (textsAt(properties, 'ManagedPolicyArns').length > 0)
    policies[BASIC_EXECUTION] = JSON.stringify(basicExecutionPolicy);
  return policies;
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
    details: { policyNames: Object.keys(policiesOf(properties)) },
  };
}
