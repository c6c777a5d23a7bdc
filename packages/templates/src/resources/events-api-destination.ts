import { integer, members, oneOf, text } from '../resolve/shape.ts';
import { createNamed, type NamedOperations, updateNamed } from './named-by-service.ts';
import { pick } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow } from './service-code.ts';

const operations: NamedOperations = {
  service: 'events',
  create: 'CreateApiDestination',
  update: 'UpdateApiDestination',
  describe: 'DescribeApiDestination',
  nameMember: 'Name',
  arnMember: 'ApiDestinationArn',
  existsCode: 'ResourceAlreadyExists',
  what: 'The API destination',
};
/** As the service has it when nobody says otherwise. */
const RATE_DEFAULT = 300;

export const eventsApiDestination: ResourceType = {
  type: 'AWS::Events::ApiDestination',
  shape: members(
    {
      Name: text,
      Description: text,
      ConnectionArn: text,
      InvocationEndpoint: text,
      HttpMethod: oneOf('POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'),
      InvocationRateLimitPerSecond: integer,
    },
    ['ConnectionArn', 'InvocationEndpoint', 'HttpMethod'],
  ),
  nameProperty: 'Name',
  nameLengthMax: 64,
  replacedBy: [],
  attributes: ['Arn'],

  identify: (request) => stateOf(request, ''),

  create: async (request, client) =>
    stateOf(request, await createNamed(operations, request, inputOf(request), client)),

  update: async (request, client) =>
    stateOf(request, await updateNamed(operations, request, inputOf(request), client)),

  async delete(state, client) {
    await allow(
      client.call('events', 'DeleteApiDestination', { Name: state.physicalId }),
      'ResourceNotFound',
    );
  },
};

function inputOf({ name, properties }: ResourceRequest): object {
  return {
    Name: name,
    InvocationRateLimitPerSecond: RATE_DEFAULT, // an update without it would keep the old one
    ...pick(
      properties,
      'Description',
      'ConnectionArn',
      'InvocationEndpoint',
      'HttpMethod',
      'InvocationRateLimitPerSecond',
    ),
  };
}

/** @param arn  the service chooses a part of it: not known before the destination is made */
function stateOf({ name }: ResourceRequest, arn: string): ResourceState {
  return { physicalId: name, attributes: { Arn: arn }, details: {} };
}
