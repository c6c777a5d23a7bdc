import { members, text } from '../resolve/shape.ts';
import { pick, requiredText } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow } from './service-code.ts';

const PROPERTIES = ['FunctionName', 'Action', 'Principal', 'SourceArn', 'SourceAccount', 'PrincipalOrgID'];

export const lambdaPermission: ResourceType = {
  type: 'AWS::Lambda::Permission',
  shape: members(Object.fromEntries(PROPERTIES.map((name) => [name, text])), [
    'FunctionName',
    'Action',
    'Principal',
  ]),
  nameLengthMax: 100,
  replacedBy: PROPERTIES,
  attributes: ['Id'],

  identify: stateOf,

  async create(request, client) {
    // a statement of this generated id is this very permission: any change of it gets a new id
    await allow(
      client.call('lambda', 'AddPermission', {
        StatementId: request.name,
        ...pick(request.properties, ...PROPERTIES),
      }),
      'ResourceConflict',
    );
    return stateOf(request);
  },

  update: async (request) => stateOf(request),

  async delete(state, client) {
    await allow(
      client.call('lambda', 'RemovePermission', {
        FunctionName: requiredText(state.details, 'functionName'),
        StatementId: state.physicalId,
      }),
      'ResourceNotFound',
    );
  },
};

function stateOf({ name, properties }: ResourceRequest): ResourceState {
  return {
    physicalId: name,
    attributes: { Id: name },
    details: { functionName: requiredText(properties, 'FunctionName') },
  };
}
