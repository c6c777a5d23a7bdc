import type {
  ConnectionAuthResponseParameters,
  CreateConnectionRequest,
  CreateConnectionResponse,
  DeauthorizeConnectionRequest,
  DeauthorizeConnectionResponse,
  DeleteConnectionRequest,
  DeleteConnectionResponse,
  DescribeConnectionRequest,
  DescribeConnectionResponse,
  ListConnectionsRequest,
  ListConnectionsResponse,
  UpdateConnectionRequest,
  UpdateConnectionResponse,
} from '@aws-sdk/client-eventbridge';
import type { CallContext } from '@riposte/account';
import type { ConnectionDescription, EventService } from '@riposte/events';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { eventsArn } from './events-arns.ts';
import { refuseMembers } from './refuse-members.ts';

const service = 'events';

type CreateConnection = Parameters<EventService['createConnection']>[1];

const byName = {
  resourceArn: (context: CallContext, { Name }: { Name: string | undefined }) =>
    eventsArn(context, 'connection', Name!),
  touched: (context: CallContext, { Name }: { Name: string | undefined }) => [
    { type: 'AWS::Events::Connection', name: eventsArn(context, 'connection', Name!) },
  ],
};

const createConnection: ServiceOperation<CreateConnectionRequest, CreateConnectionResponse> = {
  service,
  name: 'CreateConnection',
  access: 'write',
  ...byName,
  auditedInput: withoutSecrets,
  async handle({ services, region }, input) {
    refuseUnwritten(input);
    const { Name, Description, AuthorizationType, AuthParameters } = input;
    const created = await services.events.createConnection(region, {
      Name: Name!, // required by the model, like the others
      AuthorizationType: AuthorizationType!,
      AuthParameters: defined(AuthParameters!) as CreateConnection['AuthParameters'], // checked against the model
      ...defined({ Description }),
    });
    const { ConnectionArn, ConnectionState, creationTimeMs, lastModifiedTimeMs } = created;
    return {
      ConnectionArn,
      ConnectionState,
      CreationTime: new Date(creationTimeMs),
      LastModifiedTime: new Date(lastModifiedTimeMs),
    };
  },
};

const updateConnection: ServiceOperation<UpdateConnectionRequest, UpdateConnectionResponse> = {
  service,
  name: 'UpdateConnection',
  access: 'write',
  ...byName,
  auditedInput: withoutSecrets,
  async handle({ services, region }, input) {
    refuseUnwritten(input);
    const { Name, Description, AuthorizationType, AuthParameters } = input;
    const parameters = AuthParameters as CreateConnection['AuthParameters'] | undefined; // checked against the model
    const updated = await services.events.updateConnection(region, {
      Name: Name!,
      ...defined({ Description, AuthorizationType, AuthParameters: parameters }),
    });
    return stateOf(updated);
  },
};

const describeConnection: ServiceOperation<DescribeConnectionRequest, DescribeConnectionResponse> = {
  service,
  name: 'DescribeConnection',
  access: 'read',
  ...byName,
  async handle({ services, region }, { Name }) {
    const connection = await services.events.describeConnection(region, Name!);
    return {
      ...listed(connection),
      SecretArn: connection.SecretArn,
      AuthParameters: connection.AuthParameters as ConnectionAuthResponseParameters, // members as the model's
      ...defined({ Description: connection.Description }),
    };
  },
};

const listConnections: ServiceOperation<ListConnectionsRequest, ListConnectionsResponse> = {
  service,
  name: 'ListConnections',
  access: 'read',
  resourceArn: (context) => eventsArn(context, 'connection', '*'),
  async handle({ services, region }, { NamePrefix, ConnectionState, NextToken, Limit }) {
    const found = await services.events.listConnections(
      region,
      defined({ NamePrefix, ConnectionState, NextToken, Limit }),
    );
    return { Connections: found.Connections.map(listed), ...defined({ NextToken: found.NextToken }) };
  },
};

const deauthorizeConnection: ServiceOperation<DeauthorizeConnectionRequest, DeauthorizeConnectionResponse> = {
  service,
  name: 'DeauthorizeConnection',
  access: 'write',
  ...byName,
  async handle({ services, region }, { Name }) {
    return {
      ...stateOf(await services.events.deauthorizeConnection(region, Name!)),
      ConnectionState: 'DEAUTHORIZING',
    };
  },
};

const deleteConnection: ServiceOperation<DeleteConnectionRequest, DeleteConnectionResponse> = {
  service,
  name: 'DeleteConnection',
  access: 'write',
  ...byName,
  async handle({ services, region }, { Name }) {
    return {
      ...stateOf(await services.events.deleteConnection(region, Name!)),
      ConnectionState: 'DELETING',
    };
  },
};

function refuseUnwritten(input: CreateConnectionRequest | UpdateConnectionRequest): void {
  refuseMembers(service, input, ['InvocationConnectivityParameters', 'KmsKeyIdentifier']);
  if (input.AuthParameters)
    refuseMembers(service, input.AuthParameters as { ConnectivityParameters?: object }, [
      'ConnectivityParameters',
    ]);
}

/** Every value of the authorization is hidden: custom headers may carry keys, too. */
function withoutSecrets({ AuthParameters, ...input }: CreateConnectionRequest | UpdateConnectionRequest) {
  return { ...input, ...(AuthParameters && { AuthParameters: 'HIDDEN_DUE_TO_SECURITY_REASONS' }) };
}

function stateOf(connection: ConnectionDescription) {
  const { ConnectionArn, ConnectionState, creationTimeMs, lastModifiedTimeMs } = connection;
  return {
    ConnectionArn,
    ConnectionState,
    CreationTime: new Date(creationTimeMs),
    LastModifiedTime: new Date(lastModifiedTimeMs),
    ...lastAuthorized(connection),
  };
}

function listed(connection: ConnectionDescription) {
  const { Name, AuthorizationType, StateReason } = connection;
  return { ...stateOf(connection), Name, AuthorizationType, ...defined({ StateReason }) };
}

function lastAuthorized({ lastAuthorizedTimeMs }: ConnectionDescription): { LastAuthorizedTime?: Date } {
  return lastAuthorizedTimeMs === undefined ? {} : { LastAuthorizedTime: new Date(lastAuthorizedTimeMs) };
}

export const connectionOperations = [
  createConnection,
  updateConnection,
  describeConnection,
  listConnections,
  deauthorizeConnection,
  deleteConnection,
];
