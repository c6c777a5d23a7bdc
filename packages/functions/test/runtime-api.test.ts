import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createFunctionHost, type FunctionConfiguration, type FunctionHost } from '@riposte/functions';
import { RuntimeApi } from '../src/runtime-api.ts';
import { hostOptions } from './host-options.ts';

const NEXT = '/2018-06-01/runtime/invocation/next';
const INIT_ERROR = '/2018-06-01/runtime/init/error';

let folder: string;
let host: FunctionHost;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'riposte-code-'));
  host = createFunctionHost(hostOptions({ logs: [], attributions: [], revoked: 0 }, folder));
});
after(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

function configure(name: string, source: string): FunctionConfiguration {
  writeFileSync(join(folder, `${name}.ts`), source);
  return {
    functionName: name,
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    runtime: 'nodejs24.x',
    handler: `${name}.handler`,
    timeoutSeconds: 10,
    memorySizeMb: 128,
    environment: {},
    roleArn: 'arn:aws:iam::000000000000:role/function',
    codeSha256: source,
    region: 'us-east-1',
  };
}

async function answerOf(configuration: FunctionConfiguration): Promise<unknown> {
  const { payload, functionError } = await host.invoke({ configuration, payload: '{}', requestId: 'r' });
  assert.equal(functionError, undefined, payload);
  return JSON.parse(payload) as unknown;
}

function statusOf(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    // a connection of its own: one that was kept may be closed by the server just when it is used again
    const options = { host: '127.0.0.1', port, method, path, headers, agent: false };
    const outgoing = request(options, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode));
    });
    outgoing.on('error', reject);
    outgoing.end(method === 'POST' ? '{"errorType":"Forged"}' : undefined);
  });
}

test('web pages and other processes are refused, and a warm process goes on undisturbed', async () => {
  const configuration = configure(
    'tells',
    `export const handler = async () => [process.pid, process.env.AWS_LAMBDA_RUNTIME_API];`,
  );
  const told = (await answerOf(configuration)) as [number, string];
  const [, port = '', basePath = ''] =
    /^127\.0\.0\.1:(\d+)(\/[\w-]{43})$/.exec(told[1]) ?? assert.fail(told[1]);
  const ask = (method: string, path: string, headers?: Record<string, string>) =>
    statusOf(Number(port), method, path, headers);

  for (const base of ['', `/${'A'.repeat(43)}`, basePath.slice(0, -1), `${basePath}A`])
    for (const [method, path] of [
      ['GET', NEXT],
      ['POST', INIT_ERROR],
    ] as const)
      assert.equal(await ask(method, `${base}${path}`), 403, `${method} ${base}${path}`);
  for (const headers of [
    { Origin: 'https://page.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'none' },
    { 'Sec-Fetch-Mode': 'no-cors' },
    { Host: `localhost:${port}` },
    { Host: `page.example:${port}` },
    { Host: '127.0.0.1' },
  ])
    assert.equal(await ask('GET', `${basePath}/unknown`, headers), 403, JSON.stringify(headers));
  assert.equal(await ask('GET', `${basePath}/unknown`), 404, 'who knows the base path is answered');

  assert.deepEqual(await answerOf(configuration), told);
});

test('while an invocation runs there is no other, and loading cannot fail any more', async () => {
  const configuration = configure(
    'greedy',
    `import { request } from 'node:http';
     const status = (method, path) => new Promise((resolve, reject) =>
       request('http://' + process.env.AWS_LAMBDA_RUNTIME_API + path, { method }, (incoming) => resolve(incoming.resume().statusCode)).on('error', reject).end());
     export const handler = async () => [await status('GET', '${NEXT}'), await status('POST', '${INIT_ERROR}')];`,
  );
  assert.deepEqual(await answerOf(configuration), [403, 403]);
});

test('while a runtime waits for its work nobody takes its place, and loading cannot fail any more', async (t) => {
  const failures: string[] = [];
  const ready = Promise.withResolvers<void>();
  const api = new RuntimeApi({ onReady: ready.resolve, onInitError: (payload) => failures.push(payload) });
  const [, port = '', basePath = ''] = /:(\d+)(\/.*)$/.exec(await api.listen()) ?? [];
  t.after(() => api.close());
  const ask = (method: string, path: string) => statusOf(Number(port), method, `${basePath}${path}`);
  const waiting = ask('GET', NEXT);
  await ready.promise; // whoever asks now comes second
  assert.equal(await ask('GET', NEXT), 403);
  assert.equal(await ask('POST', INIT_ERROR), 403);
  assert.deepEqual(failures, []);
  api.offer({
    requestId: 'r',
    payload: '{}',
    functionArn: configure('waits', '').functionArn,
    deadlineMs: () => 0,
    onTaken: () => {},
    onAnswer: () => {},
  });
  assert.equal(await waiting, 200);
});
