import { ServiceError } from '@riposte/engine';
import { eventsArn } from '../arns.ts';
import { Constraints, INTEGER_MAX, validationError } from '../constraints.ts';
import { isConfidential } from './confidential.ts';
import type { EventContext } from '../context.ts';
import { pageOf, type PageRequest } from '../pages.ts';
import type {
  ApiDestination,
  ApiDestinationDescription,
  ConnectionOperations,
  CreateApiDestinationInput,
} from '../ports/connections.ts';
import type { Connections } from './connections.ts';

const METHODS = ['HEAD', 'POST', 'PATCH', 'DELETE', 'PUT', 'GET', 'OPTIONS'];
const RATE_DEFAULT = 300; // requests a second
const CONNECTION_ARN = {
  pattern: /^arn:aws[a-z-]*:events:[a-z\d-]*:(\d{12})?:connection\/[.\-_A-Za-z0-9]+\/[-A-Za-z0-9]+$/,
  text: String.raw`^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:connection\/[\.\-_A-Za-z0-9]+\/[\-A-Za-z0-9]+$`,
};

/** As the service's model has it. */
const ENDPOINT = {
  pattern: /^(?:%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@&=+$,A-Za-z0-9])+[).!';/?:,]?$/,
  text: String.raw`^((%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@\x26=+$,A-Za-z0-9])+)([).!';/?:,])?$`,
};
/** This machine, which the model has no brackets for. */
const LOOPBACK_6 = 'http://[::1]';

type UpdateInput = Parameters<ConnectionOperations['updateApiDestination']>[1];

/** API destinations: HTTP endpoints that targets of rules name. */
export class ApiDestinations {
  readonly #context: EventContext;
  readonly #connections: Connections;

  constructor(context: EventContext, connections: Connections) {
    this.#context = context;
    this.#connections = connections;
  }

  async create(region: string, input: CreateApiDestinationInput): Promise<ApiDestinationDescription> {
    const { Name, InvocationRateLimitPerSecond = RATE_DEFAULT, ...rest } = input;
    check(input);
    const { store, clock, ids, home, change } = this.#context;
    return change(async () => {
      if (await store.document('api-destination', region, Name))
        throw new ServiceError(
          'ResourceAlreadyExistsException',
          `An api-destination '${Name}' already exists.`,
        );
      await this.#checkConnection(input.ConnectionArn);
      const nowMs = clock.now();
      const destination: ApiDestination = {
        ...rest,
        Name,
        ApiDestinationArn: eventsArn(home, region, 'api-destination', `${Name}/${ids.uuid()}`),
        InvocationRateLimitPerSecond,
        creationTimeMs: nowMs,
        lastModifiedTimeMs: nowMs,
      };
      await store.putDocument('api-destination', region, Name, destination);
      return this.#described(destination);
    });
  }

  async update(region: string, input: UpdateInput): Promise<ApiDestinationDescription> {
    check(input);
    const { store, clock, change } = this.#context;
    return change(async () => {
      const before = await this.#find(region, input.Name);
      if (input.ConnectionArn !== undefined) await this.#checkConnection(input.ConnectionArn);
      const destination: ApiDestination = { ...before, ...input, lastModifiedTimeMs: clock.now() };
      await store.putDocument('api-destination', region, input.Name, destination);
      return this.#described(destination);
    });
  }

  async describe(region: string, name: string): Promise<ApiDestinationDescription> {
    new Constraints().name(name, 'name', 64).enforce();
    return this.#described(await this.#find(region, name));
  }

  async list(
    region: string,
    request: PageRequest & { ConnectionArn?: string },
  ): Promise<{ ApiDestinations: ApiDestinationDescription[]; NextToken?: string }> {
    const destinations = (await this.#context.store.documents('api-destination', region)).filter(
      ({ ConnectionArn }) => (request.ConnectionArn ?? ConnectionArn) === ConnectionArn,
    );
    const { items, ...next } = pageOf(destinations, ({ Name }) => Name, request);
    return { ApiDestinations: await Promise.all(items.map((item) => this.#described(item))), ...next };
  }

  async delete(region: string, name: string): Promise<void> {
    const { store, change } = this.#context;
    await change(async () => {
      await this.#find(region, name);
      await store.deleteDocument('api-destination', region, name);
    });
  }

  async byArn(arn: string): Promise<ApiDestination | undefined> {
    const [, , , region = '', , path = ''] = arn.split(':');
    const found = await this.#context.store.document('api-destination', region, path.split('/')[1] ?? '');
    return found?.ApiDestinationArn === arn ? found : undefined;
  }

  async #find(region: string, name: string): Promise<ApiDestination> {
    const destination = await this.#context.store.document('api-destination', region, name);
    if (!destination)
      throw new ServiceError(
        'ResourceNotFoundException',
        `Failed to describe the api-destination(s). An api-destination '${name}' does not exist.`,
      );
    return destination;
  }

  async #checkConnection(arn: string): Promise<void> {
    if (!(await this.#connections.byArn(arn)))
      throw new ServiceError('ResourceNotFoundException', `Connection '${arn}' does not exist.`);
  }

  async #described(destination: ApiDestination): Promise<ApiDestinationDescription> {
    const connection = await this.#connections.byArn(destination.ConnectionArn);
    const isActive = connection?.ConnectionState === 'AUTHORIZED';
    return { ...destination, ApiDestinationState: isActive ? 'ACTIVE' : 'INACTIVE' };
  }
}

/** @throws ServiceError ValidationException */
function check(input: UpdateInput): void {
  const constraints = new Constraints().name(input.Name, 'name', 64);
  if (input.ConnectionArn !== undefined)
    constraints.name(input.ConnectionArn, 'connectionArn', 1600, CONNECTION_ARN);
  constraints
    .length(input.Description, 'description', { max: 512 })
    .length(input.InvocationEndpoint, 'invocationEndpoint', { min: 1, max: 2048 })
    .oneOf(input.HttpMethod, 'httpMethod', METHODS)
    .range(input.InvocationRateLimitPerSecond, 'invocationRateLimitPerSecond', 1, INTEGER_MAX)
    .enforce();
  if (input.InvocationEndpoint !== undefined) checkEndpoint(input.InvocationEndpoint);
}

/**
 * HTTPS, as on AWS; plain HTTP only to this machine itself, where nobody listens in. A password belongs into the
 * connection: here whoever may describe the destination would see it. That AWS refuses one as well is a guess.
 */
function checkEndpoint(endpoint: string): void {
  const bare = endpoint.startsWith(LOOPBACK_6) ? endpoint.slice(LOOPBACK_6.length) || '/' : endpoint;
  new Constraints().name(bare, 'invocationEndpoint', 2048, ENDPOINT).enforce();
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && url.username + url.password !== '')
    throw validationError(
      'Parameter InvocationEndpoint is not valid. Reason: it must have no user name and no password in it; put them into the connection.',
    );
  if (!url || !isConfidential(url))
    throw validationError(
      `Parameter InvocationEndpoint is not valid. Reason: ${endpoint} must be an https:// address, or an http:// address of this machine (localhost, 127.0.0.1, [::1]).`,
    );
}
