import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { ACCOUNT, createRole, REGION } from '../support/world.ts';
import { openDeliveries, type Deliveries } from '../support/deliveries.ts';

const MINUTE_MS = 60_000;
const queueArn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;

interface ReceivedMessage {
  Body: string;
  MessageAttributes?: Record<string, { StringValue: string }>;
}

interface Scheduled extends Deliveries {
  /** Invoked once, a minute from now. */
  schedule(Name: string, Target: object): Promise<void>;
  received(queue: string): Promise<ReceivedMessage[]>;
}

/** Queues `Work` and `Dead`, and schedules whose role may send to both. */
async function open(t: TestContext, { resource = '*' } = {}): Promise<Scheduled> {
  const world = await openDeliveries(t);
  for (const QueueName of ['Work', 'Dead']) await world.call('sqs', 'CreateQueue', { QueueName });
  const RoleArn = await createRole(world, 'Sender', 'scheduler.amazonaws.com', ['sqs:SendMessage'], resource);
  return Object.assign(world, {
    async schedule(Name: string, Target: object) {
      const at = new Date(world.clock.now() + MINUTE_MS).toISOString().slice(0, 19);
      await world.call('scheduler', 'CreateSchedule', {
        Name,
        ScheduleExpression: `at(${at})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { RoleArn, ...Target },
      });
    },
    async received(queue: string) {
      const input = {
        QueueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${queue}`,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      };
      return ((await world.call('sqs', 'ReceiveMessage', input))['Messages'] ?? []) as ReceivedMessage[];
    },
  });
}

const attributesOf = ({ MessageAttributes = {} }: ReceivedMessage) =>
  Object.fromEntries(Object.entries(MessageAttributes).map(([name, value]) => [name, value.StringValue]));

test('a queue gets the input of its schedule once, also when the server dies before that is written down', async (t) => {
  const world = await open(t, { resource: queueArn('Work') });
  await world.schedule('s', { Arn: queueArn('Work'), Input: 'at <aws.scheduler.scheduled-time>, any text' });
  world.dieAfterTargets();
  await world.pass(MINUTE_MS);
  await world.rise();
  await world.pass(MINUTE_MS);
  assert.deepEqual(
    (await world.received('Work')).map(({ Body }) => Body),
    ['at 2026-11-23T06:01:00Z, any text'],
  );
});

test('a queue that is not there makes a dead letter at once, with the request and what the service said', async (t) => {
  const world = await open(t);
  const DeadLetterConfig = { Arn: queueArn('Dead') };
  await world.schedule('s', { Arn: queueArn('Gone'), Input: '{"n":1}', DeadLetterConfig });
  await world.pass(MINUTE_MS);
  const [letter, ...others] = await world.received('Dead');
  assert.deepEqual(others, []);
  assert.ok(letter);
  assert.equal(
    letter.Body,
    JSON.stringify({
      MessageBody: '{"n":1}',
      QueueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/Gone`,
    }),
  );
  const { EXECUTION_ID, ...attributes } = attributesOf(letter);
  assert.match(EXECUTION_ID ?? '', /./);
  assert.deepEqual(attributes, {
    SCHEDULE_ARN: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/s`,
    SCHEDULED_TIME: '2026-11-23T06:01:00Z',
    TARGET_ARN: queueArn('Gone'),
    ERROR_CODE: 'AWS.SimpleQueueService.NonExistentQueue',
    ERROR_MESSAGE: 'The specified queue does not exist.',
    RETRY_ATTEMPTS: '0',
    IS_PAYLOAD_TRUNCATED: 'false',
  });
});

test('the dead letter of a universal target carries its input; of a function, the call', async (t) => {
  const world = await open(t);
  const DeadLetterConfig = { Arn: queueArn('Dead') };
  const Input = '{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/000000000000/Gone","MessageBody":"m"}';
  await world.schedule('any', {
    Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
    Input,
    DeadLetterConfig,
  });
  const FunctionName = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:gone`;
  await world.schedule('function', { Arn: FunctionName, Input: '{"n":1}', DeadLetterConfig });
  await world.pass(MINUTE_MS);
  const bodies = (await world.received('Dead')).map(({ Body }) => Body).toSorted();
  assert.deepEqual(bodies, [
    JSON.stringify({ FunctionName, InvocationType: 'Event', Payload: '{"n":1}' }),
    Input,
  ]);
});

test('a role that may not send to the target’s queue may still send the dead letter', async (t) => {
  const world = await open(t, { resource: queueArn('Dead') });
  await world.schedule('s', { Arn: queueArn('Work'), DeadLetterConfig: { Arn: queueArn('Dead') } });
  await world.pass(MINUTE_MS);
  const [letter] = await world.received('Dead');
  assert.ok(letter);
  assert.equal(attributesOf(letter)['ERROR_CODE'], 'AccessDeniedException');
  assert.deepEqual(await world.received('Work'), []);
});

test('a dead letter is sent with the role of the target: what the role may not is told and reported', async (t) => {
  const world = await open(t, { resource: queueArn('Work') });
  await world.schedule('s', { Arn: queueArn('Gone'), DeadLetterConfig: { Arn: queueArn('Dead') } });
  await world.pass(MINUTE_MS);
  assert.deepEqual(await world.received('Dead'), []);
  assert.equal(world.reports.length, 1);
  assert.match(world.reports[0] ?? '', /dead letter not sent to .*:Dead: NO_PERMISSIONS/);
});

test('a dead letter that was sent before the server died is not sent again', async (t) => {
  const world = await open(t);
  await world.schedule('s', { Arn: queueArn('Gone'), DeadLetterConfig: { Arn: queueArn('Dead') } });
  await world.pass(MINUTE_MS - 1);
  world.dieAfterTargets();
  await world.pass(1);
  await world.rise();
  world.dieAfterTargets();
  await world.pass(MINUTE_MS);
  await world.rise();
  await world.pass(MINUTE_MS);
  assert.equal((await world.received('Dead')).length, 1);
});
