import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Caller } from '@riposte/account';
import { openEndpoint, type EndpointAnswer } from '../http/endpoint.ts';
import { openRealWorld } from '../support/real-rooms.ts';
import {
  administrator,
  createRole,
  policy,
  step,
  taskRequest,
  userCaller,
  type Output,
  type World,
} from '../support/world.ts';

interface Shown {
  request?: Record<string, string>;
  response?: Record<string, string>;
}

/** A connection that adds something secret of every kind, and a state that calls an endpoint through it. */
async function openTask(t: TestContext, answer: () => EndpointAnswer = () => ({})) {
  const world = await openRealWorld(t);
  const endpoint = await openEndpoint(t, answer);
  const roleArn = await createRole(world, 'Tester', 'states.amazonaws.com', [
    'states:InvokeHTTPEndpoint',
    'events:RetrieveConnectionCredentials',
    'secretsmanager:DescribeSecret',
    'secretsmanager:GetSecretValue',
  ]);
  const { ConnectionArn } = await world.call('events', 'CreateConnection', {
    Name: 'api',
    AuthorizationType: 'BASIC',
    AuthParameters: {
      BasicAuthParameters: { Username: 'ann', Password: 'hush' },
      InvocationHttpParameters: {
        HeaderParameters: [{ Key: 'X-Team', Value: 'hidden-team', IsValueSecret: true }],
        QueryStringParameters: [{ Key: 'key', Value: 'hidden-key', IsValueSecret: true }],
        BodyParameters: [{ Key: 'pin', Value: 'hidden-pin', IsValueSecret: true }],
      },
    },
  });
  const taskOf = (ApiEndpoint: string) =>
    JSON.stringify({
      Type: 'Task',
      Resource: 'arn:aws:states:::http:invoke',
      Parameters: {
        ApiEndpoint,
        Method: 'POST',
        Authentication: { ConnectionArn },
        Headers: { 'X-Own': ['a', 'b'] },
        QueryParameters: { tag: 'p q' },
        RequestBody: { title: 'key exposed' },
      },
      End: true,
    });
  const tried = (more: object, caller: Caller = administrator) =>
    world.call('states', 'TestState', { definition: taskOf(`${endpoint.url}/x`), roleArn, ...more }, caller);
  return { world, endpoint, roleArn, taskOf, tried };
}

const SECRETS = /hush|YW5uOmh1c2g|hidden-/;
const shown = (report: Output) => report['inspectionData'] as Shown;

test('TRACE with revealed secrets shows the exchange as it was made', async (t) => {
  const { endpoint, tried } = await openTask(t, () => ({
    status: 201,
    headers: { 'Content-Type': 'application/json', Date: 'today', Connection: 'close' },
    body: '{"id": 7}',
  }));
  const report = await tried({ inspectionLevel: 'TRACE', revealSecrets: true });
  assert.equal(report['status'], 'SUCCEEDED', JSON.stringify(report));
  assert.deepEqual(shown(report).request, {
    protocol: 'http',
    method: 'POST',
    url: `${endpoint.url}/x?tag=p%20q&key=hidden-key`,
    headers:
      '[X-Own: a, X-Own: b, Authorization: Basic YW5uOmh1c2g=, X-Team: hidden-team, ' +
      'User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144]',
    body: '{"title":"key exposed","pin":"hidden-pin"}',
  });
  assert.deepEqual(shown(report).response, {
    protocol: 'http',
    statusCode: '201',
    statusMessage: 'Created',
    headers: '[content-type: application/json, date: today, connection: close, transfer-encoding: chunked]',
    body: '{"id": 7}',
  });
  const [seen] = endpoint.requests;
  assert.deepEqual(
    [seen?.url, seen?.body, seen?.headers.authorization, seen?.headers['x-team'], seen?.headers['x-own']],
    [
      '/x?tag=p%20q&key=hidden-key',
      '{"title":"key exposed","pin":"hidden-pin"}',
      'Basic YW5uOmh1c2g=',
      'hidden-team',
      'a, b',
    ],
  );
});

test('TRACE alone shows what the state asks for, and nothing of the connection', async (t) => {
  const { endpoint, tried } = await openTask(t);
  for (const revealSecrets of [undefined, false]) {
    const report = await tried({ inspectionLevel: 'TRACE', revealSecrets });
    const { url, headers, body } = shown(report).request ?? {};
    assert.equal(url, `${endpoint.url}/x?tag=p%20q`);
    assert.equal(
      headers,
      '[X-Own: a, X-Own: b, User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144]',
    );
    assert.equal(body, '{"title":"key exposed"}');
    assert.equal(shown(report).response?.['body'], '{}');
    assert.doesNotMatch(JSON.stringify(report), SECRETS);
  }
  assert.match(JSON.stringify(endpoint.requests), SECRETS);
});

test('lower levels show no exchange, whatever is to be revealed', async (t) => {
  const { tried } = await openTask(t);
  const info = await tried({ revealSecrets: true });
  assert.deepEqual([info['status'], info['inspectionData']], ['SUCCEEDED', undefined]);
  const debug = await tried({ inspectionLevel: 'DEBUG', revealSecrets: true });
  assert.deepEqual([shown(debug).request, shown(debug).response], [undefined, undefined]);
  assert.doesNotMatch(JSON.stringify([info, debug]), SECRETS);
});

test('a request that failed is shown with the answer that it got, if any', async (t) => {
  const { tried, taskOf } = await openTask(t, () => ({ status: 404, body: 'no such thing' }));
  const traced = { inspectionLevel: 'TRACE' };
  const missing = await tried(traced);
  assert.deepEqual([missing['status'], missing['error']], ['FAILED', 'States.Http.StatusCode.404']);
  const { statusCode, statusMessage, body } = shown(missing).response ?? {};
  assert.deepEqual([statusCode, statusMessage, body], ['404', 'Not Found', 'no such thing']);
  assert.equal(shown(missing).request?.['method'], 'POST');

  const nobody = await tried({ ...traced, definition: taskOf('http://127.0.0.1:1/x') });
  assert.equal(nobody['error'], 'States.Http.Socket');
  assert.equal(shown(nobody).request?.['url'], 'http://127.0.0.1:1/x?tag=p%20q');
  assert.equal(shown(nobody).response, undefined);
});

test('an answer that is longer than a state may carry is shown without its body', async (t) => {
  const { tried } = await openTask(t, () => ({ body: 'x'.repeat(1_100_000) }));
  const report = await tried({ inspectionLevel: 'TRACE' });
  assert.equal(report['error'], 'States.DataLimitExceeded');
  assert.deepEqual(
    [shown(report).response?.['statusCode'], shown(report).response?.['body']],
    ['200', undefined],
  );
});

test('who reveals secrets needs states:RevealSecrets', async (t) => {
  const { world, endpoint, roleArn, tried } = await openTask(t);
  const revealing = { inspectionLevel: 'TRACE', revealSecrets: true };
  const allowing = (name: string, ...actions: string[]) => userWith(world, name, actions, roleArn);
  const plain = await allowing('plain', 'states:TestState');
  await assert.rejects(tried(revealing, plain), {
    code: 'AccessDeniedException',
    message: /not authorized to perform: states:RevealSecrets/,
  });
  assert.equal(endpoint.requests.length, 0);
  assert.equal((await tried({ inspectionLevel: 'TRACE' }, plain))['status'], 'SUCCEEDED');
  const trusted = await allowing('trusted', 'states:TestState', 'states:RevealSecrets');
  assert.match(JSON.stringify(await tried(revealing, trusted)), SECRETS);
});

test('neither the audit nor a journal nor a log holds what was revealed', async (t) => {
  const { world, tried } = await openTask(t, () => ({ status: 403, body: 'Not with Basic YW5uOmh1c2g=' }));
  assert.match(JSON.stringify(await tried({ inspectionLevel: 'TRACE', revealSecrets: true })), SECRETS);
  const records = await world.records();
  assert.deepEqual(
    records.slice(-2).map(({ operation, errorCode }) => [operation, errorCode]),
    [
      ['InvokeHTTPEndpoint', 'States.Http.StatusCode.403'],
      ['TestState', undefined],
    ],
  );
  assert.doesNotMatch(JSON.stringify([records, world.reported]), SECRETS);
  const { requestParameters } = records.at(-1) ?? {};
  assert.equal((requestParameters as Output)['revealSecrets'], true);
});

test('secrets are not revealed to a step, whose answers stand in its history', async (t) => {
  const { world, endpoint, roleArn, taskOf } = await openTask(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['states:*', 'iam:PassRole']);
  const outcome = await world.gateway.taskRunner.run(
    taskRequest({
      resource: 'arn:aws:states:::aws-sdk:sfn:testState',
      step: { ...step, taskId: 'reveals' },
      parameters: JSON.stringify({
        Definition: taskOf(`${endpoint.url}/x`),
        RoleArn: roleArn,
        InspectionLevel: 'TRACE',
        RevealSecrets: true,
      }),
    }),
    new AbortController().signal,
  );
  assert.equal(outcome.kind, 'failed');
  assert.match(JSON.stringify(outcome), /revealSecrets: not for calls made by state machines/);
  assert.equal(endpoint.requests.length, 0);
});

async function userWith(world: World, UserName: string, actions: string[], roleArn: string): Promise<Caller> {
  const caller = await userCaller(world, UserName);
  await world.call('iam', 'PutUserPolicy', {
    UserName,
    PolicyName: 'p',
    PolicyDocument: policy(
      { Effect: 'Allow', Action: actions, Resource: '*' },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn },
    ),
  });
  return caller;
}
