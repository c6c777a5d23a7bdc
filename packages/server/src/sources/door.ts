/**
 * The sources' door: where events come in from outside. It takes events and does nothing else: no call, no page, no
 * list can be had here, so it may be reached from where the other doors must not.
 *
 * 1. No body is read for a name that is no source, or without the header that the source asks for (its API key checked).
 * 2. What is answered with 200 is on disk. Not stored within 4 seconds: 503, so that the sender tries again before its
 *    own 5 seconds are over; what was stored nevertheless is known by its id then.
 * 3. Browsers get nothing done, as at the other doors.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, ServiceError, StoreUnavailable } from '@riposte/engine';
import type { EventSources } from '@riposte/events';
import { browserRefusal, readBody } from '@riposte/gateway';

export interface SourcesDoorOptions {
  sources: EventSources;
  clock: Clock;
  allowedHosts: readonly string[];
  report(line: string): void;
}

/** An entry of PutEvents is smaller: what is counted of it is its source, detail type, resources, detail and time. */
const ENTRY_BYTES_MAX = 1024 * 1024;
/**
 * By that much those grow at most when they are written as an event: a resource of one control character, which counts for
 * one byte, is `"\u0001",`. A detail grows less (`1e6` is written as `1000000.0`), and most events not at all.
 */
const GROWTH_MAX = 9;
/** What the envelope has besides: id, account, time, region, version, the name of a replay, and the names of all. */
const ENVELOPE_BYTES_MAX = 1024;
/** A body that is too long is not sent again, so that each event that was taken elsewhere must have room. */
const BODY_BYTES_MAX = {
  events: GROWTH_MAX * ENTRY_BYTES_MAX + ENVELOPE_BYTES_MAX,
  webhooks: ENTRY_BYTES_MAX, // it is the detail of an event
};
const STORED_WITHIN_MS = 4_000;
/** For the head and for the whole request: nobody holds a connection by sending slowly. */
const REQUEST_MS_MAX = 10_000;
const KINDS = { events: 'events', webhooks: 'webhook' } as const;
const PATH = /^\/(events|webhooks)\/([A-Za-z0-9_-]+)$/;

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Not listening yet. */
export function createSourcesDoor(options: SourcesDoorOptions): Server {
  return createServer(
    { headersTimeout: REQUEST_MS_MAX, requestTimeout: REQUEST_MS_MAX },
    (request, response) => {
      answer(request, options)
        .catch((error: unknown): Answer => {
          const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
          options.report(`sources' door: ${request.method} ${request.url}: ${cause}`);
          return notStored(error);
        })
        .then((given) => send(response, given))
        .catch(() => response.destroy());
    },
  );
}

async function answer(request: IncomingMessage, options: SourcesDoorOptions): Promise<Answer> {
  const { sources, clock, allowedHosts } = options;
  const refused = browserRefusal({
    url: request.url ?? '',
    headers: request.rawHeaders,
    port: request.socket.localPort,
    address: request.socket.localAddress,
    allowedHosts,
  });
  if (refused !== undefined) return refusal(403, refused);
  const [, kind, name] = PATH.exec(request.url ?? '') ?? [];
  if (kind === undefined || name === undefined)
    return refusal(404, 'There is nothing here but POST /events/NAME and POST /webhooks/NAME.');
  if (request.method !== 'POST') return refusal(405, 'Only POST is answered here.');
  const headers = Object.fromEntries(
    // A header that came twice is none: nobody may choose which one counts.
    Object.entries(request.headersDistinct).map(([header, values]) => [
      header,
      values?.length === 1 ? values[0] : undefined,
    ]),
  );
  const path = kind as keyof typeof KINDS; // of PATH
  const source = await sources.admit(KINDS[path], name, headers);
  if ('status' in source) return refusal(source.status, source.reason);
  const bytesMax = BODY_BYTES_MAX[path];
  const body = await readBody(request, bytesMax);
  if (body === undefined) return refusal(413, `An event may have at most ${bytesMax} bytes.`);
  const answered = await within(clock, STORED_WITHIN_MS, sources.push(source, headers, body));
  if (answered === undefined) return refusal(503, 'The event was not stored in time. Send it again.');
  if (answered.status !== 200) return refusal(answered.status, answered.reason);
  const { eventId, isDuplicate } = answered;
  return { status: 200, body: isDuplicate ? { duplicate: true } : { eventId, duplicate: false } };
}

/** @returns undefined when it takes longer; it goes on all the same */
async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  let cancel: () => void = () => undefined;
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.wakeAt(clock.now() + ms, () => resolve(undefined));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}

/** What the sender is told of a failure: to send again helps where the event is not the reason. */
function notStored(error: unknown): Answer {
  if (error instanceof StoreUnavailable) return refusal(503, 'The event was not stored. Send it again.');
  if (error instanceof ServiceError) return refusal(503, `The event was not stored: ${error.message}`);
  return refusal(500, 'The event could not be stored. The server has written down why.');
}

function refusal(status: number, message: string): Answer {
  return { status, body: { message } };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  // Whatever of the request is still on its way is not waited for.
  if (status !== 200) response.shouldKeepAlive = false;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cache-Control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
