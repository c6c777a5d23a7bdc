import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { TargetInvocation } from '@riposte/events';
import { serviceModels, supportedOperations } from '@riposte/gateway';
import { type EndpointAnswer, openEndpoint } from '../http/endpoint.ts';
import { openRealWorld } from '../support/real-rooms.ts';
import { ACCOUNT, createRole, REGION } from '../support/world.ts';

const RULE = `arn:aws:events:${REGION}:${ACCOUNT}:rule/r`;

/** A destination with a key at an endpoint that answers as told, and a way to deliver to it. */
async function openDestination(t: TestContext, answer: () => EndpointAnswer, change: object = {}) {
  const endpoint = await openEndpoint(t, answer);
  const world = await openRealWorld(t);
  const RoleArn = await createRole(world, 'Events', 'events.amazonaws.com', ['events:InvokeApiDestination']);
  const { ConnectionArn } = await world.call('events', 'CreateConnection', {
    Name: 'c',
    AuthorizationType: 'API_KEY',
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'hidden' } },
  });
  const { ApiDestinationArn } = await world.call('events', 'CreateApiDestination', {
    Name: 'd',
    ConnectionArn,
    HttpMethod: 'POST',
    InvocationEndpoint: `${endpoint.url}/hook`,
    ...change,
  });
  let deliveries = 0;
  const deliver = (target: object = {}, payload = '{"n":1}') =>
    world.gateway.targetInvoker.invoke({
      deliveryId: `delivery-${(deliveries += 1)}`,
      eventId: 'event',
      event: { time: '2026-01-31T12:00:00Z' } as TargetInvocation['event'],
      ruleArn: RULE,
      region: REGION,
      target: { Id: 't', Arn: String(ApiDestinationArn), RoleArn, ...target },
      payload,
      simulated: false,
      attempt: 1,
      expiresAtMs: Infinity,
    });
  return { world, endpoint, deliver };
}

test('an API destination gets the payload with its headers, and its call is on record without the key', async (t) => {
  const { world, endpoint, deliver } = await openDestination(t, () => ({}));
  assert.deepEqual(await deliver(), { kind: 'delivered' });
  const [seen] = endpoint.requests;
  assert.equal(seen?.method, 'POST');
  assert.equal(seen?.body, '{"n":1}');
  assert.equal(seen?.headers['x-key'], 'hidden');
  assert.equal(seen?.headers['user-agent'], 'Amazon/EventBridge/ApiDestinations');
  assert.equal(seen?.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(seen?.headers['range'], 'bytes=0-1048575');
  const records = await world.records();
  assert.equal(records.at(-1)?.operation, 'InvokeApiDestination');
  assert.doesNotMatch(JSON.stringify(records), /hidden/);
});

test('parameters of the target fill the path, the query and the headers, but for the fixed ones', async (t) => {
  const { world, endpoint, deliver } = await openDestination(t, () => ({}));
  await world.call('events', 'UpdateApiDestination', {
    Name: 'd',
    InvocationEndpoint: `${endpoint.url}/a/*/b/*`,
  });
  await deliver({
    HttpParameters: {
      PathParameterValues: ['one/two', '3'],
      QueryStringParameters: { q: 'x y' },
      HeaderParameters: { 'X-Mine': 'm', 'user-agent': 'mine' },
    },
  });
  const [seen] = endpoint.requests;
  assert.equal(seen?.url, '/a/one%2Ftwo/b/3?q=x+y');
  assert.equal(seen?.headers['x-mine'], 'm');
  assert.equal(seen?.headers['user-agent'], 'Amazon/EventBridge/ApiDestinations');
});

test('what an endpoint answers decides whether a retry could help', async (t) => {
  const answers: EndpointAnswer[] = [];
  const { deliver } = await openDestination(t, () => answers.shift() ?? {});
  const cases: [EndpointAnswer, string, boolean][] = [
    [{ status: 401 }, 'SDK_CLIENT_ERROR', true],
    [{ status: 407 }, 'SDK_CLIENT_ERROR', true],
    [{ status: 409 }, 'SDK_CLIENT_ERROR', true],
    [{ status: 429 }, 'THROTTLING', true],
    [{ status: 503 }, 'SDK_CLIENT_ERROR', true],
    [{ status: 302, headers: { location: '/' } }, 'ERROR_FROM_TARGET', false],
    [{ status: 403 }, 'ERROR_FROM_TARGET', false],
  ];
  for (const [answer, errorCode, retryable] of cases) {
    answers.push(answer);
    const outcome = await deliver();
    assert.equal(outcome.kind, 'failed');
    assert.deepEqual(
      outcome.kind === 'failed' && [outcome.errorCode, outcome.retryable],
      [errorCode, retryable],
      String(answer.status),
    );
  }
  answers.push({ status: 429, headers: { 'retry-after': '120' } });
  const asked = await deliver();
  assert.equal(asked.kind === 'failed' && asked.retryAfterMs, 120_000);
});

test('a header that cannot be sent is dead at once, is named, and its value is told to nobody', async (t) => {
  const { world, endpoint, deliver } = await openDestination(t, () => ({}));
  for (const [HeaderParameters, errorMessage] of [
    [{ 'X-Foo': 'split\r\nX-Other: 1' }, 'Invalid character in header content ["X-Foo"]'],
    [{ 'X Foo': 'split' }, 'Header name must be a valid HTTP token ["X Foo"]'],
  ] as const)
    assert.deepEqual(await deliver({ HttpParameters: { HeaderParameters } }), {
      kind: 'failed',
      errorCode: 'INVALID_PARAMETER',
      errorMessage: `Unable to invoke ApiDestination endpoint: the request cannot be sent: ${errorMessage}.`,
      retryable: false,
    });
  assert.equal(endpoint.requests.length, 0);
  assert.doesNotMatch(JSON.stringify((await world.records()).at(-1)?.errorMessage), /split/);
});

test('values that lead out of their place in the path are dead at once', async (t) => {
  const { world, endpoint, deliver } = await openDestination(t, () => ({}));
  await world.call('events', 'UpdateApiDestination', {
    Name: 'd',
    InvocationEndpoint: `${endpoint.url}/tenants/*/notify`,
  });
  assert.deepEqual(await deliver({ HttpParameters: { PathParameterValues: ['..'] } }), {
    kind: 'failed',
    errorCode: 'INVALID_PARAMETER',
    errorMessage:
      'Unable to invoke ApiDestination endpoint: The path parameter values do not fit the endpoint: a segment of the path would lead elsewhere.',
    retryable: false,
  });
  assert.equal(endpoint.requests.length, 0);
});

test('a destination that is gone, and a role that may not, are told apart', async (t) => {
  const { world, endpoint, deliver } = await openDestination(t, () => ({}));
  const RoleArn = await createRole(world, 'Weak', 'events.amazonaws.com', []);
  const refused = await deliver({ RoleArn });
  assert.equal(refused.kind === 'failed' && refused.errorCode, 'NO_PERMISSIONS');
  await world.call('events', 'DeleteApiDestination', { Name: 'd' });
  const gone = await deliver();
  assert.equal(gone.kind === 'failed' && gone.errorCode, 'NO_RESOURCE');
  assert.equal(endpoint.requests.length, 0);
});

test('a destination is not asked more often than it says', async (t) => {
  const { endpoint, deliver } = await openDestination(t, () => ({}), { InvocationRateLimitPerSecond: 1 });
  assert.equal((await deliver()).kind, 'delivered');
  const later = await deliver();
  assert.equal(later.kind, 'later');
  assert.equal(endpoint.requests.length, 1);
});

test('nobody invokes a destination from outside', () => {
  assert.ok(supportedOperations().every(({ operation }) => operation !== 'InvokeApiDestination'));
  assert.equal(serviceModels.hasOperation('events', 'InvokeApiDestination'), false);
});
