import { boolean, list, members, oneOf, text } from '../resolve/shape.ts';
import { namedByService } from './named-by-service.ts';
import { pick } from './properties.ts';
import type { ResourceType } from './resource-type.ts';

const parameters = list(members({ Key: text, Value: text, IsValueSecret: boolean }, ['Key', 'Value']));
const httpParameters = members({
  HeaderParameters: parameters,
  QueryStringParameters: parameters,
  BodyParameters: parameters,
});

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
  replacedBy: [],
  ...namedByService({
    kind: 'Connection',
    what: 'The connection',
    inputOf: (properties) => pick(properties, 'Description', 'AuthorizationType', 'AuthParameters'),
  }),
};
