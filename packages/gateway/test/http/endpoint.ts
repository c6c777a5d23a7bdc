import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface EndpointAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** The endpoint takes the request and says nothing. */
  silent?: true;
}

/** An endpoint of this machine that answers as it is told and remembers what it was sent. */
export async function openEndpoint(
  t: TestContext,
  answer: (request: SeenRequest) => EndpointAnswer = () => ({}),
) {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      const { status = 200, headers: answered = {}, body = '{}', silent } = answer(request);
      if (silent) return;
      outgoing.writeHead(status, answered).end(body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // listening on TCP
  return { url: `http://127.0.0.1:${port}`, requests };
}
