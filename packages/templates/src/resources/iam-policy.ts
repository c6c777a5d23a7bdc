import { TemplateError } from '../template-error.ts';
import type { AwsClient } from '../ports/aws-client.ts';
import { json, list, members, text } from '../resolve/shape.ts';
import { documentText, listAt, requiredText, textsAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow } from './service-code.ts';

export const iamPolicy: ResourceType = {
  type: 'AWS::IAM::Policy',
  shape: members({ PolicyName: text, PolicyDocument: json, Roles: list(text), Users: list(text) }, [
    'PolicyName',
    'PolicyDocument',
  ]),
  nameProperty: 'PolicyName',
  nameLengthMax: 128,
  replacedBy: [],
  attributes: [],

  check(properties, place) {
    if (listAt(properties, 'Roles').length + listAt(properties, 'Users').length > 0) return;
    throw new TemplateError(place, {
      problem: 'The policy belongs to nobody',
      fix: 'Name roles under Roles, or users under Users',
    });
  },

  identify: stateOf,

  async create(request, client) {
    await write(request, client);
    return stateOf(request);
  },

  async update(request, client, previous) {
    await write(request, client);
    for (const kind of KINDS) {
      const kept = textsAt(request.properties, kind.property);
      await remove(kind, previous, client, (owner) => !kept.includes(owner));
    }
    return stateOf(request);
  },

  async delete(state, client) {
    for (const kind of KINDS) await remove(kind, state, client, () => true);
  },
};

const KINDS = [
  { property: 'Roles', member: 'RoleName', put: 'PutRolePolicy', remove: 'DeleteRolePolicy' },
  { property: 'Users', member: 'UserName', put: 'PutUserPolicy', remove: 'DeleteUserPolicy' },
] as const;

async function write({ name, properties }: ResourceRequest, client: AwsClient): Promise<void> {
  const PolicyDocument = documentText(properties['PolicyDocument']);
  for (const kind of KINDS)
    for (const owner of textsAt(properties, kind.property))
      await client.call('iam', kind.put, { [kind.member]: owner, PolicyName: name, PolicyDocument });
}

async function remove(
  kind: (typeof KINDS)[number],
  state: ResourceState,
  client: AwsClient,
  isGone: (owner: string) => boolean,
): Promise<void> {
  const PolicyName = requiredText(state.details, 'policyName');
  for (const owner of textsAt(state.details, kind.property).filter(isGone))
    await allow(client.call('iam', kind.remove, { [kind.member]: owner, PolicyName }), 'NoSuchEntity');
}

function stateOf({ name, properties }: ResourceRequest): ResourceState {
  return {
    physicalId: name,
    attributes: {},
    details: {
      policyName: name,
      Roles: textsAt(properties, 'Roles'),
      Users: textsAt(properties, 'Users'),
    },
  };
}
