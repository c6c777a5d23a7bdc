import { boolean, list, members, oneOf, text } from '../resolve/shape.ts';
import { createNamed, type NamedOperations, updateNamed } from './named-by-service.ts';
import { pick } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow } from './service-code.ts';

const parameters = list(members({ Key: text, Value: text, IsValueSecret: boolean }, ['Key', 'Value']));
const httpParameters = members({
  HeaderParameters: parameters,
  QueryStringParameters: parameters,
  BodyParameters: parameters,
});

const operations: NamedOperations = {
  service: 'events',
  create: 'CreateConnection',
  update: 'UpdateConnection',
  describe: 'DescribeConnection',
  nameMember: 'Name',
  arnMember: 'ConnectionArn',
  existsCode: 'ResourceAlreadyExists',
  what: 'The connection',
};

export const eventsConnection: ResourceType = {
  type: 'AWS::Events::Connection',
  shape: members(
    {
      Name: text,
      Description: text,
      AuthorizationType: oneOf('API_KEY', 'BASIC', 'OAUTH_CLIENT_CREDENTIALS'),
      AuthParameters: members({
        ApiKeyAuthParameters: members({ ApiKeyName: text, ApiKeyValue: text }, ['ApiKeyName', 'ApiKeyValue']),
        BasicAuthParameters: members({ Username: text, Password: text }, ['Username', 'Password']),
        OAuthParameters: members(
          {
            AuthorizationEndpoint: text,
            HttpMethod: text,
            ClientParameters: members({ ClientID: text, ClientSecret: text }, ['ClientID', 'ClientSecret']),
            OAuthHttpParameters: httpParameters,
          },
          ['AuthorizationEndpoint', 'HttpMethod', 'ClientParameters'],
        ),
        InvocationHttpParameters: httpParameters,
      }),
    },
    ['AuthorizationType', 'AuthParameters'],
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
    await allow(client.call('events', 'DeleteConnection', { Name: state.physicalId }), 'ResourceNotFound');
  },
};

function inputOf({ name, properties }: ResourceRequest): object {
  return { Name: name, ...pick(properties, 'Description', 'AuthorizationType', 'AuthParameters') };
}

/** @param arn  the service chooses a part of it: not known before the connection is made */
function stateOf({ name }: ResourceRequest, arn: string): ResourceState {
  return { physicalId: name, attributes: { Arn: arn }, details: {} };
}
