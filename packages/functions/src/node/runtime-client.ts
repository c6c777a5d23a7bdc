import { Agent, request, type IncomingHttpHeaders } from 'node:http';

const PREFIX = '/2018-06-01/runtime';

export interface DescribedError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

export interface NextInvocation {
  requestId: string;
  deadlineMs: number;
  functionArn: string;
  /** Milliseconds since the epoch, where the time is not the machine's. */
  nowMs: number | undefined;
  clientContext: string | undefined;
  payload: string;
}

/** The function's side of the Runtime API. */
export class RuntimeClient {
  readonly #host: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(host: string) {
    this.#host = host;
  }

  async next(): Promise<NextInvocation> {
    const { headers, body } = await this.#send('GET', `${PREFIX}/invocation/next`);
    const nowMs = header(headers, 'riposte-now-ms');
    return {
      nowMs: nowMs === undefined ? undefined : Number(nowMs),
      requestId: header(headers, 'lambda-runtime-aws-request-id') ?? '',
      deadlineMs: Number(header(headers, 'lambda-runtime-deadline-ms')),
      functionArn: header(headers, 'lambda-runtime-invoked-function-arn') ?? '',
      clientContext: header(headers, 'lambda-runtime-client-context'),
      payload: body,
    };
  }

  async response(requestId: string, payload: string): Promise<void> {
    await this.#send('POST', `${PREFIX}/invocation/${requestId}/response`, payload);
  }

  async error(requestId: string, error: DescribedError): Promise<void> {
    await this.#send('POST', `${PREFIX}/invocation/${requestId}/error`, JSON.stringify(error));
  }

  async initError(error: DescribedError): Promise<void> {
    await this.#send('POST', `${PREFIX}/init/error`, JSON.stringify(error));
  }

  #send(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ headers: IncomingHttpHeaders; body: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `http://${this.#host}${path}`,
        {
          method,
          agent: this.#agent,
          headers:
            body === undefined
              ? {}
              : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () =>
            resolve({ headers: incoming.headers, body: Buffer.concat(chunks).toString('utf8') }),
          );
          incoming.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
