import { ServiceError } from '@riposte/engine';
import { eventsArn } from '../arns.ts';
import { Constraints } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import { pageOf, type PageRequest } from '../pages.ts';
import type {
  AuthorizationType,
  Connection,
  ConnectionAuthorizer,
  ConnectionDescription,
  ConnectionOperations,
  CreateConnectionInput,
} from '../ports/connections.ts';
import { checkAuthParameters, shownAuthParameters } from './auth-parameters.ts';

const AUTHORIZATION_TYPES = ['BASIC', 'OAUTH_CLIENT_CREDENTIALS', 'API_KEY'];
const STATES = [
  'CREATING',
  'UPDATING',
  'DELETING',
  'AUTHORIZED',
  'DEAUTHORIZED',
  'AUTHORIZING',
  'DEAUTHORIZING',
  'ACTIVE',
  'FAILED_CONNECTIVITY',
];

type UpdateConnectionInput = Parameters<ConnectionOperations['updateConnection']>[1];

/**
 * Connections: who requests to HTTP endpoints come from. Their secrets lie with them in the store and leave it only
 * for a request. OAuth tokens are kept in memory alone, by whoever makes the requests.
 */
export class Connections {
  readonly #context: EventContext;
  readonly #authorizer: ConnectionAuthorizer | undefined;

  constructor(context: EventContext, authorizer: ConnectionAuthorizer | undefined) {
    this.#context = context;
    this.#authorizer = authorizer;
  }

  async create(region: string, input: CreateConnectionInput): Promise<ConnectionDescription> {
    const { Name, Description, AuthorizationType } = input;
    const type = checkConnection(input);
    const { store, clock, ids, home, change } = this.#context;
    const created = await change(async () => {
      if (await store.document('connection', region, Name))
        throw new ServiceError('ResourceAlreadyExistsException', `Connection ${Name} already exists.`);
      checkAuthParameters(AuthorizationType, input.AuthParameters);
      const nowMs = clock.now();
      const secretName = `events!connection/${Name}/${ids.uuid()}`;
      const connection: Connection = {
        Name,
        ConnectionArn: eventsArn(home, region, 'connection', `${Name}/${ids.uuid()}`),
        ...(Description !== undefined && { Description }),
        AuthorizationType: type,
        ...authorizedState(type, nowMs),
        SecretArn: `arn:${home.partition}:secretsmanager:${region}:${home.account}:secret:${secretName}-${ids.uuid().slice(0, 6)}`,
        AuthParameters: input.AuthParameters,
        creationTimeMs: nowMs,
        lastModifiedTimeMs: nowMs,
      };
      await store.putDocument('connection', region, Name, connection);
      return connection;
    });
    this.#authorize(created);
    return shown(created);
  }

  async update(region: string, input: UpdateConnectionInput): Promise<ConnectionDescription> {
    const { Name, Description, AuthorizationType, AuthParameters } = input;
    checkConnection({ ...input, Name });
    const updated = await this.#change(region, Name, (before, nowMs) => {
      const type = (AuthorizationType as AuthorizationType | undefined) ?? before.AuthorizationType; // checked above
      const parameters = AuthParameters ?? before.AuthParameters;
      checkAuthParameters(type, parameters);
      return {
        ...before,
        ...(Description !== undefined && { Description }),
        AuthorizationType: type,
        AuthParameters: parameters,
        ...(AuthParameters && authorizedState(type, nowMs)),
        lastModifiedTimeMs: nowMs,
      };
    });
    this.#authorize(updated);
    return shown(updated);
  }

  async describe(region: string, name: string): Promise<ConnectionDescription> {
    new Constraints().name(name, 'name', 64).enforce();
    return shown(await this.#find(region, name));
  }

  async list(
    region: string,
    request: PageRequest & { ConnectionState?: string },
  ): Promise<{ Connections: ConnectionDescription[]; NextToken?: string }> {
    new Constraints().oneOf(request.ConnectionState, 'connectionState', STATES).enforce();
    const connections = (await this.#context.store.documents('connection', region)).filter(
      ({ ConnectionState }) => (request.ConnectionState ?? ConnectionState) === ConnectionState,
    );
    const { items, ...next } = pageOf(connections, ({ Name }) => Name, request);
    return { Connections: items.map(shown), ...next };
  }

  async deauthorize(region: string, name: string): Promise<ConnectionDescription> {
    const changed = await this.#change(region, name, (before, nowMs) => ({
      ...before,
      AuthParameters: {},
      ConnectionState: 'DEAUTHORIZED',
      StateReason: 'DeauthorizeConnection was called.',
      lastModifiedTimeMs: nowMs,
    }));
    return shown(changed);
  }

  async delete(region: string, name: string): Promise<ConnectionDescription> {
    const { store, change } = this.#context;
    return change(async () => {
      const connection = await this.#find(region, name);
      await store.deleteDocument('connection', region, name);
      return shown(connection);
    });
  }

  async byArn(arn: string): Promise<Connection | undefined> {
    const [, , , region = '', , path = ''] = arn.split(':');
    const found = await this.#context.store.document('connection', region, path.split('/')[1] ?? '');
    return found?.ConnectionArn === arn ? found : undefined;
  }

  /** A token was fetched, or refused for a reason. Written when that changes the state. */
  async authorized(arn: string, refusal: string | undefined): Promise<void> {
    const { store, clock, change } = this.#context;
    await change(async () => {
      const before = await this.byArn(arn);
      if (!before || before.AuthorizationType !== 'OAUTH_CLIENT_CREDENTIALS') return;
      const state = refusal === undefined ? 'AUTHORIZED' : 'DEAUTHORIZED';
      if (before.ConnectionState === state && before.StateReason === refusal) return;
      const { StateReason: _, ...kept } = before;
      const [, , , region = ''] = arn.split(':');
      await store.putDocument('connection', region, before.Name, {
        ...kept,
        ConnectionState: state,
        ...(refusal === undefined ? { lastAuthorizedTimeMs: clock.now() } : { StateReason: refusal }),
      });
    });
  }

  async #find(region: string, name: string): Promise<Connection> {
    const connection = await this.#context.store.document('connection', region, name);
    if (!connection)
      throw new ServiceError(
        'ResourceNotFoundException',
        `Failed to describe the connection(s). Connection '${name}' does not exist.`,
      );
    return connection;
  }

  #change(
    region: string,
    name: string,
    to: (before: Connection, nowMs: number) => Connection,
  ): Promise<Connection> {
    const { store, clock, change } = this.#context;
    return change(async () => {
      const { StateReason: _, ...before } = await this.#find(region, name);
      const changed = to(before, clock.now());
      await store.putDocument('connection', region, name, changed);
      return changed;
    });
  }

  /** Nobody waits for it: the state tells. */
  #authorize(connection: Connection): void {
    const { ConnectionArn, ConnectionState } = connection;
    if (ConnectionState !== 'AUTHORIZING' || !this.#authorizer) return;
    this.#authorizer
      .authorize(connection)
      .then((refusal) => this.authorized(ConnectionArn, refusal))
      .catch((error: unknown) => this.#context.report({ kind: 'store-failed', error }));
  }
}

/** BASIC and API_KEY need nobody's consent; a token must be fetched first. */
function authorizedState(
  type: AuthorizationType,
  nowMs: number,
): Pick<Connection, 'ConnectionState' | 'lastAuthorizedTimeMs'> {
  return type === 'OAUTH_CLIENT_CREDENTIALS'
    ? { ConnectionState: 'AUTHORIZING' }
    : { ConnectionState: 'AUTHORIZED', lastAuthorizedTimeMs: nowMs };
}

function shown({ AuthParameters, ...connection }: Connection): ConnectionDescription {
  return { ...connection, AuthParameters: shownAuthParameters(AuthParameters) };
}

/** @throws ServiceError ValidationException */
function checkConnection(input: UpdateConnectionInput): AuthorizationType {
  new Constraints()
    .name(input.Name, 'name', 64)
    .length(input.Description, 'description', { max: 512 })
    .oneOf(input.AuthorizationType, 'authorizationType', AUTHORIZATION_TYPES)
    .enforce();
  return input.AuthorizationType as AuthorizationType; // checked; absent only where the caller keeps the old one
}
