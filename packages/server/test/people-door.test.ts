import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { signed } from './support/signed.ts';
import { World } from './support/world.ts';

let world: World;

before(async () => {
  world = await World.open();
});
after(() => world.close());

/** Sends the head of a POST and nothing of its body. @returns the beginning of the answer */
async function answerToHead(url: URL, headers: Record<string, string>): Promise<string> {
  const socket = connect(Number(url.port), url.hostname);
  const lines = Object.entries({ host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST ${url.pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  const [received] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return received.toString();
}

function simulateUrl(): URL {
  return new URL('/api/simulate', world.server.describe().peopleUrl);
}

test('the body of an unsigned request is not waited for', async () => {
  const answer = await answerToHead(simulateUrl(), { 'content-length': '600000000' });
  assert.match(answer, /^HTTP\/1\.1 401 [^]*MissingAuthenticationToken/);
});

test('a body that says it is too long is refused at once', async () => {
  const url = simulateUrl();
  const headers = await signed({ url, service: 'riposte', body: '', headers: {} });
  const answer = await answerToHead(url, { ...headers, 'content-length': String(16 * 1024 * 1024 + 1) });
  assert.match(answer, /^HTTP\/1\.1 413 [^]*RequestTooLarge/);
  assert.match(answer, /connection: close/i);
});

test('a body that turns out too long is refused, and the door stays open', async () => {
  const url = simulateUrl();
  const headers = await signed({ url, service: 'riposte', body: '', headers: {} });
  const socket = connect(Number(url.port), url.hostname);
  const lines = Object.entries({ host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  socket.write(
    `POST ${url.pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
  const megabyte = 'x'.repeat(1024 * 1024);
  for (let sent = 0; sent <= 16; sent += 1) socket.write(`100000\r\n${megabyte}\r\n`);
  const [received] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  assert.match(received.toString(), /^HTTP\/1\.1 413 /);
  assert.deepEqual(await (await world.people()).get('/api/stacks'), []);
});

test('a change of a stack that builds on an older one is refused with what to do', async () => {
  const people = await world.people();
  const record = { name: 'shop', region: 'eu-west-1', resources: {} };
  const path = '/api/stacks/eu-west-1/shop';
  assert.deepEqual(await people.put(path, { revision: 0, record }), { revision: 1 });
  assert.deepEqual(await people.put(path, { revision: 1, record }), { revision: 2 });
  for (const revision of [0, 1, 3, undefined])
    await assert.rejects(people.put(path, { revision, record }), /changed by somebody else.*run this again/);
  await assert.rejects(people.delete(path, { revision: '1' }), /changed by somebody else/);
  await assert.rejects(people.put('/api/stacks/eu-west-1/else', { revision: 0, record }), /must name/);
  await people.delete(path, { revision: '2' });
  assert.deepEqual(await people.get('/api/stacks'), []);
});

test('a stack of one name in two regions is two stacks', async () => {
  const folder = join(world.folder, 'alarms');
  mkdirSync(folder);
  writeFileSync(join(folder, 'template.yaml'), 'Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n');
  for (const region of ['us-east-1', 'us-west-2']) {
    const { code, err } = await world.riposte('up', folder, '--region', region);
    assert.equal(code, 0, err);
  }
  const { out } = await world.riposte('stacks');
  assert.match(out, /^alarms +us-east-1 +CREATE_COMPLETE/m);
  assert.match(out, /^alarms +us-west-2 +CREATE_COMPLETE/m);
  const unclear = await world.riposte('down', 'alarms');
  assert.equal(unclear.code, 1);
  assert.match(unclear.err, /us-east-1 and us-west-2.*--region/);
  const down = await world.riposte('down', 'alarms', '--region', 'us-west-2');
  assert.equal(down.code, 0, down.err);
  const left = await world.json<{ region: string }[]>('stacks');
  assert.deepEqual(
    left.map(({ region }) => region),
    ['us-east-1'],
  );
});

test('health tells the data folder to its own machine', async () => {
  const health = (await (await fetch(`${world.url}/_riposte/health`)).json()) as Record<string, unknown>;
  assert.equal(health['status'], 'ready');
  assert.equal(health['dataFolder'], join(world.folder, 'data'));
  assert.equal(health['peopleUrl'], world.server.describe().peopleUrl);
});

test('a server for others gives each the address it can use, and its data folder to nobody else', async () => {
  const own = await World.open({ host: '0.0.0.0', defaultKey: false, allowedHosts: ['riposte.test'] });
  try {
    const { awsUrl, peopleUrl } = own.server.describe();
    const healthFrom = async (hostname: string, host: string) => {
      const request = get({
        hostname,
        port: new URL(awsUrl).port,
        path: '/_riposte/health',
        headers: { host },
      });
      const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
      let text = '';
      for await (const chunk of response) text += String(chunk);
      return JSON.parse(text) as Record<string, unknown>;
    };
    const named = await healthFrom('127.0.0.1', `riposte.test:${new URL(awsUrl).port}`);
    assert.equal(named['peopleUrl'], `http://riposte.test:${new URL(peopleUrl).port}`);
    assert.equal(named['dataFolder'], join(own.folder, 'data'));
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    if (outside) assert.equal((await healthFrom(outside.address, 'riposte.test'))['dataFolder'], undefined);
  } finally {
    await own.close();
  }
});
