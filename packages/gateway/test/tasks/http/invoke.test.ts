import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { TaskOutcome } from '@riposte/engine';
import { openRealWorld } from '../../support/real-rooms.ts';
import { createRole, policy, step, taskRequest, type World } from '../../support/world.ts';

interface Seen {
  line: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Reply = (response: ServerResponse) => void;

/** An endpoint on this machine that keeps what it was asked. */
async function openEndpoint(t: TestContext, reply: Reply = (response) => response.end('{}')) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      reply(response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function createConnection(world: World, auth: object): Promise<string> {
  const { ConnectionArn } = await world.call('events', 'CreateConnection', { Name: 'api', ...auth });
  return String(ConnectionArn);
}

const API_KEY = {
  AuthorizationType: 'API_KEY',
  AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 's3cret' } },
};
const ACTIONS = ['states:InvokeHTTPEndpoint', 'events:RetrieveConnectionCredentials'];

let attempts = 0;

function run(world: World, parameters: object): Promise<TaskOutcome> {
  attempts += 1;
  const request = taskRequest({
    resource: 'arn:aws:states:::http:invoke',
    parameters: JSON.stringify(parameters),
    step: { ...step, taskId: `http-${attempts}` },
  });
  return world.gateway.taskRunner.run(request, new AbortController().signal);
}

function outputOf(outcome: TaskOutcome): Record<string, unknown> {
  assert.ok(outcome.kind === 'succeeded', JSON.stringify(outcome));
  return JSON.parse(outcome.output) as Record<string, unknown>;
}

test('an endpoint gets the task’s request with what its connection adds, and its answer is the result', async (t) => {
  const world = await openRealWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const ConnectionArn = await createConnection(world, {
    ...API_KEY,
    AuthParameters: {
      ...API_KEY.AuthParameters,
      InvocationHttpParameters: {
        HeaderParameters: [{ Key: 'X-Team', Value: 'blue' }],
        QueryStringParameters: [{ Key: 'v', Value: '2' }],
        BodyParameters: [{ Key: 'source', Value: 'riposte' }],
      },
    },
  });
  const endpoint = await openEndpoint(t, (response) => {
    response.writeHead(201, 'Created', {
      'Content-Type': 'application/json; charset=utf-8',
      'X-A': ['1', '2'],
    });
    response.end('{"id":7}');
  });
  const outcome = await run(world, {
    ApiEndpoint: `${endpoint.url}/tickets?x=1`,
    Method: 'POST',
    Authentication: { ConnectionArn },
    Headers: { 'X-Team': 'red', 'X-Many': ['a', 'b'] },
    QueryParameters: { v: '1', tag: ['p', 'q'] },
    RequestBody: { title: 'key exposed', source: 'task' },
  });
  const { Headers, ...result } = outputOf(outcome);
  assert.deepEqual(result, { ResponseBody: { id: 7 }, StatusCode: 201, StatusText: 'Created' });
  assert.deepEqual((Headers as Record<string, string[]>)['X-A'], ['1', '2']);
  const [seen] = endpoint.seen;
  assert.equal(seen?.line, 'POST /tickets?x=1&v=2&tag=p&tag=q');
  assert.deepEqual(JSON.parse(seen?.body ?? ''), { title: 'key exposed', source: 'riposte' });
  const { headers } = seen ?? {};
  assert.deepEqual(
    [headers?.['x-team'], headers?.['x-many'], headers?.['x-key'], headers?.['content-type']],
    ['blue', 'a, b', 's3cret', 'application/json'],
  );
  assert.deepEqual(
    [headers?.['user-agent'], headers?.range],
    ['Amazon|StepFunctions|HttpInvoke|us-east-1', 'bytes=0-262144'],
  );
  const record = (await world.records()).at(-1);
  assert.deepEqual(
    [record?.service, record?.operation, record?.stateName],
    ['states', 'InvokeHTTPEndpoint', 'Contain'],
  );
  assert.doesNotMatch(JSON.stringify(record), /s3cret|key exposed/);
});

test('a status of 400 and above is the error, and the body its cause', async (t) => {
  const world = await openRealWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const ConnectionArn = await createConnection(world, {
    AuthorizationType: 'BASIC',
    AuthParameters: { BasicAuthParameters: { Username: 'ann', Password: 'pw' } },
  });
  for (const status of [404, 503]) {
    const endpoint = await openEndpoint(t, (response) => response.writeHead(status).end('no such thing'));
    const outcome = await run(world, {
      ApiEndpoint: endpoint.url,
      Method: 'GET',
      Authentication: { ConnectionArn },
    });
    assert.deepEqual(outcome, {
      kind: 'failed',
      error: `States.Http.StatusCode.${status}`,
      cause: 'no such thing',
    });
    assert.equal(endpoint.seen[0]?.headers.authorization, 'Basic YW5uOnB3');
  }
});

test('redirects are not followed, and what is no JSON stays text', async (t) => {
  const world = await openRealWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const ConnectionArn = await createConnection(world, API_KEY);
  const endpoint = await openEndpoint(t, (response) =>
    response.writeHead(302, { Location: '/elsewhere', 'Content-Type': 'text/html' }).end('<a>'),
  );
  const parameters = { ApiEndpoint: endpoint.url, Method: 'GET', Authentication: { ConnectionArn } };
  const { StatusCode, ResponseBody } = outputOf(await run(world, parameters));
  assert.deepEqual([StatusCode, ResponseBody, endpoint.seen.length], [302, '<a>', 1]);
});

test('an endpoint that cannot be reached or says too much fails the task', async (t) => {
  const world = await openRealWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const ConnectionArn = await createConnection(world, API_KEY);
  const endpoint = await openEndpoint(t, (response) => response.destroy());
  const ask = (url: string) =>
    run(world, { ApiEndpoint: url, Method: 'GET', Authentication: { ConnectionArn } });
  const cut = await ask(endpoint.url);
  assert.equal(cut.kind === 'failed' && cut.error, 'States.Http.Socket');
  const endless = await openEndpoint(t, (response) => response.end('x'.repeat(2_000_000)));
  const long = await ask(endless.url);
  assert.equal(long.kind === 'failed' && long.error, 'States.DataLimitExceeded');
});

test('the execution’s role needs the endpoint, the method and the connection', async (t) => {
  const world = await openRealWorld(t);
  const ConnectionArn = await createConnection(world, API_KEY);
  const endpoint = await openEndpoint(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', []);
  const allow = (name: string, ...statements: object[]) =>
    world.call('iam', 'PutRolePolicy', {
      RoleName: 'Execution',
      PolicyName: name,
      PolicyDocument: policy(...statements),
    });
  const ask = (Method: string) =>
    run(world, { ApiEndpoint: `${endpoint.url}/a`, Method, Authentication: { ConnectionArn } });
  const Condition = {
    StringEquals: { 'states:HTTPMethod': 'GET' },
    StringLike: { 'states:HTTPEndpoint': `${endpoint.url}/*` },
  };
  await allow('endpoint', { Effect: 'Allow', Action: 'states:InvokeHTTPEndpoint', Resource: '*', Condition });
  const secret = await ask('GET');
  assert.ok(secret.kind === 'failed');
  assert.equal(secret.error, 'States.Permissions');
  assert.match(secret.cause ?? '', /not authorized to perform: events:RetrieveConnectionCredentials/);
  await allow('connection', {
    Effect: 'Allow',
    Action: 'events:RetrieveConnectionCredentials',
    Resource: ConnectionArn,
  });
  assert.equal((await ask('GET')).kind, 'succeeded');
  const post = await ask('POST');
  assert.match((post.kind === 'failed' && post.cause) || '', /perform: states:InvokeHTTPEndpoint/);
  assert.deepEqual(
    endpoint.seen.map(({ line }) => line),
    ['GET /a'],
  );
});

test('a connection that does not exist fails the task by name', async (t) => {
  const world = await openRealWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const ConnectionArn = 'arn:aws:events:us-east-1:000000000000:connection/none/1';
  const outcome = await run(world, {
    ApiEndpoint: 'https://example.invalid',
    Method: 'GET',
    InvocationConfig: { ConnectionArn },
  });
  assert.ok(outcome.kind === 'failed');
  assert.deepEqual([outcome.error, outcome.cause?.includes(ConnectionArn)], ['States.TaskFailed', true]);
});

test('a connection with OAuth client credentials gets a token first; without one nothing is asked', async (t) => {
  const world = await openRealWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const answers = ['{"access_token":"t1"}', '{}'];
  const endpoint = await openEndpoint(t, (response) => response.end(answers.shift() ?? 'no token'));
  const oauth = (AuthorizationEndpoint: string) => ({
    AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
    AuthParameters: {
      OAuthParameters: {
        ClientParameters: { ClientID: 'id', ClientSecret: 's3cret' },
        AuthorizationEndpoint,
        HttpMethod: 'POST',
      },
    },
  });
  const ConnectionArn = await createConnection(world, oauth(`${endpoint.url}/token`));
  const parameters = { ApiEndpoint: `${endpoint.url}/x`, Method: 'GET', Authentication: { ConnectionArn } };
  outputOf(await run(world, parameters));
  assert.deepEqual(
    endpoint.seen.map(({ line, headers }) => [line, headers.authorization]),
    [
      ['POST /token', undefined],
      ['GET /x', 'Bearer t1'],
    ],
  );
  await world.call('events', 'UpdateConnection', { Name: 'api', ...oauth(`${endpoint.url}/other`) });
  const refused = await run(world, parameters);
  assert.equal(refused.kind, 'failed');
  assert.match(JSON.stringify(refused), /The connection api is not authorized\. .*not JSON/);
  assert.equal(endpoint.seen.at(-1)?.line, 'POST /other');
});
