import type {
  CreateApiDestinationRequest,
  CreateApiDestinationResponse,
  DeleteApiDestinationRequest,
  DescribeApiDestinationRequest,
  DescribeApiDestinationResponse,
  ListApiDestinationsRequest,
  ListApiDestinationsResponse,
  UpdateApiDestinationRequest,
  UpdateApiDestinationResponse,
} from '@aws-sdk/client-eventbridge';
import type { CallContext } from '@riposte/account';
import type { ApiDestinationDescription } from '@riposte/events';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { eventsArn } from './events-arns.ts';

const service = 'events';

const byName = {
  resourceArn: (context: CallContext, { Name }: { Name: string | undefined }) =>
    eventsArn(context, 'api-destination', Name!),
  touched: (context: CallContext, { Name }: { Name: string | undefined }) => [
    { type: 'AWS::Events::ApiDestination', name: eventsArn(context, 'api-destination', Name!) },
  ],
};

const createApiDestination: ServiceOperation<CreateApiDestinationRequest, CreateApiDestinationResponse> = {
  service,
  name: 'CreateApiDestination',
  access: 'write',
  ...byName,
  async handle({ services, region }, input) {
    const { Name, ConnectionArn, InvocationEndpoint, HttpMethod } = input;
    const { Description, InvocationRateLimitPerSecond } = input;
    const created = await services.events.createApiDestination(region, {
      Name: Name!, // required by the model, like the others
      ConnectionArn: ConnectionArn!,
      InvocationEndpoint: InvocationEndpoint!,
      HttpMethod: HttpMethod!,
      ...defined({ Description, InvocationRateLimitPerSecond }),
    });
    return stateOf(created);
  },
};

const updateApiDestination: ServiceOperation<UpdateApiDestinationRequest, UpdateApiDestinationResponse> = {
  service,
  name: 'UpdateApiDestination',
  access: 'write',
  ...byName,
  async handle({ services, region }, input) {
    const { Name, ConnectionArn, InvocationEndpoint, HttpMethod } = input;
    const { Description, InvocationRateLimitPerSecond } = input;
    const updated = await services.events.updateApiDestination(region, {
      Name: Name!,
      ...defined({ ConnectionArn, InvocationEndpoint, HttpMethod }),
      ...defined({ Description, InvocationRateLimitPerSecond }),
    });
    return stateOf(updated);
  },
};

const describeApiDestination: ServiceOperation<
  DescribeApiDestinationRequest,
  DescribeApiDestinationResponse
> = {
  service,
  name: 'DescribeApiDestination',
  access: 'read',
  ...byName,
  async handle({ services, region }, { Name }) {
    const destination = await services.events.describeApiDestination(region, Name!);
    return { ...listed(destination), ...defined({ Description: destination.Description }) };
  },
};

const listApiDestinations: ServiceOperation<ListApiDestinationsRequest, ListApiDestinationsResponse> = {
  service,
  name: 'ListApiDestinations',
  access: 'read',
  resourceArn: (context) => eventsArn(context, 'api-destination', '*'),
  async handle({ services, region }, { NamePrefix, ConnectionArn, NextToken, Limit }) {
    const found = await services.events.listApiDestinations(
      region,
      defined({ NamePrefix, ConnectionArn, NextToken, Limit }),
    );
    return { ApiDestinations: found.ApiDestinations.map(listed), ...defined({ NextToken: found.NextToken }) };
  },
};

const deleteApiDestination: ServiceOperation<DeleteApiDestinationRequest> = {
  service,
  name: 'DeleteApiDestination',
  access: 'write',
  ...byName,
  async handle({ services, region }, { Name }) {
    await services.events.deleteApiDestination(region, Name!);
    return {};
  },
};

function stateOf(destination: ApiDestinationDescription) {
  const { ApiDestinationArn, ApiDestinationState, creationTimeMs, lastModifiedTimeMs } = destination;
  return {
    ApiDestinationArn,
    ApiDestinationState,
    CreationTime: new Date(creationTimeMs),
    LastModifiedTime: new Date(lastModifiedTimeMs),
  };
}

function listed(destination: ApiDestinationDescription) {
  const { Name, ConnectionArn, InvocationEndpoint, InvocationRateLimitPerSecond, HttpMethod } = destination;
  return {
    ...stateOf(destination),
    Name,
    ConnectionArn,
    InvocationEndpoint,
    InvocationRateLimitPerSecond,
    HttpMethod: HttpMethod as 'POST', // checked when it was written
  };
}

export const apiDestinationOperations = [
  createApiDestination,
  updateApiDestination,
  describeApiDestination,
  listApiDestinations,
  deleteApiDestination,
];
