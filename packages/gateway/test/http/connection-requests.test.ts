import assert from 'node:assert/strict';
import test from 'node:test';
import type { Connection } from '@riposte/events';
import { BodyNotMergeable, ConnectionRequests } from '../../src/http/connection-requests.ts';
import { HttpUnanswered, networkClient } from '../../src/http/http-client.ts';
import { NotAuthorized } from '../../src/http/oauth-tokens.ts';
import { openEndpoint } from './endpoint.ts';

function connection(change: Partial<Connection>): Connection {
  return {
    Name: 'c',
    ConnectionArn: 'arn:aws:events:us-east-1:000000000000:connection/c/1',
    AuthorizationType: 'BASIC',
    ConnectionState: 'AUTHORIZED',
    SecretArn: 'arn:secret',
    AuthParameters: {},
    creationTimeMs: 0,
    lastModifiedTimeMs: 0,
    ...change,
  };
}

function oauth(url: string, method = 'POST'): Connection {
  return connection({
    AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
    AuthParameters: {
      OAuthParameters: {
        ClientParameters: { ClientID: 'id', ClientSecret: 'secret' },
        AuthorizationEndpoint: `${url}/token`,
        HttpMethod: method,
        OAuthHttpParameters: {
          BodyParameters: [{ Key: 'audience', Value: 'api' }],
          HeaderParameters: [{ Key: 'X-Tenant', Value: 't' }],
        },
      },
    },
  });
}

function open() {
  const time = { ms: 0 };
  const told: (string | undefined)[] = [];
  const requests = new ConnectionRequests({
    client: networkClient,
    clock: { now: () => time.ms, wakeAt: () => () => {} },
    authorized: async (_arn, refusal) => void told.push(refusal),
  });
  const send = (sender: Connection, url: string, change: object = {}) =>
    requests.send(sender, {
      method: 'POST',
      url: new URL(url),
      headers: { 'X-Custom': 'mine' },
      body: '{"a":1}',
      timeoutMs: 5000,
      bodyBytesMax: 1024,
      ...change,
    });
  return { send, time, told, requests };
}

test('a user and a password, or a key, go into a header', async (t) => {
  const endpoint = await openEndpoint(t);
  const { send } = open();
  await send(
    connection({ AuthParameters: { BasicAuthParameters: { Username: 'u', Password: 'p' } } }),
    endpoint.url,
  );
  await send(
    connection({
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'k' } },
    }),
    endpoint.url,
  );
  assert.equal(endpoint.requests[0]?.headers.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`);
  assert.equal(endpoint.requests[1]?.headers['x-key'], 'k');
});

test('what the connection says wins over the request', async (t) => {
  const endpoint = await openEndpoint(t);
  const { send } = open();
  const sender = connection({
    AuthParameters: {
      BasicAuthParameters: { Username: 'u', Password: 'p' },
      InvocationHttpParameters: {
        HeaderParameters: [{ Key: 'x-custom', Value: 'theirs' }],
        QueryStringParameters: [{ Key: 'q', Value: 'theirs' }],
        BodyParameters: [{ Key: 'a', Value: 'theirs' }],
      },
    },
  });
  await send(sender, `${endpoint.url}/x?q=mine&r=mine`);
  const [seen] = endpoint.requests;
  assert.equal(seen?.headers['x-custom'], 'theirs');
  assert.equal(seen?.url, '/x?q=theirs&r=mine');
  assert.equal(seen?.body, '{"a":"theirs"}');
  await assert.rejects(send(sender, endpoint.url, { body: '"text"' }), BodyNotMergeable);
});

test('a token is fetched once, again when it ends soon, and after it was refused', async (t) => {
  let count = 0;
  let status = 200;
  const endpoint = await openEndpoint(t, ({ url }) => {
    if (url !== '/token') return { status };
    count += 1;
    return { body: JSON.stringify({ access_token: `t${count}`, token_type: 'bearer', expires_in: 3600 }) };
  });
  const { send, time, told } = open();
  const sender = oauth(endpoint.url);
  await Promise.all([send(sender, endpoint.url), send(sender, endpoint.url)]);
  assert.equal(count, 1, 'two at a time ask once');
  const token = endpoint.requests.find(({ url }) => url === '/token');
  assert.equal(token?.headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(token?.headers['x-tenant'], 't');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(token?.body)), {
    grant_type: 'client_credentials',
    client_id: 'id',
    client_secret: 'secret',
    audience: 'api',
  });
  assert.equal(endpoint.requests.at(-1)?.headers.authorization, 'Bearer t1');
  time.ms = 3_550_000;
  await send(sender, endpoint.url);
  assert.equal(endpoint.requests.at(-1)?.headers.authorization, 'Bearer t2');
  status = 401;
  assert.equal((await send(sender, endpoint.url)).status, 401);
  assert.equal(count, 2);
  await send(sender, endpoint.url);
  assert.equal(endpoint.requests.at(-1)?.headers.authorization, 'Bearer t3');
  assert.deepEqual(new Set(told), new Set([undefined]));
});

test('however many ask at a token’s end, and however many were refused with it, one is fetched', async (t) => {
  let count = 0;
  let lifetime = 3600;
  const endpoint = await openEndpoint(t, () => {
    count += 1;
    return { body: JSON.stringify({ access_token: `t${count}`, expires_in: lifetime }) };
  });
  const { requests, time } = open();
  const sender = oauth(endpoint.url);
  const ask = async (times: number) => {
    const asked = Array.from({ length: times }, () => requests.parameters(sender));
    return [...new Set((await Promise.all(asked)).map(({ headers }) => headers['Authorization']))];
  };
  assert.deepEqual(await ask(1), ['Bearer t1']);
  time.ms = 3_550_000;
  assert.deepEqual(await ask(5), ['Bearer t2']);

  const sent = await requests.parameters(sender);
  requests.answered(sender, sent, 401);
  assert.deepEqual(await ask(5), ['Bearer t3']);
  requests.answered(sender, sent, 401); // of an earlier request, which took longer
  assert.deepEqual(await ask(1), ['Bearer t3']);

  time.ms = 2 * 3_600_000;
  lifetime = 30; // shorter than what is kept as a margin
  assert.deepEqual(await ask(5), ['Bearer t4']);
  assert.equal(count, 4);
});

test('where a token is asked for by GET, everything goes into the query', async (t) => {
  const endpoint = await openEndpoint(t, () => ({ body: '{"access_token":"t"}' }));
  await open().send(oauth(endpoint.url, 'get'), endpoint.url);
  const [token] = endpoint.requests;
  assert.equal(token?.method, 'GET');
  assert.equal(new URL(token?.url ?? '', endpoint.url).searchParams.get('client_secret'), 'secret');
});

test('no token, no request; the reason is told without the secret', async (t) => {
  const answers = [{ status: 400 }, { body: 'no JSON' }, { body: '{"error":"x"}' }];
  const endpoint = await openEndpoint(t, () => answers.shift() ?? {});
  const { send, told } = open();
  for (const reason of [/answered 400/, /not JSON/, /no access_token/])
    await assert.rejects(send(oauth(endpoint.url), endpoint.url), (error: unknown) => {
      assert.ok(error instanceof NotAuthorized);
      assert.match(error.message, reason);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  assert.ok(endpoint.requests.every(({ url }) => url === '/token'));
  assert.equal(told.length, 3);
});

test('an endpoint that says nothing, or is not there, has not answered', async (t) => {
  const endpoint = await openEndpoint(t, () => ({ silent: true }));
  const { send } = open();
  const sender = connection({ AuthParameters: { BasicAuthParameters: { Username: 'u', Password: 'p' } } });
  await assert.rejects(send(sender, endpoint.url, { timeoutMs: 30 }), (error: unknown) => {
    return error instanceof HttpUnanswered && error.isTimeout;
  });
  await assert.rejects(send(sender, 'http://127.0.0.1:1'), (error: unknown) => {
    return error instanceof HttpUnanswered && !error.isTimeout;
  });
});

test('redirects are answers, and long answers are cut off', async (t) => {
  const endpoint = await openEndpoint(t, ({ url }) =>
    url === '/long' ? { body: 'x'.repeat(5000) } : { status: 302, headers: { location: '/long' } },
  );
  const { send } = open();
  const sender = connection({ AuthParameters: { BasicAuthParameters: { Username: 'u', Password: 'p' } } });
  assert.equal((await send(sender, endpoint.url)).status, 302);
  assert.equal(endpoint.requests.length, 1);
  assert.equal((await send(sender, `${endpoint.url}/long`)).body.length, 1024);
});

test('a connection that asks for a token over plain HTTP sends its secret nowhere', async () => {
  const asked: URL[] = [];
  const requests = new ConnectionRequests({
    client: {
      send: async ({ url }) => {
        asked.push(url);
        throw new HttpUnanswered('unreachable', false, undefined);
      },
    },
    clock: { now: () => 0, wakeAt: () => () => {} },
    authorized: async () => {},
  });
  const refusal = await requests.authorize(oauth('http://example.com'));
  assert.match(refusal ?? '', /is not https:/);
  assert.deepEqual(asked, []);
});

test('what a connection adds to a body changes no digit of the rest', async (t) => {
  const endpoint = await openEndpoint(t);
  const { send } = open();
  const sender = connection({
    AuthParameters: {
      BasicAuthParameters: { Username: 'u', Password: 'p' },
      InvocationHttpParameters: { BodyParameters: [{ Key: 'b', Value: 'theirs' }] },
    },
  });
  await send(sender, endpoint.url, { body: '{"id":9007199254740993,"price":1.0}' });
  assert.equal(endpoint.requests[0]?.body, '{"id":9007199254740993,"price":1.0,"b":"theirs"}');
});
