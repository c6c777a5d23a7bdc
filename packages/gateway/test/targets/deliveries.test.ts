import assert from 'node:assert/strict';
import test from 'node:test';
import type { TargetInvocation } from '@riposte/events';
import {
  ACCOUNT,
  answerOf,
  createFunction,
  createRole,
  policy,
  REGION,
  type Handler,
  type World,
} from '../support/world.ts';
import { openDeliveries } from '../support/deliveries.ts';

const HOUR_MS = 3_600_000;

async function bus(world: World, Name: string): Promise<string> {
  return String((await world.call('events', 'CreateEventBus', { Name }))['EventBusArn']);
}

async function openFunction(world: World, name: string, handler: Handler): Promise<string> {
  const arn = await createFunction(world, name, handler);
  const permission = { Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' };
  await world.call('lambda', 'AddPermission', { FunctionName: name, StatementId: 's', ...permission });
  return arn;
}

async function openTopic(world: World): Promise<string> {
  const TopicArn = String((await world.call('sns', 'CreateTopic', { Name: 'security' }))['TopicArn']);
  await world.call('sns', 'Subscribe', { TopicArn, Protocol: 'email', Endpoint: 'security@example.com' });
  const Principal = { Service: 'events.amazonaws.com' };
  await world.call('sns', 'SetTopicAttributes', {
    TopicArn,
    AttributeName: 'Policy',
    AttributeValue: policy({ Effect: 'Allow', Principal, Action: 'sns:Publish', Resource: TopicArn }),
  });
  return TopicArn;
}

test('a function that works longer than a delivery may take is started once', async (t) => {
  const world = await openDeliveries(t);
  const started: string[] = [];
  let finish = (): void => {};
  const Arn = await openFunction(world, 'slow', ({ requestId }) => {
    started.push(requestId);
    return new Promise((resolve) => {
      finish = () => resolve(answerOf('done'));
    });
  });
  await world.rule('slow', { Arn });
  const eventId = await world.put();
  await world.pass(HOUR_MS);
  const [delivery] = (await world.events.describeEvent(eventId))!.deliveries;
  assert.deepEqual([delivery?.status, delivery?.attempts], ['delivered', 1]);
  assert.deepEqual(started, [delivery?.deliveryId]);
  finish();
  await world.pass(HOUR_MS);
  assert.equal(started.length, 1);
});

test('a target that was reached before a crash is not reached again by the repeated attempt', async (t) => {
  const world = await openDeliveries(t);
  let runs = 0;
  const functionArn = await openFunction(world, 'f', () => {
    runs += 1;
    return answerOf(null);
  });
  await world.rule('function', { Arn: functionArn });
  await world.rule('topic', { Arn: await openTopic(world) });
  await world.rule('bus', { Arn: await bus(world, 'second') });

  world.dieAfterTargets();
  const eventId = await world.put();
  await world.pass(0);
  const before = (await world.events.describeEvent(eventId))!.deliveries;
  assert.deepEqual(
    before.map(({ status, attempts }) => [status, attempts]),
    Array.from({ length: 3 }, () => ['pending', 0]),
  );
  await world.rise();
  await world.pass(HOUR_MS);

  const after = (await world.events.describeEvent(eventId))!.deliveries;
  assert.deepEqual(
    after.map(({ status }) => status),
    ['delivered', 'delivered', 'delivered'],
  );
  assert.equal(runs, 1);
  assert.equal((await world.store.listNotifications({ limit: 10 })).length, 1);
  assert.equal((await world.events.searchEvents({}, { limit: 10 })).events.length, 2);
  const made = (await world.records()).filter(({ userAgent }) => userAgent === 'events.amazonaws.com');
  assert.deepEqual(made.map(({ operation }) => operation).toSorted(), ['Invoke', 'Publish', 'PutEvents']);
});

test('a delivery that was refused is made again, and not answered with the recorded refusal', async (t) => {
  const world = await openDeliveries(t);
  const Arn = await openTopic(world);
  const invocation: Omit<TargetInvocation, 'event'> = {
    deliveryId: 'd1',
    eventId: 'e1',
    ruleArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/r`,
    region: REGION,
    target: { Id: 't', Arn },
    payload: '',
    simulated: false,
    attempt: 1,
    expiresAtMs: Infinity,
  };
  const event = (await world.events.describeEvent(await world.put()))!.event;
  const invoke = (payload: string) => world.gateway.targetInvoker.invoke({ ...invocation, event, payload });
  assert.equal((await invoke('')).kind, 'failed');
  assert.equal((await invoke('text')).kind, 'delivered');
  assert.equal((await invoke('text')).kind, 'delivered');
  assert.equal((await world.store.listNotifications({ limit: 10 })).length, 1);
});

test('a bus hands an event to another as it is, and rules there send it on', async (t) => {
  const world = await openDeliveries(t);
  const seen: string[] = [];
  const Arn = await openFunction(world, 'f', ({ payload, simulated }) => {
    seen.push(payload);
    assert.equal(simulated, true);
    return answerOf(null);
  });
  await world.rule('forward', { Arn: await bus(world, 'security') });
  await world.rule('respond', { Arn }, 'security');
  const eventId = await world.put(true);
  await world.pass(0);

  const all = (await world.events.searchEvents({}, { limit: 10 })).events;
  assert.deepEqual(
    all.map(({ eventBusName, simulated }) => [eventBusName, simulated]),
    [
      ['security', true],
      ['default', true],
    ],
  );
  assert.deepEqual(all[0]?.event, all[1]?.event);
  assert.deepEqual(seen, [JSON.stringify(all[1]?.event)]);
  // asked for by its id, the event tells what became of it on both buses
  const told = await world.events.describeEvent(eventId);
  assert.equal(told?.eventBusName, 'default');
  assert.deepEqual(
    told.deliveries.map(({ ruleArn, status }) => [ruleArn.split(':rule/')[1], status]),
    [
      ['forward', 'delivered'],
      ['security/respond', 'delivered'],
    ],
  );
  const record = (await world.records()).find(({ operation }) => operation === 'PutEvents');
  assert.deepEqual([record?.userIdentity.invokedBy, record?.simulated], ['events.amazonaws.com', true]);
});

test('the role of a bus target decides whether the event is handed over', async (t) => {
  const world = await openDeliveries(t);
  const Arn = await bus(world, 'security');
  const able = await createRole(world, 'Able', 'events.amazonaws.com', ['events:PutEvents'], Arn);
  const other = await createRole(world, 'Other', 'events.amazonaws.com', ['events:PutEvents'], `${Arn}2`);
  await world.rule('able', { Arn, RoleArn: able });
  await world.rule('other', { Arn, RoleArn: other });
  const eventId = await world.put(true);
  await world.pass(0);
  const { deliveries } = (await world.events.describeEvent(eventId))!;
  assert.deepEqual(
    deliveries.map(({ ruleArn, status, lastError }) => [
      ruleArn.split('/')[1],
      status,
      lastError?.split(':')[0],
    ]),
    [
      ['able', 'delivered', undefined],
      ['other', 'dead', 'NO_PERMISSIONS'],
    ],
  );
  const record = (await world.records()).find(
    ({ operation, errorCode }) => operation === 'PutEvents' && !errorCode,
  );
  assert.match(record?.userIdentity.arn ?? '', /assumed-role\/Able\//);
  assert.equal(record?.simulated, true);
});

test('buses that forward to one another end after one hop, with a report', async (t) => {
  const world = await openDeliveries(t);
  const there = await bus(world, 'there');
  await world.rule('go', { Arn: there });
  await world.rule('return', { Arn: there.replace('there', 'default') }, 'there');
  const eventId = await world.put();
  await world.pass(HOUR_MS);
  assert.equal((await world.events.searchEvents({}, { limit: 10 })).events.length, 2);
  const { deliveries } = (await world.events.describeEvent(eventId))!;
  assert.deepEqual(
    deliveries.map(({ status }) => status),
    ['delivered', 'dead'],
  );
  assert.match(world.reports.join(), /delivery-dead.*is not forwarded twice/);
});

test('an event asked for by its id names the buses it went over, in order', async (t) => {
  const world = await openDeliveries(t);
  const first = await bus(world, 'first');
  const second = await bus(world, 'second');
  await world.rule('to-second', { Arn: second });
  const secondId = await world.put();
  await world.pass(0);
  await world.rule('to-first', { Arn: first });
  const bothId = await world.put();
  await world.pass(0);
  const forwardedTo = async (eventId: string) =>
    (await world.events.describeEvent(eventId))?.forwardedTo?.map(({ eventBusName }) => eventBusName);
  assert.deepEqual(await forwardedTo(secondId), ['second']);
  assert.deepEqual((await forwardedTo(bothId))?.toSorted(), ['first', 'second']);
});

test('a bus that is gone is told by its dead-letter code', async (t) => {
  const world = await openDeliveries(t);
  await world.rule('lost', { Arn: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/gone` });
  const eventId = await world.put();
  await world.pass(0);
  const [delivery] = (await world.events.describeEvent(eventId))!.deliveries;
  assert.equal(delivery?.status, 'dead');
  assert.match(delivery.lastError ?? '', /^NO_RESOURCE: Event bus .*gone does not exist\.$/);
});

const queueArn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

/** A queue that lets EventBridge send to it, if it is asked to. */
async function openQueue(world: World, QueueName: string, { lets = true } = {}): Promise<string> {
  const Policy = policy({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn(QueueName),
    Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:${REGION}:${ACCOUNT}:rule/*` } },
  });
  const input = { QueueName, ...(lets && { Attributes: { Policy } }) };
  return String((await world.call('sqs', 'CreateQueue', input))['QueueUrl']);
}

interface ReceivedMessage {
  Body: string;
  MessageAttributes?: Record<string, { StringValue: string }>;
}

async function receive(world: World, QueueUrl: string): Promise<ReceivedMessage[]> {
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  return ((await world.call('sqs', 'ReceiveMessage', input))['Messages'] ?? []) as ReceivedMessage[];
}

test('a queue gets the body of the event once, also when the server dies before that is written down', async (t) => {
  const world = await openDeliveries(t);
  const QueueUrl = await openQueue(world, 'Work');
  await world.rule('r', { Arn: queueArn('Work'), InputPath: '$.detail' });
  world.dieAfterTargets();
  await world.put();
  await world.pass(1_000);
  await world.rise();
  await world.pass(HOUR_MS);
  assert.deepEqual(
    (await receive(world, QueueUrl)).map(({ Body }) => Body),
    ['{"n":1}'],
  );
});

test('a queue that does not let EventBridge in, or is gone, makes a dead letter at once, once', async (t) => {
  const world = await openDeliveries(t);
  await openQueue(world, 'Closed', { lets: false });
  const dead = await openQueue(world, 'Dead');
  const DeadLetterConfig = { Arn: queueArn('Dead') };
  await world.rule('closed', { Arn: queueArn('Closed'), DeadLetterConfig });
  await world.rule('gone', { Arn: queueArn('Gone'), DeadLetterConfig });
  const eventId = await world.put();
  await world.pass(0);
  const letters = await receive(world, dead);
  const told = letters.map(({ MessageAttributes = {} }) =>
    Object.fromEntries(Object.entries(MessageAttributes).map(([name, value]) => [name, value.StringValue])),
  );
  assert.deepEqual(
    told.toSorted((a, b) => (String(a['RULE_ARN']) < String(b['RULE_ARN']) ? -1 : 1)),
    [
      {
        RULE_ARN: `arn:aws:events:${REGION}:${ACCOUNT}:rule/closed`,
        TARGET_ARN: queueArn('Closed'),
        ERROR_CODE: 'NO_PERMISSIONS',
        ERROR_MESSAGE: told.find(({ ERROR_CODE }) => ERROR_CODE === 'NO_PERMISSIONS')?.['ERROR_MESSAGE'],
        RETRY_ATTEMPTS: '0',
      },
      {
        RULE_ARN: `arn:aws:events:${REGION}:${ACCOUNT}:rule/gone`,
        TARGET_ARN: queueArn('Gone'),
        ERROR_CODE: 'NO_RESOURCE',
        ERROR_MESSAGE: 'The specified queue does not exist.',
        RETRY_ATTEMPTS: '0',
      },
    ],
  );
  for (const { Body } of letters) assert.equal((JSON.parse(Body) as { id: string }).id, eventId);
});

test('a dead letter that was sent before the server died is not sent again', async (t) => {
  const world = await openDeliveries(t);
  const dead = await openQueue(world, 'Dead');
  await world.rule('gone', { Arn: queueArn('Gone'), DeadLetterConfig: { Arn: queueArn('Dead') } });
  await world.put();
  world.dieAfterTargets();
  await world.pass(0);
  await world.rise();
  world.dieAfterTargets();
  await world.pass(HOUR_MS);
  await world.rise();
  await world.pass(HOUR_MS);
  assert.equal((await receive(world, dead)).length, 1);
});
