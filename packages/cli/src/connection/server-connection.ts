import { parseJson } from '@riposte/json';
import { readAdministratorKey, WELL_KNOWN_KEY, type PeopleError } from '@riposte/server';
import { CommandFailure } from '../failure.ts';
import { type Credentials, signRequest } from './sign.ts';

export const DEFAULT_ENDPOINT = 'http://127.0.0.1:4566';

/** A server that takes up much work needs some seconds before it is ready. */
const STARTING_MAX_MS = 30_000;
const LOOK_AGAIN_MS = 100;

/** What `GET /_riposte/health` answers. */
interface Health {
  status: string;
  version: string;
  account: string;
  region: string;
  peopleUrl: string;
  defaultKey: boolean;
  /** Told to the server's own machine only. */
  dataFolder?: string;
}

export interface ConnectionOptions {
  endpoint?: string;
  environment: Record<string, string | undefined>;
}

/** A running server: where it is, and whom we are there. */
export class ServerConnection {
  readonly endpoint: string;
  readonly health: Health;
  readonly credentials: Credentials;

  private constructor(endpoint: string, health: Health, credentials: Credentials) {
    this.endpoint = endpoint;
    this.health = health;
    this.credentials = credentials;
  }

  /**
   * Finds the server by `--endpoint`, RIPOSTE_ENDPOINT, else the default port.
   * @throws CommandFailure when nobody answers there
   */
  static async open(options: ConnectionOptions): Promise<ServerConnection> {
    const { environment } = options;
    const endpoint = options.endpoint ?? environment['RIPOSTE_ENDPOINT'] ?? DEFAULT_ENDPOINT;
    if (!URL.canParse(endpoint))
      throw new CommandFailure(`'${endpoint}' is not an address, such as ${DEFAULT_ENDPOINT}.`);
    const health = await askHealth(endpoint);
    return new ServerConnection(endpoint, health, await findCredentials(health, environment));
  }

  /** @throws CommandFailure with the server's own words */
  async get<T>(path: string, query: Record<string, string | undefined> = {}): Promise<T> {
    return this.#json<T>('GET', path, query);
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return this.#json<T>('POST', path, {}, body);
  }

  async put<T>(path: string, body: unknown): Promise<T> {
    return this.#json<T>('PUT', path, {}, body);
  }

  async delete<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    return this.#json<T>('DELETE', path, query);
  }

  /** Messages of a server-sent event stream, each parsed from its `data`. Ends with the stream. */
  async *stream<T>(path: string, signal?: AbortSignal): AsyncGenerator<T> {
    const response = await this.#send('GET', path, {}, undefined, signal);
    if (!response.body) return;
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = text
          .slice(0, end)
          .split('\n')
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5).trimStart())
          .join('\n');
        text = text.slice(end + 2);
        if (data !== '') yield parseJson(data) as T; // our own server's shapes
      }
    }
  }

  async #json<T>(
    method: string,
    path: string,
    query: Record<string, string | undefined> = {},
    body?: unknown,
  ): Promise<T> {
    const response = await this.#send(method, path, query, body);
    return parseJson(await response.text()) as T; // our own server's shapes
  }

  async #send(
    method: string,
    path: string,
    query: Record<string, string | undefined>,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<Response> {
    const url = new URL(path, this.health.peopleUrl);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    // A form's way of writing a space is none of SigV4's; a plus itself stands as %2B here.
    url.search = url.search.replaceAll('+', '%20');
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { credentials } = this;
    const headers = await signRequest({ method, url, body: text, credentials, region: this.health.region });
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers,
        ...(text !== undefined && { body: text }),
        ...(signal && { signal }),
      });
    } catch (error) {
      throw new CommandFailure(`The server at ${this.health.peopleUrl} did not answer: ${reasonOf(error)}.`, {
        cause: error,
      });
    }
    if (response.ok) return response;
    const refused = (await response.json().catch(() => undefined)) as PeopleError | undefined;
    throw new CommandFailure(
      refused?.message ?? `The server answered ${response.status} ${response.statusText}.`,
    );
  }
}

/** Waits for a server that is starting. */
async function askHealth(
  endpoint: string,
  deadlineMs = performance.now() + STARTING_MAX_MS,
): Promise<Health> {
  let response: Response;
  try {
    response = await fetch(new URL('/_riposte/health', endpoint));
  } catch (error) {
    throw new CommandFailure(
      `No Riposte server answers at ${endpoint} (${reasonOf(error)}). Start one with: npx riposte start. Another address: --endpoint URL or RIPOSTE_ENDPOINT.`,
      { cause: error },
    );
  }
  const health = (await response.json().catch(() => undefined)) as Partial<Health> | undefined;
  if (health?.status === 'starting' && performance.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    return askHealth(endpoint, deadlineMs);
  }
  if (health?.status === 'starting')
    throw new CommandFailure(`The server at ${endpoint} is still starting. Try again in a while.`);
  if (!response.ok || typeof health?.peopleUrl !== 'string')
    throw new CommandFailure(`${endpoint} answers, but it is not a Riposte server.`);
  return health as Health; // the field that only our server has was just seen
}

async function findCredentials(
  health: Health,
  environment: Record<string, string | undefined>,
): Promise<Credentials> {
  const accessKeyId = environment['RIPOSTE_ACCESS_KEY_ID'];
  const secretAccessKey = environment['RIPOSTE_SECRET_ACCESS_KEY'];
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  if (health.defaultKey) return WELL_KNOWN_KEY;
  const { dataFolder } = health;
  const generated =
    dataFolder === undefined ? undefined : await readAdministratorKey(dataFolder).catch(() => undefined);
  if (generated) return generated;
  throw new CommandFailure(
    `The server at ${health.peopleUrl} has a key of its own, in ${dataFolder ?? 'its data folder'}/administrator-key.json, which cannot be read here. Set RIPOSTE_ACCESS_KEY_ID and RIPOSTE_SECRET_ACCESS_KEY to it.`,
  );
}

/** fetch hides the reason in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error)
    return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return error instanceof Error ? error.message : String(error);
}
