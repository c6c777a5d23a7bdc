/** Requests below the SDK: taken from a real client, changed at will, and sent as they are. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { LambdaClient, GetFunctionCommand } from '@aws-sdk/client-lambda';
import { credentials, type Fixture } from './door-fixture.ts';

export interface RawRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

interface HttpRequest {
  method: string;
  path: string;
  query: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** What a client would have sent. */
export async function capture(
  use: (requestHandler: { handle(request: unknown): Promise<never> }) => Promise<unknown>,
): Promise<RawRequest> {
  let captured: HttpRequest | undefined;
  await use({
    handle(request) {
      captured = request as HttpRequest;
      return Promise.reject(new Error('not sent'));
    },
  }).catch((error: unknown) => {
    if (captured === undefined) throw error;
  });
  const { method, path, query, headers, body } = captured!; // set, or we threw above
  const search = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return {
    method,
    path: search.length > 0 ? `${path}?${search.join('&')}` : path,
    headers: { ...headers },
    body:
      body === undefined ? '' : new TextDecoder().decode(typeof body === 'string' ? Buffer.from(body) : body),
  };
}

const region = 'eu-central-1';

export function jsonRequest(door: Fixture, signer = credentials): Promise<RawRequest> {
  return capture((requestHandler) =>
    new SFNClient({
      region,
      endpoint: door.endpoint,
      credentials: signer,
      requestHandler,
      maxAttempts: 1,
    }).send(new StartExecutionCommand({ stateMachineArn: 'arn:m' })),
  );
}

export function queryRequest(door: Fixture, signer = credentials): Promise<RawRequest> {
  return capture((requestHandler) =>
    new IAMClient({
      region,
      endpoint: door.endpoint,
      credentials: signer,
      requestHandler,
      maxAttempts: 1,
    }).send(new ListAccessKeysCommand({ UserName: 'a' })),
  );
}

export function restRequest(door: Fixture, signer = credentials): Promise<RawRequest> {
  return capture((requestHandler) =>
    new LambdaClient({
      region,
      endpoint: door.endpoint,
      credentials: signer,
      requestHandler,
      maxAttempts: 1,
    }).send(new GetFunctionCommand({ FunctionName: 'f', Qualifier: 'q' })),
  );
}

/** Sends exactly these headers, with the length that the body has; `Host` must be among them. */
export function send(door: Fixture, { method, path, headers, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    if ('content-length' in headers) headers['content-length'] = String(Buffer.byteLength(body));
    const request = httpRequest(
      { host: '127.0.0.1', port: door.port, method, path, headers, setHost: false, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
