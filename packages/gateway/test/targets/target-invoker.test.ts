import assert from 'node:assert/strict';
import test from 'node:test';
import type { EventEnvelope, Target, TargetInvocation } from '@riposte/events';
import {
  answerOf,
  createFunction,
  createRole,
  MACHINE,
  openWorld,
  policy,
  type World,
} from '../support/world.ts';

const RULE = 'arn:aws:events:us-east-1:000000000000:rule/exposed';

const EVENT: EventEnvelope = {
  version: '0',
  id: 'e1',
  'detail-type': 'Key exposed',
  source: 'aws.health',
  account: '000000000000',
  time: '2026-11-23T06:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: {},
};

function invoke(world: World, target: Omit<Target, 'Id'>, change: Partial<TargetInvocation> = {}) {
  return world.gateway.targetInvoker.invoke({
    deliveryId: 'd1',
    eventId: 'e1',
    event: EVENT,
    ruleArn: RULE,
    region: 'us-east-1',
    target: { Id: 't', ...target },
    payload: '{"id":"e1"}',
    simulated: true,
    attempt: 1,
    expiresAtMs: Infinity,
    ...change,
  });
}

test('a state machine is started once per delivery, and knows the event it comes from', async (t) => {
  const world = openWorld(t);
  const RoleArn = await createRole(
    world,
    'Events',
    'events.amazonaws.com',
    ['states:StartExecution'],
    MACHINE,
  );
  const resultArn = 'arn:aws:states:us-east-1:000000000000:execution:Respond:e0';
  assert.deepEqual(await invoke(world, { Arn: MACHINE, RoleArn }), { kind: 'delivered', resultArn });
  assert.deepEqual(await invoke(world, { Arn: MACHINE, RoleArn }, { attempt: 2 }), {
    kind: 'delivered',
    resultArn,
  });
  assert.deepEqual(world.starts, [
    {
      stateMachineArn: MACHINE,
      input: '{"id":"e1"}',
      origin: { simulated: true, eventId: 'e1', ruleArn: RULE, deliveryId: 'd1' },
      requestKey: 'd1',
    },
  ]);
  const record = (await world.records()).at(-1);
  assert.match(record?.userIdentity.arn ?? '', /assumed-role\/Events\/events-d1$/);
});

test('a target without a role takes that of its rule', async (t) => {
  const world = openWorld(t);
  const RoleArn = await createRole(world, 'Events', 'events.amazonaws.com', ['states:StartExecution']);
  const rule = { Name: 'exposed', Arn: RULE, EventBusName: 'default', State: 'ENABLED' as const };
  world.rules.set('exposed', rule);
  assert.deepEqual(await invoke(world, { Arn: MACHINE }), {
    kind: 'failed',
    errorCode: 'FAILED_TO_ASSUME_ROLE',
    errorMessage: `The target t of ${RULE} has no RoleArn.`,
    retryable: false,
  });
  world.rules.set('exposed', { ...rule, RoleArn });
  assert.equal((await invoke(world, { Arn: MACHINE })).kind, 'delivered');
});

test('what stands in the way of a target is told by its dead-letter code', async (t) => {
  const world = openWorld(t);
  const untrusted = await createRole(world, 'Untrusted', 'lambda.amazonaws.com', ['states:*']);
  const powerless = await createRole(world, 'Powerless', 'events.amazonaws.com', []);
  const able = await createRole(world, 'Able', 'events.amazonaws.com', ['states:*']);
  const cases: [string, string, string][] = [
    [MACHINE, untrusted, 'FAILED_TO_ASSUME_ROLE'],
    [MACHINE, 'arn:aws:iam::000000000000:role/Absent', 'FAILED_TO_ASSUME_ROLE'],
    [MACHINE, powerless, 'NO_PERMISSIONS'],
    [`${MACHINE}Gone`, able, 'NO_RESOURCE'],
    ['arn:aws:lambda:us-east-1:000000000000:function:gone', able, 'NO_RESOURCE'],
    ['arn:aws:sns:us-east-1:000000000000:gone', able, 'NO_RESOURCE'],
    ['arn:aws:events:us-east-1:000000000000:event-bus/b', able, 'NO_PERMISSIONS'],
    ['arn:aws:sqs:us-east-1:000000000000:gone', able, 'NO_RESOURCE'],
    ['arn:aws:kinesis:us-east-1:000000000000:stream/s', able, 'INVALID_PARAMETER'],
  ];
  for (const [Arn, RoleArn, errorCode] of cases) {
    const outcome = await invoke(world, { Arn, RoleArn });
    assert.ok(outcome.kind === 'failed', Arn);
    assert.deepEqual([outcome.errorCode, outcome.retryable], [errorCode, false]);
  }
});

test('a function is reached when its policy lets EventBridge in, under the id of the delivery', async (t) => {
  const world = openWorld(t);
  const seen: string[] = [];
  const Arn = await createFunction(world, 'f', ({ payload, requestId, simulated }) => {
    seen.push(`${requestId} ${payload} ${simulated}`);
    return answerOf(null);
  });
  const refused = await invoke(world, { Arn });
  assert.ok(refused.kind === 'failed');
  assert.deepEqual([refused.errorCode, refused.retryable], ['NO_PERMISSIONS', false]);
  const permission = {
    FunctionName: 'f',
    StatementId: 's',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
  };
  await world.call('lambda', 'AddPermission', { ...permission, SourceArn: `${RULE}-other` });
  assert.equal((await invoke(world, { Arn })).kind, 'failed');
  await world.call('lambda', 'RemovePermission', { FunctionName: 'f', StatementId: 's' });
  await world.call('lambda', 'AddPermission', { ...permission, SourceArn: RULE });
  assert.deepEqual(await invoke(world, { Arn }), { kind: 'delivered' });
  assert.deepEqual(seen, ['d1 {"id":"e1"} true']);
});

test('a function that the server could not run stays accepted, and is tried again from there', async (t) => {
  const world = openWorld(t);
  const Arn = await createFunction(world, 'f', () => {
    throw new Error('no process could be started');
  });
  const permission = { Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' };
  await world.call('lambda', 'AddPermission', { FunctionName: 'f', StatementId: 's', ...permission });
  assert.deepEqual(await invoke(world, { Arn }), { kind: 'delivered' });
  assert.match(
    world.reported.join('\n'),
    /^Invocation d1 of f could not start: no process could be started$/,
  );
  const kept = await world.inAccount((transaction) => transaction.list('lambda:async-request').length);
  assert.equal(kept, 1);
});

test('a topic is published to when its policy lets EventBridge in', async (t) => {
  const world = openWorld(t);
  const Arn = String((await world.call('sns', 'CreateTopic', { Name: 'security' }))['TopicArn']);
  await world.call('sns', 'Subscribe', {
    TopicArn: Arn,
    Protocol: 'email',
    Endpoint: 'security@example.com',
  });
  const refused = await invoke(world, { Arn });
  assert.ok(refused.kind === 'failed');
  assert.equal(refused.errorCode, 'NO_PERMISSIONS');
  await world.call('sns', 'SetTopicAttributes', {
    TopicArn: Arn,
    AttributeName: 'Policy',
    AttributeValue: policy({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: Arn,
    }),
  });
  assert.deepEqual(await invoke(world, { Arn }), { kind: 'delivered' });
  const [mail] = await world.store.listNotifications({ limit: 10 });
  assert.deepEqual([mail?.message, mail?.simulated], ['{"id":"e1"}', true]);
});
