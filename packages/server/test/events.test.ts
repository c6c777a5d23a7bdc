import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { StoredEvent } from '@riposte/events';
import type { MailSummary } from '@riposte/server';
import { until } from './support/until.ts';
import { ACCOUNT, World } from './support/world.ts';

const BUS = 'orders';
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:answers`;

let world: World;
let roleArn: string;
let eventsRole: string;
let machine: string;

before(async () => {
  world = await World.open();
  const { code, err } = await world.riposte('up', join(import.meta.dirname, 'templates', 'functions'));
  assert.equal(code, 0, err);
  roleArn = await world.createRole('steps', 'states', 'events:PutEvents');
  eventsRole = await world.createRole('rules', 'events', 'states:StartExecution');
  machine = await world.createMachine('echo', roleArn, { Echo: { Type: 'Succeed' } });
  await world.aws().call('events', 'CreateEventBus', { Name: BUS });
});
after(() => world.close());

/** @returns the ARN of a rule on the custom bus for events with this detail-type */
async function rule(Name: string, target: object): Promise<string> {
  const aws = world.aws();
  const { RuleArn } = await aws.call('events', 'PutRule', {
    Name,
    EventBusName: BUS,
    EventPattern: JSON.stringify({ source: ['shop'], 'detail-type': [Name] }),
  });
  const put = await aws.call('events', 'PutTargets', { Rule: Name, EventBusName: BUS, Targets: [target] });
  assert.equal(put['FailedEntryCount'], 0);
  return String(RuleArn);
}

async function put(DetailType: string, detail: object = {}): Promise<string> {
  const { Entries } = await world.aws().call('events', 'PutEvents', {
    Entries: [{ Source: 'shop', DetailType, Detail: JSON.stringify(detail), EventBusName: BUS }],
  });
  return String((Entries as { EventId: string }[])[0]?.EventId);
}

/** The event when its one delivery has the status that is awaited. */
async function settled(eventId: string, status: 'delivered' | 'dead'): Promise<StoredEvent> {
  const people = await world.people();
  return until(`The delivery of ${eventId}`, async () => {
    const event = await people.get<StoredEvent>(`/api/events/${eventId}`);
    return event.deliveries[0]?.status === status && event;
  });
}

test('a rule of a custom bus starts a machine with the event, and event and execution name each other', async () => {
  await rule('to-machine', { Id: 'machine', Arn: machine, RoleArn: eventsRole });
  const eventId = await put('to-machine', { order: 7 });
  const { claim } = await world.endedStory(eventId);
  const input = JSON.parse(claim.input ?? '') as { id: string; detail: object };
  assert.deepEqual([input.id, input.detail], [eventId, { order: 7 }]);
  assert.equal(claim.origin.simulated, false);
  const { deliveries } = await settled(eventId, 'delivered');
  assert.equal(deliveries[0]?.resultArn, claim.executionArn);
});

test('a rule invokes a function once the function’s own policy lets it', async () => {
  const SourceArn = await rule('to-function', {
    Id: 'function',
    Arn: FUNCTION,
    RetryPolicy: { MaximumRetryAttempts: 0 },
  });
  const refused = await settled(await put('to-function'), 'dead');
  assert.match(refused.deliveries[0]?.lastError ?? '', /NO_PERMISSIONS/);
  await world.aws().call('lambda', 'AddPermission', {
    FunctionName: 'answers',
    StatementId: 'rule',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn,
  });
  await settled(await put('to-function'), 'delivered');
});

test('a rule publishes to a topic once the topic’s policy lets it, and the mail goes out', async () => {
  const aws = world.aws();
  const { TopicArn } = await aws.call('sns', 'CreateTopic', { Name: 'orders' });
  await aws.call('sns', 'Subscribe', { TopicArn, Protocol: 'email', Endpoint: 'shop@example.com' });
  await rule('to-topic', {
    Id: 'topic',
    Arn: TopicArn,
    InputPath: '$.detail',
    RetryPolicy: { MaximumRetryAttempts: 0 },
  });
  const refused = await settled(await put('to-topic'), 'dead');
  assert.match(refused.deliveries[0]?.lastError ?? '', /NO_PERMISSIONS/);
  await aws.call('sns', 'SetTopicAttributes', {
    TopicArn,
    AttributeName: 'Policy',
    AttributeValue: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: TopicArn,
        },
      ],
    }),
  });
  await settled(await put('to-topic', { order: 8 }), 'delivered');
  const mail = await until('The mail', async () => {
    const mails = await world.json<MailSummary[]>('mail');
    return mails.find(({ endpoint, status }) => endpoint === 'shop@example.com' && status === 'delivered');
  });
  assert.deepEqual([JSON.parse(mail.message), mail.simulated], [{ order: 8 }, false]);
  const event = { source: 'shop', 'detail-type': 'to-topic', detail: { order: 9 } };
  await world.simulate({ event, eventBusName: BUS });
  const listed = await until('The mail of the rehearsal', async () => {
    const { out } = await world.riposte('mail');
    return out.includes('[SIMULATED]') && out;
  });
  assert.match(
    listed,
    /shop@example\.com +\[SIMULATED\] AWS Notification Message$/m,
    'a rule gives no subject',
  );
});

test('an event of a rule on one bus is none of another’s', async () => {
  await rule('one-bus', { Id: 'machine', Arn: machine, RoleArn: eventsRole });
  const { Entries } = await world.aws().call('events', 'PutEvents', {
    Entries: [{ Source: 'shop', DetailType: 'one-bus', Detail: '{}' }],
  });
  const eventId = (Entries as { EventId: string }[])[0]?.EventId ?? '';
  const stored = await (await world.people()).get<StoredEvent>(`/api/events/${eventId}`);
  assert.deepEqual([stored.eventBusName, stored.matchedRuleArns], ['default', []]);
});

test('nobody may put events of AWS’s own sources, the administrator neither', async () => {
  const { FailedEntryCount, Entries } = await world.aws().call('events', 'PutEvents', {
    Entries: [{ Source: 'aws.health', DetailType: 'AWS Health Event', Detail: '{}' }],
  });
  assert.equal(FailedEntryCount, 1);
  assert.equal((Entries as { ErrorCode: string }[])[0]?.ErrorCode, 'NotAuthorizedForSourceException');
});

test('a scheduled rule is listed with its target, and starts it when its time comes', async () => {
  const aws = world.aws();
  await aws.call('events', 'PutRule', { Name: 'every-minute', ScheduleExpression: 'rate(1 minute)' });
  const put = await aws.call('events', 'PutTargets', {
    Rule: 'every-minute',
    Targets: [{ Id: 'machine', Arn: machine, RoleArn: eventsRole, Input: '{"by":"schedule"}' }],
  });
  assert.equal(put['FailedEntryCount'], 0);
  const { Rules } = await aws.call('events', 'ListRules', { NamePrefix: 'every' });
  assert.equal((Rules as { ScheduleExpression: string }[])[0]?.ScheduleExpression, 'rate(1 minute)');
  const { Targets } = await aws.call('events', 'ListTargetsByRule', { Rule: 'every-minute' });
  assert.equal((Targets as { Arn: string }[])[0]?.Arn, machine);

  world.clock.advance(60_000);
  const started = await until('The scheduled execution', async () => {
    const { executions } = await aws.call('states', 'ListExecutions', { stateMachineArn: machine });
    for (const { executionArn } of executions as { executionArn: string }[]) {
      const described = await aws.call('states', 'DescribeExecution', { executionArn });
      if (described['input'] === '{"by":"schedule"}') return described;
    }
    return undefined;
  });
  assert.equal((await world.ended(String(started['executionArn']))).status, 'SUCCEEDED');
});

test('a schedule that cannot be read and a pattern that is wrong are refused in the words of AWS', async () => {
  const aws = world.aws();
  await assert.rejects(
    aws.call('events', 'PutRule', { Name: 'x', ScheduleExpression: 'rate(1 fortnight)' }),
    { name: 'ValidationException', message: /Parameter ScheduleExpression is not valid/ },
  );
  await assert.rejects(aws.call('events', 'PutRule', { Name: 'x', EventPattern: '{"source":"shop"}' }), {
    name: 'InvalidEventPatternException',
    message: /Event pattern is not valid/,
  });
});

test('an event that a step of a simulated execution puts is simulated, and so is all that it causes', async () => {
  const chain = await world.createMachine('chain', roleArn, {
    Put: {
      Type: 'Task',
      Resource: 'arn:aws:states:::events:putEvents',
      Parameters: {
        Entries: [{ Source: 'shop', DetailType: 'chained', Detail: {}, EventBusName: BUS }],
      },
      End: true,
    },
  });
  await rule('chained', { Id: 'machine', Arn: machine, RoleArn: eventsRole });
  await rule('begin-chain', { Id: 'machine', Arn: chain, RoleArn: eventsRole });
  const events: [string, boolean][] = [
    [await put('begin-chain'), false],
    [
      (
        await world.simulate({
          event: { source: 'shop', 'detail-type': 'begin-chain', detail: {} },
          eventBusName: BUS,
        })
      ).event.id,
      true,
    ],
  ];
  for (const [eventId, simulated] of events) {
    const first = (await world.endedStory(eventId)).claim;
    assert.deepEqual([first.status, first.cause], ['SUCCEEDED', undefined]);
    const { Entries } = JSON.parse(first.output ?? '') as { Entries: { EventId: string }[] };
    const second = (await world.endedStory(Entries[0]?.EventId ?? '')).claim;
    assert.deepEqual([first.origin.simulated, second.origin.simulated], [simulated, simulated]);
  }
});

test('the mail of a function that a rule invoked says SIMULATED exactly when the event was', async () => {
  const aws = world.aws();
  const { TopicArn: topicArn } = await aws.call('sns', 'CreateTopic', { Name: 'told' });
  await aws.call('sns', 'Subscribe', { TopicArn: topicArn, Protocol: 'email', Endpoint: 'team@example.com' });
  const Arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:publishes`;
  await aws.call('lambda', 'AddPermission', {
    FunctionName: 'publishes',
    StatementId: 'rules',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
  });
  await rule('tell', { Id: 'function', Arn });
  await put('tell', { topicArn, subject: 'real' });
  const event = { source: 'shop', 'detail-type': 'tell', detail: { topicArn, subject: 'rehearsed' } };
  await world.simulate({ event, eventBusName: BUS });
  const marks = await until('Both mails', async () => {
    const mails = await world.json<MailSummary[]>('mail');
    const told = mails.filter(({ topicArn: topic, status }) => topic === topicArn && status === 'delivered');
    return told.length === 2 && Object.fromEntries(told.map((mail) => [mail.subject, mail.simulated]));
  });
  assert.deepEqual(marks, { real: false, '[SIMULATED] rehearsed': true });
});

test('numbers keep their digits on every way: to a machine, a queue, another bus and a person’s screen', async () => {
  const aws = world.aws();
  const detail = '{"id":9007199254740993,"price":1.0,"far":1.0E10}';
  const Name = 'digits';
  const EventPattern = JSON.stringify({ 'detail-type': [Name] }).replace(
    '}',
    ',"detail":{"id":[9007199254740993]}}',
  );
  const { QueueUrl } = await aws.call('sqs', 'CreateQueue', { QueueName: Name });
  const role = await world.createRole(
    'digits',
    'events',
    'sqs:SendMessage',
    'events:PutEvents',
    'states:StartExecution',
  );
  const queue = { Id: 'queue', Arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:${Name}`, RoleArn: role };
  for (const [EventBusName, target] of [
    [BUS, { Id: 'bus', Arn: `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default`, RoleArn: role }],
    ['default', queue],
  ] as const) {
    await aws.call('events', 'PutRule', { Name, EventBusName, EventPattern });
    await aws.call('events', 'PutTargets', { Rule: Name, EventBusName, Targets: [target] });
  }
  await aws.call('events', 'PutTargets', {
    Rule: Name,
    EventBusName: BUS,
    Targets: [{ Id: 'machine', Arn: machine, RoleArn: role, InputPath: '$.detail' }],
  });
  const file = join(world.folder, 'digits.json');
  writeFileSync(file, `{"source":"shop","detail-type":"${Name}","detail":${detail}}`);
  const { out, err } = await world.riposte('send', file, '--bus', BUS);
  const eventId = /Event (\S+) is on/.exec(out)?.[1];
  assert.ok(eventId !== undefined, err);
  const { claim } = await world.endedStory(eventId);
  assert.equal(claim.input, detail);
  const body = await until('The message', async () => {
    const { Messages } = await aws.call('sqs', 'ReceiveMessage', { QueueUrl });
    return (Messages as { Body: string }[] | undefined)?.[0]?.Body;
  });
  assert.ok(body.endsWith(`"detail":${detail}}`), body);
  const shown = await world.riposte('events', 'show', eventId);
  assert.match(
    shown.out,
    /on the bus orders, us-east-1; .*\n {2}was forwarded to the bus default, us-east-1\n/,
  );
  assert.match(shown.out, /"id": 9007199254740993,\s+"price": 1\.0,\s+"far": 1\.0E10/);
  assert.match((await world.riposte('events', 'show', eventId, '--json')).out, /"price": 1\.0/);
});
