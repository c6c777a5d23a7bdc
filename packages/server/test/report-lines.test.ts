import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { printableLines } from '@riposte/server';
import { until } from './support/until.ts';
import { World } from './support/world.ts';

const ESCAPE = String.fromCodePoint(27);

/** An endpoint that writes what no HTTP library would let it write. */
async function rudeEndpoint(answer: string) {
  const server = createServer((socket) => socket.once('data', () => socket.end(answer)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

test('a line for the operator holds no escape code of another’s making', async (t) => {
  const world = await World.open();
  t.after(() => world.close());
  const endpoint = await rudeEndpoint(
    `HTTP/1.1 400 Bad${ESCAPE}[31m\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
  t.after(() => endpoint.close());
  const aws = world.aws();
  const { ConnectionArn } = await aws.call('events', 'CreateConnection', {
    Name: 'c',
    AuthorizationType: 'BASIC',
    AuthParameters: { BasicAuthParameters: { Username: 'u', Password: 'p' } },
  });
  const { ApiDestinationArn } = await aws.call('events', 'CreateApiDestination', {
    Name: 'd',
    ConnectionArn,
    HttpMethod: 'POST',
    InvocationEndpoint: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`, // listening on TCP
  });
  await aws.call('events', 'PutRule', { Name: 'out', EventPattern: '{"source":["rude"]}' });
  const RoleArn = await world.createRole('deliver', 'events', 'events:InvokeApiDestination');
  const Targets = [{ Id: 'd', Arn: ApiDestinationArn, RoleArn, RetryPolicy: { MaximumRetryAttempts: 0 } }];
  await aws.call('events', 'PutTargets', { Rule: 'out', Targets });
  const Entries = [{ Source: 'rude', DetailType: 'x', Detail: '{}' }];
  await aws.call('events', 'PutEvents', { Entries });
  const dead = await until('The report', () =>
    Promise.resolve(world.reports.find((line) => line.includes('was given up'))),
  );
  assert.match(dead, /it answered 400 Bad\uFFFD\[31m/);
});

test('of a report with several lines only the first begins where reports begin', () => {
  assert.equal(printableLines('one: a\r\ntwo: b\u2028three'), 'one: a\uFFFD\n    two: b\uFFFDthree');
});
