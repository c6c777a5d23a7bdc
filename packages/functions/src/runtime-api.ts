import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RESPONSE_BYTES_MAX } from './sandbox-errors.ts';

/** One invocation as the runtime takes it. */
export interface RuntimeInvocation {
  requestId: string;
  payload: string;
  functionArn: string;
  /** Milliseconds since the epoch; asked when the runtime takes it. */
  deadlineMs(): number;
  /** What time it is, where that is not the machine's time; asked when the runtime takes it. */
  nowMs?(): number;
  clientContext?: string;
  /** The runtime has taken it: the function's time runs from here. */
  onTaken(): void;
  onAnswer(answer: { payload: string; isError: boolean; tooLarge: boolean }): void;
}

/** The Runtime API names a version of itself in every path. */
const PREFIX = '/2018-06-01/runtime';

/**
 * The Lambda Runtime API for one function process, on a loopback port of its own. Web pages and other processes reach
 * that port too: it answers only under a base path that the function process alone is told, and no browser at all.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server: Server;
  // Not from the ids of the host: those may be repeatable, and this must not be guessed.
  readonly #basePath = Buffer.from(`/${randomBytes(32).toString('base64url')}`);
  #address = '';
  /** The runtime has asked for work at least once. */
  #isInitialised = false;
  #waiting: ServerResponse | undefined;
  #next: RuntimeInvocation | undefined;
  #current: RuntimeInvocation | undefined;
  readonly #onInitError: (payload: string) => void;
  readonly #onReady: () => void;

  constructor(events: { onReady(): void; onInitError(payload: string): void }) {
    this.#onReady = () => events.onReady();
    this.#onInitError = (payload) => events.onInitError(payload);
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
    // A runtime waits for its next invocation as long as it takes.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 0;
  }

  /** @returns `host:port/secret`, the value of AWS_LAMBDA_RUNTIME_API */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = this.#server.address() as AddressInfo; // listening on TCP, so it is an AddressInfo
    this.#address = `127.0.0.1:${port}`;
    return `${this.#address}${this.#basePath.toString()}`;
  }

  offer(invocation: RuntimeInvocation): void {
    this.#next = invocation;
    this.#pass();
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = this.#pathOf(request);
    if (path === undefined) {
      refuse(response, 403, 'Forbidden', 'Only the function process itself uses its Runtime API.');
      return;
    }
    if (request.method === 'GET' && path === `${PREFIX}/invocation/next`) {
      this.#takeRequestForWork(response);
      return;
    }
    const answer = new RegExp(`^${PREFIX}/invocation/([^/]+)/(response|error)$`).exec(path);
    if (request.method === 'POST' && answer) {
      await this.#takeAnswer(answer[1] ?? '', answer[2] === 'error', request, response);
      return;
    }
    if (request.method === 'POST' && path === `${PREFIX}/init/error`) {
      const body = await readBody(request);
      if (this.#isInitialised) {
        refuse(response, 403, 'InvalidStateTransition', 'The runtime has asked for work: it is initialised.');
        return;
      }
      this.#onInitError(body.text);
      accept(response);
      return;
    }
    refuse(response, 404, 'InvalidPath', `The Runtime API has no ${request.method} ${path}.`);
  }

  /** @returns the path under the base path; undefined for whoever does not know it and for browsers */
  #pathOf({ headers, url = '' }: IncomingMessage): string | undefined {
    const isBrowser = Object.keys(headers).some((name) => name === 'origin' || name.startsWith('sec-fetch-'));
    if (isBrowser || headers.host !== this.#address) return undefined;
    const target = Buffer.from(url);
    const basePath = target.subarray(0, this.#basePath.length);
    if (basePath.length !== this.#basePath.length || !timingSafeEqual(basePath, this.#basePath))
      return undefined;
    const path = target.subarray(this.#basePath.length).toString();
    return path.startsWith('/') ? path : undefined;
  }

  #takeRequestForWork(response: ServerResponse): void {
    if (this.#current || this.#waiting) {
      refuse(
        response,
        403,
        'InvalidStateTransition',
        'A runtime asks for its next invocation once, and after it has answered the last one.',
      );
      return;
    }
    this.#isInitialised = true;
    this.#waiting = response;
    response.on('close', () => {
      if (this.#waiting === response) this.#waiting = undefined;
    });
    this.#onReady();
    this.#pass();
  }

  async #takeAnswer(
    id: string,
    isError: boolean,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readBody(request);
    const invocation = this.#current;
    if (!invocation || invocation.requestId !== id) {
      refuse(response, 400, 'InvalidRequestID', `Invocation ${id} is not running.`);
      return;
    }
    this.#current = undefined;
    invocation.onAnswer({ payload: body.text, isError, tooLarge: body.tooLarge });
    if (body.tooLarge)
      refuse(response, 413, 'RequestEntityTooLarge', `An answer may have ${RESPONSE_BYTES_MAX} bytes.`);
    else accept(response);
  }

  #pass(): void {
    const invocation = this.#next;
    const response = this.#waiting;
    if (!invocation || !response) return;
    this.#next = undefined;
    this.#waiting = undefined;
    this.#current = invocation;
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadlineMs()),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      ...(invocation.nowMs && { 'Riposte-Now-Ms': String(invocation.nowMs()) }),
      ...(invocation.clientContext !== undefined && {
        'Lambda-Runtime-Client-Context': invocation.clientContext,
      }),
    });
    response.end(invocation.payload);
    invocation.onTaken();
  }
}

/** Reads to the end whatever the size, keeping no more than an answer may have. */
async function readBody(request: IncomingMessage): Promise<{ text: string; tooLarge: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= RESPONSE_BYTES_MAX) chunks.push(chunk);
  }
  const tooLarge = bytes > RESPONSE_BYTES_MAX;
  return { text: tooLarge ? '' : Buffer.concat(chunks).toString('utf8'), tooLarge };
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}');
}

function refuse(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(JSON.stringify({ errorMessage, errorType }));
}
