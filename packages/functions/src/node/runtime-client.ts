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
  readonly #api: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** @param api the value of AWS_LAMBDA_RUNTIME_API: host, port and base path */
  constructor(api: string) {
    this.#api = api;
  }

  /** @throws Error when the Runtime API gives no work to this process */
  async next(): Promise<NextInvocation> {
    const { status, headers, body } = await this.#send('GET', `${PREFIX}/invocation/next`);
    if (status !== 200) throw new Error(`The Runtime API refused the request for work (${status}): ${body}`);
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
  ): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `http://${this.#api}${path}`,
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
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              body: Buffer.concat(chunks).toString('utf8'),
            }),
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
