import type { Clock } from '@riposte/engine';
import { isConfidential, type Connection } from '@riposte/events';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import { merged, parametersOf } from './http-parameters.ts';

const TIMEOUT_MS = 5000;
const ANSWER_BYTES_MAX = 64 * 1024;
/** A token that ends sooner is not used any more. */
const MARGIN_MS = 60_000;

interface Token {
  authorization: string;
  endsAtMs: number | undefined;
}

/** What was asked for, and what came. */
interface Asked {
  token: Promise<Token>;
  /** Absent while it is under way. */
  arrived?: Token;
}

/** The endpoint of a connection gave no token. The message holds nothing that is secret. */
export class NotAuthorized extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotAuthorized';
  }
}

/**
 * Access tokens of connections with OAuth client credentials, in memory only. A token is fetched when it is first
 * needed, before it ends, and after it was refused.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4, with the credentials in the body (section 2.3.1)
 */
export class OAuthTokens {
  readonly #client: HttpClient;
  readonly #clock: Clock;
  /** By what they were fetched with: a connection that was updated gets a new one. */
  readonly #tokens = new Map<string, Asked>();

  constructor(client: HttpClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * The value of the Authorization header. Whoever asks while a token is under way waits for the same answer.
   * @throws NotAuthorized
   */
  async authorization(connection: Connection): Promise<string> {
    const key = keyOf(connection);
    let asked = this.#tokens.get(key);
    // nothing is waited for between the look and the request, so that two callers cannot both find the token ended
    if (!asked || (asked.arrived && this.#endsSoon(asked.arrived))) asked = this.#ask(key, connection);
    return (await asked.token).authorization;
  }

  /** This one was refused: the next request fetches a new one, unless that is there already. */
  forget(connection: Connection, refused: string | undefined): void {
    const key = keyOf(connection);
    if (this.#tokens.get(key)?.arrived?.authorization === refused) this.#tokens.delete(key);
  }

  #endsSoon({ endsAtMs = Infinity }: Token): boolean {
    return endsAtMs - MARGIN_MS <= this.#clock.now();
  }

  #ask(key: string, connection: Connection): Asked {
    const asked: Asked = {
      token: this.#fetch(connection).then(
        (token) => {
          asked.arrived = token;
          return token;
        },
        (error: unknown) => {
          if (this.#tokens.get(key) === asked) this.#tokens.delete(key);
          throw error;
        },
      ),
    };
    this.#tokens.set(key, asked);
    return asked;
  }

  async #fetch(connection: Connection): Promise<Token> {
    const parameters = connection.AuthParameters.OAuthParameters;
    if (!parameters) throw new NotAuthorized('The connection has no OAuth parameters any more.');
    const { AuthorizationEndpoint, ClientParameters, HttpMethod, OAuthHttpParameters } = parameters;
    if (!URL.canParse(AuthorizationEndpoint))
      throw new NotAuthorized(`The authorization endpoint ${AuthorizationEndpoint} is no address.`);
    const url = new URL(AuthorizationEndpoint);
    // also of connections that an earlier version took
    if (!isConfidential(url))
      throw new NotAuthorized(
        `The authorization endpoint ${AuthorizationEndpoint} is not https://: the client's secret is not sent there.`,
      );
    const { headers, query, body } = parametersOf(OAuthHttpParameters);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: ClientParameters.ClientID,
      client_secret: ClientParameters.ClientSecret,
      ...body,
    });
    const method = HttpMethod.toUpperCase();
    const inQuery = method === 'GET' ? [...form] : [];
    for (const [name, value] of [...inQuery, ...Object.entries(query)]) url.searchParams.set(name, value);
    const sentAtMs = this.#clock.now();
    const answer = await this.#send({
      method,
      url,
      headers: merged(
        { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
        headers,
      ),
      ...(method !== 'GET' && { body: form.toString() }),
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: ANSWER_BYTES_MAX,
    });
    return tokenOf(answer, sentAtMs);
  }

  async #send(request: Parameters<HttpClient['send']>[0]): Promise<HttpAnswer> {
    try {
      return await this.#client.send(request);
    } catch (error) {
      throw new NotAuthorized(`No token: ${(error as Error).message}`, { cause: error }); // what a client throws
    }
  }
}

function keyOf({ ConnectionArn, lastModifiedTimeMs }: Connection): string {
  return `${ConnectionArn} ${lastModifiedTimeMs}`;
}

function tokenOf({ status, statusText, body }: HttpAnswer, sentAtMs: number): Token {
  if (status < 200 || status > 299)
    throw new NotAuthorized(`The authorization endpoint answered ${status} ${statusText}.`);
  let answer: { access_token?: unknown; token_type?: unknown; expires_in?: unknown };
  try {
    answer = Object(JSON.parse(body.toString('utf8'))) as typeof answer; // members are checked below
  } catch (error) {
    throw new NotAuthorized('The authorization endpoint answered with something that is not JSON.', {
      cause: error,
    });
  }
  const { access_token: token, token_type: type = 'Bearer', expires_in: seconds } = answer;
  if (typeof token !== 'string' || typeof type !== 'string')
    throw new NotAuthorized('The answer of the authorization endpoint holds no access_token.');
  const lifetime = Number(seconds);
  return {
    // RFC 6750 writes it with a capital, and not every server reads it without
    authorization: `${type.toLowerCase() === 'bearer' ? 'Bearer' : type} ${token}`,
    endsAtMs: Number.isFinite(lifetime) && lifetime > 0 ? sentAtMs + lifetime * 1000 : undefined,
  };
}
