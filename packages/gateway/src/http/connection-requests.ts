import { isJsonObject, parseJson, type Json } from '@riposte/asl';
import type { Clock } from '@riposte/engine';
import type { Connection, ConnectionAuthorizer } from '@riposte/events';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.ts';
import { type ConnectionParameters, merged, parametersOf } from './http-parameters.ts';
import { NotAuthorized, OAuthTokens } from './oauth-tokens.ts';

/** The body cannot take the connection's parameters: it is no JSON object. */
export class BodyNotMergeable extends Error {
  constructor() {
    super('The connection has BodyParameters, and the body is not a JSON object that could take them.');
    this.name = 'BodyNotMergeable';
  }
}

/** One value a header: what a connection adds wins over it. */
export interface ConnectionRequest extends HttpRequest {
  headers: Readonly<Record<string, string>>;
}

type Token = { authorization: string; refusal?: undefined } | { refusal: string };

export interface ConnectionRequestsOptions {
  client: HttpClient;
  clock: Clock;
  /** A token was fetched, or refused for a reason. */
  authorized(connectionArn: string, refusal: string | undefined): Promise<void>;
}

/**
 * Requests to HTTP endpoints in the name of a connection. What the connection says wins over the request: headers,
 * query parameters and members of the body, then its authorization.
 */
export class ConnectionRequests implements ConnectionAuthorizer {
  readonly #options: ConnectionRequestsOptions;
  readonly #tokens: OAuthTokens;

  constructor(options: ConnectionRequestsOptions) {
    this.#options = options;
    this.#tokens = new OAuthTokens(options.client, options.clock);
  }

  /**
   * A 401 or 407 is an answer like any other; the next request comes with a new token.
   * @throws HttpUnanswered, HttpUnsendable, NotAuthorized, BodyNotMergeable
   */
  async send(connection: Connection, request: ConnectionRequest): Promise<HttpAnswer> {
    const added = await this.parameters(connection);
    const url = new URL(request.url);
    for (const [name, value] of Object.entries(added.query)) url.searchParams.set(name, value);
    const headers = merged(request.headers, added.headers);
    const body = withParameters(request.body, added.body);
    const answer = await this.#options.client.send({
      ...request,
      url,
      headers,
      ...(body !== undefined && { body }),
    });
    this.answered(connection, added, answer.status);
    return answer;
  }

  /**
   * All that the connection adds to a request, its authorization included.
   * @throws NotAuthorized
   */
  async parameters(connection: Connection): Promise<ConnectionParameters> {
    const added = parametersOf(connection.AuthParameters.InvocationHttpParameters);
    const authorization = await this.#authorization(connection);
    // first as the service shows it, and last to win
    return { ...added, headers: merged(authorization, added.headers, authorization) };
  }

  /**
   * A token that was refused is not used again.
   * @param added  with what the request was sent
   */
  answered(connection: Connection, { headers }: ConnectionParameters, status: number): void {
    if (status === 401 || status === 407) this.#tokens.forget(connection, headers['Authorization']);
  }

  async authorize(connection: Connection): Promise<string | undefined> {
    return (await this.#token(connection)).refusal;
  }

  async #token(connection: Connection): Promise<Token> {
    try {
      return { authorization: await this.#tokens.authorization(connection) };
    } catch (error) {
      if (error instanceof NotAuthorized) return { refusal: error.message };
      throw error;
    }
  }

  async #authorization(connection: Connection): Promise<Record<string, string>> {
    const { BasicAuthParameters, ApiKeyAuthParameters } = connection.AuthParameters;
    if (connection.AuthorizationType === 'BASIC' && BasicAuthParameters) {
      const { Username, Password } = BasicAuthParameters;
      return { Authorization: `Basic ${Buffer.from(`${Username}:${Password}`).toString('base64')}` };
    }
    if (connection.AuthorizationType === 'API_KEY' && ApiKeyAuthParameters)
      return { [ApiKeyAuthParameters.ApiKeyName]: ApiKeyAuthParameters.ApiKeyValue };
    if (connection.AuthorizationType !== 'OAUTH_CLIENT_CREDENTIALS')
      throw new NotAuthorized('The connection was deauthorized. Update it with new parameters.');
    const token = await this.#token(connection);
    await this.#options.authorized(connection.ConnectionArn, token.refusal);
    if (token.refusal !== undefined) throw new NotAuthorized(token.refusal);
    return { Authorization: token.authorization };
  }
}

function withParameters(
  body: string | undefined,
  added: Readonly<Record<string, string>>,
): string | undefined {
  if (Object.keys(added).length === 0) return body;
  let given: Json;
  try {
    given = parseJson(body ?? '{}');
  } catch {
    throw new BodyNotMergeable();
  }
  if (!isJsonObject(given)) throw new BodyNotMergeable();
  return JSON.stringify({ ...given, ...added });
}
