import { integer, members, oneOf, text } from '../resolve/shape.ts';
import { namedByService } from './named-by-service.ts';
import { pick } from './properties.ts';
import type { ResourceType } from './resource-type.ts';

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
  replacedBy: [],
  ...namedByService({
    kind: 'ApiDestination',
    what: 'The API destination',
    inputOf: (properties) => ({
      InvocationRateLimitPerSecond: RATE_DEFAULT, // an update without it would keep the old one
      ...pick(
        properties,
        'Description',
        'ConnectionArn',
        'InvocationEndpoint',
        'HttpMethod',
        'InvocationRateLimitPerSecond',
      ),
    }),
  }),
};
