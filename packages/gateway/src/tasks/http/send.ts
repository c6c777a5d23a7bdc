import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { HttpRequest } from './request.ts';

export interface HttpAnswer {
  status: number;
  statusText: string;
  /** Names as they came. */
  headers: Record<string, string[]>;
  body: string;
}

/** The answer's body is longer than was asked for. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong';
}

/** Beyond what a state may carry, with room for what is not text. */
const BODY_BYTES_MAX = 1_048_576;

/**
 * Sends once; redirects are answers like any other.
 * @throws AnswerTooLong
 * @throws Error of the socket, or the signal's reason
 */
export function send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const begin = request.url.protocol === 'http:' ? requestHttp : requestHttps;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ]),
  );
  return new Promise((resolve, reject) => {
    const outgoing = begin(request.url, { method: request.method, headers, signal, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => read(incoming).then(resolve, reject));
    outgoing.end(request.body);
  });
}

async function read(incoming: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw new AnswerTooLong();
    chunks.push(chunk);
  }
  const headers: Record<string, string[]> = {};
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const [name, value] = [incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!]; // within the list
    headers[name] = [...(headers[name] ?? []), value];
  }
  return {
    status: incoming.statusCode ?? 0, // always there on an answer
    statusText: incoming.statusMessage ?? '',
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
