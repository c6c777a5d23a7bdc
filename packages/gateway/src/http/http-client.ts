import {
  request as requestHttp,
  type IncomingMessage,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import { request as requestHttps } from 'node:https';

export interface HttpRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string | readonly string[]>>;
  body?: string;
  /** From the first byte sent to the last byte read. */
  timeoutMs: number;
  /** What is longer is cut off there, and the connection closed. */
  bodyBytesMax: number;
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  statusText: string;
  /** Names in lower case; several of one name are joined by comma. */
  headers: Readonly<Record<string, string>>;
  /** As they came: name, value, name, value … */
  rawHeaders: readonly string[];
  body: Buffer;
}

/** No answer came: nobody is there, or not in time. */
export class HttpUnanswered extends Error {
  readonly isTimeout: boolean;

  constructor(message: string, isTimeout: boolean, cause: unknown) {
    super(message, { cause });
    this.name = 'HttpUnanswered';
    this.isTimeout = isTimeout;
  }
}

/** The request cannot be written as HTTP: nothing was sent, and the same request never will be. */
export class HttpUnsendable extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'HttpUnsendable';
  }
}

/** Makes requests to endpoints outside. */
export interface HttpClient {
  /** @throws HttpUnanswered, HttpUnsendable */
  send(request: HttpRequest): Promise<HttpAnswer>;
}

/** Over the network, one connection a request. Redirects are answers like any other: they are not followed. */
export const networkClient: HttpClient = {
  async send(request) {
    const { url, headers, timeoutMs, signal } = request;
    checkHeaders(headers);
    // The network's time is the machine's, whatever clock the rest of the server goes by.
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      return await exchange(request, signal ? AbortSignal.any([deadline, signal]) : deadline);
    } catch (error) {
      if (deadline.aborted)
        throw new HttpUnanswered(`${url.host} did not answer within ${timeoutMs / 1000} s.`, true, error);
      const reason = error instanceof Error ? error.message : String(error);
      throw new HttpUnanswered(`${url.host} could not be reached: ${reason}`, false, error);
    }
  },
};

/** Where nothing may leave the process, as in tests of playbooks. */
export const noNetwork: HttpClient = {
  async send({ url }) {
    throw new HttpUnanswered(
      `Nothing is sent to ${url.host}: no HTTP requests are made here.`,
      false,
      undefined,
    );
  },
};

/** @throws HttpUnsendable naming the header; its value may be a secret */
function checkHeaders(headers: HttpRequest['headers']): void {
  try {
    for (const [name, values] of Object.entries(headers)) {
      validateHeaderName(name);
      for (const value of [values].flat()) validateHeaderValue(name, value);
    }
  } catch (error) {
    throw new HttpUnsendable(error instanceof Error ? error.message : String(error), error);
  }
}

function exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, url, headers, body, bodyBytesMax } = request;
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(headers))
      sent[name] = typeof value === 'string' ? value : [...value];
    if (body !== undefined) sent['Content-Length'] = String(Buffer.byteLength(body));
    const outgoing = send(url, {
      method,
      headers: sent,
      agent: false,
      signal,
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => readAnswer(response, bodyBytesMax).then(resolve, reject));
    outgoing.end(body);
  });
}

async function readAnswer(response: IncomingMessage, bodyBytesMax: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, bodyBytesMax - bytes));
    bytes += chunk.length;
    if (bytes >= bodyBytesMax) break; // leaving the loop closes the connection
  }
  const headers = Object.entries(response.headersDistinct).map(([name, values]) => [
    name,
    values?.join(', ') ?? '',
  ]);
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    headers: Object.fromEntries(headers) as Record<string, string>,
    rawHeaders: response.rawHeaders,
    body: Buffer.concat(chunks),
  };
}
