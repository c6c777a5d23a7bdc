import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserRefusal } from '@riposte/gateway';
import { openDoor } from './door-fixture.ts';
import { jsonRequest, queryRequest, send, type RawRequest } from './raw-request.ts';

const attacks: { name: string; change(request: RawRequest): void; reason: RegExp }[] = [
  {
    name: 'a page fetches from another origin',
    change: ({ headers }) => (headers['origin'] = 'https://evil.example'),
    reason: /Origin/,
  },
  { name: 'a sandboxed page', change: ({ headers }) => (headers['origin'] = 'null'), reason: /Origin/ },
  {
    name: 'a page of the same origin',
    change: ({ headers }) => (headers['sec-fetch-site'] = 'same-origin'),
    reason: /Sec-Fetch-Site/,
  },
  {
    name: 'an image or a link of another site',
    change: ({ headers }) => (headers['sec-fetch-site'] = 'cross-site'),
    reason: /Sec-Fetch-Site/,
  },
  {
    name: 'a name rebound to this machine',
    change: ({ headers }) => (headers['host'] = 'evil.example'),
    reason: /'evil\.example' is not a name of this server/,
  },
  {
    name: 'a form that posts an action',
    change: (request) => {
      request.headers = {
        host: request.headers['host']!,
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
        'content-type': 'application/x-www-form-urlencoded',
      };
      request.body = 'Action=DeleteUser&UserName=a';
    },
    reason: /Origin/,
  },
  {
    name: 'a presigned link',
    change: (request) =>
      (request.path =
        '/?Action=DeleteUser&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b'),
    reason: /query string/,
  },
  {
    name: 'a presigned link in disguise',
    change: (request) => (request.path = '/?Action=DeleteUser&%58-amz%2DSignature=b'),
    reason: /query string/,
  },
];

for (const { name, change, reason } of attacks) {
  test(`a browser gets nothing done: ${name}`, async (t) => {
    const door = await openDoor(t);
    const request = await queryRequest(door);
    change(request);
    const answer = await send(door, request);
    assert.equal(answer.status, 403);
    assert.match(answer.text, reason);
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
    assert.deepEqual(door.seen, []);
  });
}

test('an old browser that posts a form without saying where from has no signature', async (t) => {
  const door = await openDoor(t);
  const answer = await send(door, {
    method: 'POST',
    path: '/',
    headers: { host: `localhost:${door.port}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Action=DeleteUser&UserName=a',
  });
  assert.equal(answer.status, 403);
  assert.match(answer.text, /<Code>MissingAuthenticationToken<\/Code>/);
  assert.deepEqual(door.seen, []);
});

test('a preflight is refused and gets no CORS headers', async (t) => {
  const door = await openDoor(t);
  const answer = await send(door, {
    method: 'OPTIONS',
    path: '/',
    headers: {
      host: `127.0.0.1:${door.port}`,
      origin: 'http://localhost:4567',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,x-amz-target',
    },
    body: '',
  });
  assert.equal(answer.status, 403);
  assert.deepEqual(
    Object.keys(answer.headers).filter((name) => name.startsWith('access-control')),
    [],
  );
});

test('every answer carries the headers that keep a browser from using it', async (t) => {
  const door = await openDoor(t);
  const host = `127.0.0.1:${door.port}`;
  const plain = { method: 'GET', path: '/', headers: { host }, body: '' };
  const answers = [
    await send(door, await jsonRequest(door)),
    await send(door, plain),
    await send(door, { ...plain, path: '/_riposte/health' }),
    await send(door, { ...plain, headers: { host, origin: 'x' } }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 403, 200, 403],
  );
  for (const { headers } of answers) {
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['content-security-policy'], "sandbox; default-src 'none'");
    assert.equal(headers['cache-control'], 'no-store');
    assert.match(headers['x-amzn-requestid'] as string, /^[0-9a-f-]{36}$/);
  }
});

test('only a health page outside of browsers is answered without a signature', async (t) => {
  const door = await openDoor(t);
  const request = {
    method: 'GET',
    path: '/_riposte/health',
    headers: { host: `localhost:${door.port}` },
    body: '',
  };
  assert.equal((await send(door, request)).text, '{"status":"ok"}');
  assert.equal((await send(door, { ...request, method: 'POST' })).status, 403);
  assert.equal((await send(door, { ...request, path: '/_riposte/health/x' })).status, 403);
});

const hosts: [host: string, isOurs: boolean][] = [
  ['127.0.0.1', true],
  ['127.0.0.1:4566', true],
  ['localhost:4566', true],
  ['LOCALHOST', true],
  ['[::1]:4566', true],
  ['states.eu-west-1.localhost:4566', true],
  ['sync-127.0.0.1:4566', true],
  ['sync-localhost', true],
  ['riposte.lan', true],
  ['Riposte.lan:4566', true],
  ['sync-riposte.lan:4566', true],
  ['proxy.lan:8443', true],
  ['localhost:4567', false],
  ['riposte.lan:80', false],
  ['proxy.lan', false],
  ['localhost.', false],
  ['localhost.evil.example', false],
  ['evil-localhost', false],
  ['127.0.0.1.evil.example', false],
  ['127.0.0.2', false],
  ['0.0.0.0:4566', false],
  ['sync-evil.example', false],
  ['', false],
];

for (const [host, isOurs] of hosts) {
  test(`the host '${host}' is ${isOurs ? 'ours' : 'foreign'}`, () => {
    const refusal = browserRefusal({
      url: '/',
      headers: ['Host', host],
      port: 4566,
      allowedHosts: ['riposte.LAN', 'proxy.lan:8443'],
    });
    assert.equal(refusal === undefined, isOurs);
  });
}

test('no host, two hosts and a whole address as path are refused', () => {
  const request = { url: '/', headers: ['Host', 'localhost'], port: 4566, allowedHosts: [] };
  assert.equal(browserRefusal(request), undefined);
  assert.match(browserRefusal({ ...request, headers: [] }) ?? '', /exactly one Host/);
  assert.match(
    browserRefusal({ ...request, headers: ['Host', 'localhost', 'host', 'x'] }) ?? '',
    /exactly one Host/,
  );
  assert.match(browserRefusal({ ...request, url: 'http://evil.example/' }) ?? '', /must be a path/);
});

test('the address that a client reached is ours, others are not', () => {
  const ask = (host: string, address: string) =>
    browserRefusal({ url: '/', headers: ['Host', host], port: 4566, address, allowedHosts: [] });
  assert.equal(ask('192.0.2.2:4566', '192.0.2.2'), undefined);
  assert.equal(ask('192.0.2.2:4566', '::ffff:192.0.2.2'), undefined);
  assert.equal(ask('[2001:db8::1]:4566', '2001:db8::1'), undefined);
  assert.match(ask('192.0.2.3:4566', '192.0.2.2') ?? '', /--allowed-host 192\.0\.2\.3:4566/);
  assert.match(ask('192.0.2.2:80', '192.0.2.2') ?? '', /is not a name of this server/);
});

test('a page opened from the address bar says so and is let through to the signature check', () => {
  const headers = ['Host', 'localhost', 'Sec-Fetch-Site', 'none'];
  assert.equal(browserRefusal({ url: '/', headers, port: 4566, allowedHosts: [] }), undefined);
});
