import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { TaskOutcome } from '@riposte/engine';
import { SimulatedClock } from '@riposte/testkit';
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
const SECRET_ACTIONS = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];
const ACTIONS = ['states:InvokeHTTPEndpoint', 'events:RetrieveConnectionCredentials', ...SECRET_ACTIONS];

let attempts = 0;

function run(world: World, parameters: object, simulated = step.simulated): Promise<TaskOutcome> {
  attempts += 1;
  const request = taskRequest({
    resource: 'arn:aws:states:::http:invoke',
    parameters: JSON.stringify(parameters),
    step: { ...step, simulated, taskId: `http-${attempts}` },
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
    response.end('{"id":12345678901234567890}');
  });
  const outcome = await run(world, {
    ApiEndpoint: `${endpoint.url}/tickets?x=1`,
    Method: 'POST',
    Authentication: { ConnectionArn },
    Headers: { 'X-Team': 'red', 'X-Many': ['a', 'b'] },
    QueryParameters: { v: '1', tag: ['p', 'q'] },
    RequestBody: { title: 'key exposed', source: 'task' },
  });
  const { Headers, ResponseBody, ...result } = outputOf(outcome);
  assert.deepEqual(result, { StatusCode: 201, StatusText: 'Created' });
  assert.match(JSON.stringify(outcome), /ResponseBody\\":\{\\"id\\":12345678901234567890\}/);
  assert.ok(ResponseBody);
  assert.deepEqual((Headers as Record<string, string[]>)['x-a'], ['1', '2']);
  const [seen] = endpoint.seen;
  assert.equal(seen?.line, 'POST /tickets?x=1&v=2&tag=p&tag=q');
  assert.deepEqual(JSON.parse(seen?.body ?? ''), { title: 'key exposed', source: 'riposte' });
  const { headers } = seen ?? {};
  assert.deepEqual(
    [headers?.['x-team'], headers?.['x-many'], headers?.['x-key'], headers?.['content-type']],
    ['blue', 'a, b', 's3cret', 'application/json; charset=UTF-8'],
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

test('the endpoint is told when a rehearsal asks', async (t) => {
  const world = await openRealWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const ConnectionArn = await createConnection(world, API_KEY);
  const endpoint = await openEndpoint(t);
  const parameters = {
    ApiEndpoint: endpoint.url,
    Method: 'GET',
    Authentication: { ConnectionArn },
    Headers: { 'riposte-simulated': 'no' },
  };
  outputOf(await run(world, parameters, true));
  outputOf(await run(world, { ...parameters, Headers: {} }, false));
  assert.deepEqual(
    endpoint.seen.map(({ headers }) => headers['riposte-simulated']),
    ['true', undefined],
  );
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
  for (const [status, bytes, error] of [
    [200, 262_144, undefined],
    [200, 262_145, 'States.DataLimitExceeded'],
    [404, 2_000_000, 'States.Http.StatusCode.404'],
  ] as const) {
    const talkative = await openEndpoint(t, (response) => response.writeHead(status).end('x'.repeat(bytes)));
    const long = await ask(talkative.url);
    assert.equal(long.kind === 'failed' ? long.error : undefined, error);
    if (status === 404) assert.equal(long.kind === 'failed' && long.cause, 'x'.repeat(32_768));
  }
});

const BINARY: readonly [string, string | Buffer, string | undefined][] = [
  ['image/png', '', 'its content type image/png is not supported'],
  ['Video/MP4', 'x', 'its content type video/mp4 is not supported'],
  ['audio/ogg', 'x', 'its content type audio/ogg is not supported'],
  ['application/octet-stream; a=b', '{}', 'its content type application/octet-stream is not supported'],
  ['text/plain', Buffer.from([0xff]), 'its body is not valid text'],
  ['text/plain; charset=iso-8859-1', Buffer.from([0xe9]), undefined],
  ['application/pdf', 'text', undefined],
];
for (const [type, body, reason] of BINARY)
  test(`an answer of ${type}: ${reason ?? 'a result'}`, async (t) => {
    const world = await openRealWorld(t);
    await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
    const ConnectionArn = await createConnection(world, API_KEY);
    const endpoint = await openEndpoint(t, (response) =>
      response.writeHead(200, { 'Content-Type': type }).end(body),
    );
    const outcome = await run(world, {
      ApiEndpoint: endpoint.url,
      Method: 'GET',
      Authentication: { ConnectionArn },
    });
    if (reason === undefined)
      assert.equal(outputOf(outcome)['ResponseBody'], typeof body === 'string' ? body : 'é');
    else
      assert.deepEqual(outcome, {
        kind: 'failed',
        error: 'States.Runtime',
        cause: `The response cannot be the task's result: ${reason}.`,
      });
  });

test('an endpoint that says nothing for 60 seconds is given up', async (t) => {
  const startMs = Date.parse('2026-11-23T06:00:00Z');
  const clock = new SimulatedClock(startMs);
  const world = await openRealWorld(t, { clock });
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const ConnectionArn = await createConnection(world, API_KEY);
  const asked = Promise.withResolvers<void>();
  const endpoint = await openEndpoint(t, () => asked.resolve());
  const running = run(world, { ApiEndpoint: endpoint.url, Method: 'GET', Authentication: { ConnectionArn } });
  await asked.promise;
  await clock.advanceTo(startMs + 60_000);
  assert.deepEqual(await running, {
    kind: 'failed',
    error: 'States.Http.Socket',
    cause: 'No answer within 60 seconds',
  });
});

test('the request of the guide’s example of a form', async (t) => {
  const world = await openRealWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const ConnectionArn = await createConnection(world, API_KEY);
  const endpoint = await openEndpoint(t);
  outputOf(
    await run(world, {
      ApiEndpoint: endpoint.url,
      Method: 'POST',
      Authentication: { ConnectionArn },
      Headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      RequestBody: {
        description: 'Monthly subscription',
        metadata: { order_details: 'monthly report data' },
      },
      Transform: { RequestBodyEncoding: 'URL_ENCODED', RequestEncodingOptions: { ArrayFormat: 'INDICES' } },
    }),
  );
  const [seen] = endpoint.seen;
  assert.equal(
    seen?.body,
    'description=Monthly%20subscription&metadata%5Border_details%5D=monthly%20report%20data',
  );
  assert.equal(seen.headers['content-type'], 'application/x-www-form-urlencoded');
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
  const { SecretArn } = await world.call('events', 'DescribeConnection', { Name: 'api' });
  const needed = [
    ['events:RetrieveConnectionCredentials', ConnectionArn],
    ...SECRET_ACTIONS.map((action) => [action, SecretArn]),
  ];
  for (const [Action, Resource] of needed) {
    const secret = await ask('GET');
    assert.ok(secret.kind === 'failed');
    assert.equal(secret.error, 'Events.ConnectionResource.AccessDenied');
    assert.match(secret.cause ?? '', new RegExp(`not authorized to perform: ${String(Action)} `));
    await allow(String(Action).replace(':', '-'), { Effect: 'Allow', Action, Resource });
  }
  assert.equal((await ask('GET')).kind, 'succeeded');
  const post = await ask('POST');
  assert.ok(post.kind === 'failed');
  assert.equal(post.error, 'States.Http.AccessDenied');
  assert.match(post.cause ?? '', /perform: states:InvokeHTTPEndpoint/);
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
  assert.deepEqual(
    [outcome.error, outcome.cause?.includes(ConnectionArn)],
    ['Events.ConnectionResource.ResourceNotFound', true],
  );
});

test('a connection that was deauthorized fails the task by name', async (t) => {
  const world = await openRealWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ACTIONS);
  const ConnectionArn = await createConnection(world, API_KEY);
  await world.call('events', 'DeauthorizeConnection', { Name: 'api' });
  const endpoint = await openEndpoint(t);
  const outcome = await run(world, {
    ApiEndpoint: endpoint.url,
    Method: 'GET',
    InvocationConfig: { ConnectionArn },
  });
  assert.equal(
    outcome.kind === 'failed' && outcome.error,
    'Events.ConnectionResource.InvalidConnectionState',
  );
  assert.equal(endpoint.seen.length, 0);
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
  assert.equal(
    refused.kind === 'failed' && refused.error,
    'Events.ConnectionResource.InvalidConnectionState',
  );
  assert.match(JSON.stringify(refused), /The connection api is not authorized\. .*not JSON/);
  assert.equal(endpoint.seen.at(-1)?.line, 'POST /other');
});
