/**
 * The AWS door: where SDKs, the CLI and functions come in.
 *
 * D1  Nothing is done for a browser: its requests are refused before anything else is looked at.
 * D2  Nothing is done for an unsigned request; only the health page is answered without a signature.
 *     A long body is read only for a key that is known.
 * D3  Every answer carries a request id and the headers that keep a browser from using it.
 * D4  An exception of an operation is an answer with status 500, never the end of the server.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock, Ids } from '@riposte/engine';
import type { AwsCalls } from '../call.ts';
import type { CredentialLookup } from '../credentials.ts';
import { browserRefusal, protectiveHeaders } from './browser-guard.ts';
import type { WireRequest } from './canonical-request.ts';
import { bodyTooLarge, dispatch, type Origin, refuseUnread } from './dispatch.ts';
import type { Reply } from './protocol.ts';
import { readBody } from './request-body.ts';

/** What the door asks, and whom it answers. */
export interface AwsDoorOptions {
  calls: AwsCalls;
  credentials: CredentialLookup;
  clock: Clock;
  ids: Ids;
  /** Names of this server besides those of loopback, as `host` or `host:port`. */
  allowedHosts?: readonly string[];
  /** Default 70 MiB: a function's code at its largest (50 MiB) in base64, and room for the rest of `CreateFunction`. */
  bodyLimitBytes?: number;
  /** What `GET /_riposte/health` shows; with status 503 while its `status` is `starting`. */
  health(asker: HealthAsker): { status: string };
  /** Takes one line (with a stack below it) for each failure that is ours. */
  report?: (line: string) => void;
}

/** Who asks for the health page, unsigned. */
export interface HealthAsker {
  /** The Host header: a name by which this server can be reached. */
  host: string;
  /** IPv4 addresses as such. */
  sourceIpAddress: string;
}

/** A door that has been made; it opens when its server listens. */
export interface AwsDoor {
  /** Not listening yet. */
  server: Server;
  /**
   * Stops taking connections, lets the calls in work be answered for five seconds, then closes every connection.
   * Resolves when the port is free.
   */
  close(): Promise<void>;
}

const BODY_LIMIT_BYTES = 70 * 1024 * 1024;
/** A body of this length may be read for anybody who names a key: it arrives with its head as a rule. */
const SHORT_BODY_BYTES = 64 * 1024;
const CLOSE_GRACE_MS = 5_000;
/** Longer than the SDKs keep an idle connection, so that it is they who close it and no request is lost between. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 20_000;

/** A server that answers as AWS does (D1–D4); the caller lets it listen. Refusals are answers, never exceptions. */
export function createAwsDoor(options: AwsDoorOptions): AwsDoor {
  const working = new Set<Promise<void>>();
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_TIMEOUT_MS },
    (request, response) => {
      serve(request, response, options, working).catch((error: unknown) => {
        const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
        options.report?.(`A request could not be answered (${request.method} ${request.url}): ${cause}`);
        if (!response.headersSent) response.writeHead(500, protectiveHeaders);
        response.end();
      });
    },
  );
  let closed: Promise<void> | undefined;
  return {
    server,
    close() {
      closed ??= closeServer(server, options.clock, working);
      return closed;
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: AwsDoorOptions,
  working: Set<Promise<void>>,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const origin: Origin = {
    requestId: options.ids.uuid(),
    callerGone: gone.signal,
    ...(request.socket.remoteAddress !== undefined && {
      sourceIpAddress: request.socket.remoteAddress.replace(/^::ffff:/, ''),
    }),
  };
  const wire = { method: request.method ?? '', url: request.url ?? '', headers: request.rawHeaders };
  const send = (reply: Reply): Promise<void> => sendReply(response, reply, origin, options.clock);
  const early = answerUnsigned(request, wire, origin, options);
  if (early !== undefined) {
    request.resume();
    await send(early);
    return;
  }
  const limitBytes = options.bodyLimitBytes ?? BODY_LIMIT_BYTES;
  const refused = isShort(request)
    ? undefined
    : await refuseUnread(wire, origin, { report: ignore, ...options });
  if (refused !== undefined) {
    response.shouldKeepAlive = false; // what is still on its way is not waited for
    await send(refused);
    return;
  }
  const body = await receive(request, limitBytes).catch(() => null);
  if (body === null) return;
  if (body === undefined) {
    response.shouldKeepAlive = false;
    await send(bodyTooLarge(wire, origin, limitBytes));
    return;
  }
  const work = dispatch({ ...wire, body }, origin, { report: ignore, ...options }).then(send);
  working.add(work);
  await work.finally(() => working.delete(work));
}

function isShort({ headers }: IncomingMessage): boolean {
  if (headers.authorization === undefined) return true; // nothing of it is read
  if (headers['transfer-encoding'] !== undefined) return false;
  return Number(headers['content-length'] ?? 0) <= SHORT_BODY_BYTES;
}

/** Without a signature nothing is read: whoever sends 70 MiB for nothing does not fill the memory with it. */
async function receive(request: IncomingMessage, limitBytes: number): Promise<Uint8Array | undefined> {
  if (request.headers.authorization !== undefined) return readBody(request, limitBytes);
  request.resume();
  return new Uint8Array();
}

/** The browser's refusal and the health page: all that is answered without reading the body or a signature. */
function answerUnsigned(
  request: IncomingMessage,
  wire: Omit<WireRequest, 'body'>,
  { sourceIpAddress = '' }: Origin,
  options: AwsDoorOptions,
): Reply | undefined {
  const port = request.socket.localPort;
  const refusal = browserRefusal({
    ...wire,
    port,
    address: request.socket.localAddress,
    allowedHosts: options.allowedHosts ?? [],
  });
  if (refusal !== undefined)
    return { status: 403, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: `${refusal}\n` };
  if (wire.method !== 'GET' || wire.url !== '/_riposte/health') return undefined;
  const health = options.health({ host: request.headers.host ?? '', sourceIpAddress });
  return {
    status: health.status === 'starting' ? 503 : 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(health),
  };
}

/** Resolves when the answer has gone out, or its reader has. */
function sendReply(
  response: ServerResponse,
  reply: Reply,
  { requestId }: Origin,
  clock: Clock,
): Promise<void> {
  response.writeHead(reply.status, {
    ...protectiveHeaders,
    // SDKs correct their clock by this, so it must be the clock that signatures are checked against.
    Date: new Date(clock.now()).toUTCString(),
    'x-amzn-RequestId': requestId,
    'Content-Length': Buffer.byteLength(reply.body),
    ...reply.headers, // an answer to HEAD tells the length of what it does not hold
  });
  return new Promise((resolve) => {
    if (response.destroyed) resolve();
    response.once('close', resolve);
    response.end(reply.body);
  });
}

async function closeServer(server: Server, clock: Clock, working: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  let stopWaiting = ignore;
  const grace = new Promise<void>((resolve) => {
    stopWaiting = clock.wakeAt(clock.now() + CLOSE_GRACE_MS, resolve);
  });
  await Promise.race([Promise.allSettled(working), grace]);
  stopWaiting();
  server.closeAllConnections();
  await closed;
}

function ignore(): void {}
