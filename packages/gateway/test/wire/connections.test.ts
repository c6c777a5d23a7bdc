import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { openDoor, type Fixture } from './door-fixture.ts';
import { forge } from './forged-request.ts';
import { jsonRequest, queryRequest, restRequest, send, type RawRequest } from './raw-request.ts';

const LIMIT = { bodyLimitBytes: 1000 };

test('a body that says it is too long is refused without being read', async (t) => {
  const door = await openDoor(t, LIMIT);
  const answer = await send(door, await forge(door, { body: `{"nextToken":"${'x'.repeat(1000)}"}` }));
  assert.equal(answer.status, 413);
  assert.match(answer.text, /RequestEntityTooLargeException.*longer than the 1000 bytes/);
  assert.equal(answer.headers.connection, 'close');
  assert.deepEqual(door.seen, []);
});

test('a body that turns out too long is refused in the words of its protocol', async (t) => {
  const door = await openDoor(t, LIMIT);
  for (const [request, says] of [
    [await queryRequest(door), /<Code>RequestEntityTooLarge<\/Code>/],
    [await restRequest(door), /^RequestTooLargeException .*longer than the 1000 bytes/],
  ] as const) {
    delete request.headers['content-length'];
    request.headers['transfer-encoding'] = 'chunked';
    request.method = 'POST';
    const answer = await send(door, { ...request, body: 'x'.repeat(5000) });
    assert.equal(answer.status, 413);
    assert.match(`${String(answer.headers['x-amzn-errortype'])} ${answer.text}`, says);
  }
  assert.deepEqual(door.seen, []);
});

test('a body of exactly the limit is read', async (t) => {
  const door = await openDoor(t, LIMIT);
  const answer = await send(door, await forge(door, { body: '{}'.padEnd(1000) }));
  assert.equal(answer.status, 200);
});

test('without a signature the answer does not wait for the body', async (t) => {
  const door = await openDoor(t);
  const socket = connect(door.port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf');
  const [received] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  assert.match(received.toString(), /^HTTP\/1\.1 403 /);
});

test('one connection carries many requests, good and bad', async (t) => {
  const door = await openDoor(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const good = await jsonRequest(door);
  const sockets = new Set<Socket>();
  const statuses: number[] = [];
  for (const request of [good, { ...good, body: '{}' }, good, { ...good, path: '/x' }, good]) {
    statuses.push(await sendOn(agent, door, request, sockets));
  }
  assert.deepEqual(statuses, [200, 400, 200, 400, 200]);
  assert.equal(sockets.size, 1);
});

function sendOn(agent: Agent, door: Fixture, request: RawRequest, sockets: Set<Socket>): Promise<number> {
  const { method, path, headers, body } = request;
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port: door.port, method, path, headers: { ...headers, ...length }, agent },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on('socket', (socket) => sockets.add(socket));
    sent.on('error', reject);
    sent.end(body);
  });
}

test('text that is not HTTP gets a 400 and the door stays open', async (t) => {
  const door = await openDoor(t);
  const socket = connect(door.port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.write('\u0016\u0003\u0001 hello\r\n\r\n');
  await once(socket, 'close');
  assert.match(received, /^HTTP\/1\.1 400 /);
  assert.equal((await send(door, await jsonRequest(door))).status, 200);
});

test('a client that hangs up in the middle of its body leaves nothing behind', async (t) => {
  const door = await openDoor(t);
  const socket = connect(door.port, '127.0.0.1');
  const [served] = (await Promise.all([
    once(door.server, 'request'),
    socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: x\r\nContent-Length: 100\r\n\r\nhalf`),
  ])) as unknown as [[NodeJS.EventEmitter]];
  const closed = new Promise<void>((resolve) => served[0].on('close', resolve));
  socket.destroy();
  await closed;
  assert.equal((await send(door, await jsonRequest(door))).status, 200);
  assert.deepEqual(door.reported, []);
});

test('closing answers the calls in work and cuts connections that only wait', async (t) => {
  const door = await openDoor(t);
  const request = await jsonRequest(door);
  const idle = connect(door.port, '127.0.0.1');
  const half = connect(door.port, '127.0.0.1');
  await Promise.all([once(idle, 'connect'), once(half, 'connect')]);
  half.write('POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: x\r\nContent-Length: 100\r\n\r\nhalf');
  const { promise: called, resolve: call } = Promise.withResolvers<void>();
  const { promise: answered, resolve: answer } = Promise.withResolvers<Record<string, unknown>>();
  door.answer = () => {
    call();
    return answered;
  };
  const sent = send(door, request);
  await called;
  const cut = Promise.all([once(idle, 'close'), once(half, 'close')]);
  for (const socket of [idle, half]) socket.on('error', () => {}).resume();
  const closed = door.close();
  answer({ executionArn: 'arn:last' });
  const last = await sent;
  assert.equal(last.status, 200);
  assert.match(last.text, /arn:last/);
  await closed;
  await cut;
  assert.equal(door.server.listening, false);
});

test('closing does not wait for ever for a call that does not end', async (t) => {
  const door = await openDoor(t);
  const { promise: called, resolve: call } = Promise.withResolvers<void>();
  door.answer = () => {
    call();
    return new Promise(() => {});
  };
  const sent = send(door, await jsonRequest(door));
  const failed = assert.rejects(sent, /socket hang up|ECONNRESET/);
  await called;
  const closed = door.close();
  door.clock.set(door.clock.now() + 5_000);
  await closed;
  await failed;
});

test('a long body of an unknown key is refused without being waited for', async (t) => {
  const door = await openDoor(t);
  const unknown = { accessKeyId: 'AKIANOBODYKNOWSTHIS1', secretAccessKey: 'secret' };
  const { headers } = await jsonRequest(door, unknown);
  const head = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length');
  for (const length of [`content-length: ${50 * 1024 * 1024}`, 'transfer-encoding: chunked']) {
    const socket = connect(door.port, '127.0.0.1');
    const lines = [...head.map(([name, value]) => `${name}: ${value}`), length];
    socket.write(`POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    const [received] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    assert.match(received.toString(), /^HTTP\/1\.1 400 [^]*UnrecognizedClientException/);
    assert.match(received.toString(), /connection: close/i);
  }
  assert.deepEqual(door.seen, []);
});

test('a long body of a known key is read', async (t) => {
  const door = await openDoor(t);
  const answer = await send(door, await forge(door, { body: '{}'.padEnd(200_000) }));
  assert.equal(answer.status, 200);
});

test('while the server starts, its health page says so with 503', async (t) => {
  let status = 'starting';
  const asked: object[] = [];
  const door = await openDoor(t, {
    health: (asker) => {
      asked.push(asker);
      return { status };
    },
  });
  const url = `${door.endpoint}/_riposte/health`;
  const early = await fetch(url);
  assert.deepEqual([early.status, await early.json()], [503, { status: 'starting' }]);
  status = 'ready';
  assert.equal((await fetch(url)).status, 200);
  assert.deepEqual(asked[0], { host: `127.0.0.1:${door.port}`, sourceIpAddress: '127.0.0.1' });
});
