import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Caller } from '@riposte/account';
import { openDeliveries, type Deliveries } from '../support/deliveries.ts';
import { openRealWorld } from '../support/real-rooms.ts';
import { ACCOUNT, createRole, REGION, step, taskRequest, type Output } from '../support/world.ts';

const HOUR_MS = 3_600_000;
const WORK = `arn:aws:sqs:${REGION}:${ACCOUNT}:Work`;
const DEAD = `arn:aws:sqs:${REGION}:${ACCOUNT}:Dead`;
const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;

interface Marks extends Deliveries {
  scheduler: string;
  /** A step of a simulated execution makes a call. */
  rehearse(action: string, parameters: object): Promise<Output>;
  /** Takes all messages out of a queue, and tells of each whether it is marked. */
  marked(queue: string): Promise<boolean[]>;
}

async function open(t: TestContext): Promise<Marks> {
  const world = await openDeliveries(t);
  for (const QueueName of ['Work', 'Dead']) await world.call('sqs', 'CreateQueue', { QueueName });
  await createRole(world, 'Execution', 'states.amazonaws.com', ['scheduler:*', 'events:*', 'iam:PassRole']);
  const actions = ['sqs:SendMessage', 'scheduler:*', 'iam:PassRole'];
  const scheduler = await createRole(world, 'Scheduler', 'scheduler.amazonaws.com', actions);
  return Object.assign(world, {
    scheduler,
    async rehearse(action: string, parameters: object) {
      const request = taskRequest({
        resource: `arn:aws:states:::aws-sdk:${action}`,
        parameters: JSON.stringify(parameters),
        step: { ...step, taskId: JSON.stringify([action, parameters, world.clock.now()]) },
      });
      const outcome = await world.gateway.taskRunner.run(request, new AbortController().signal);
      assert.ok(outcome.kind === 'succeeded', JSON.stringify(outcome));
      return JSON.parse(outcome.output) as Output;
    },
    async marked(queue: string) {
      const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${queue}`;
      const asked = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
      const { Messages = [] } = await world.call('sqs', 'ReceiveMessage', asked);
      await world.call('sqs', 'PurgeQueue', { QueueUrl });
      return (Messages as { MessageAttributes?: object }[]).map(
        ({ MessageAttributes = {} }) => 'Riposte-Simulated' in MessageAttributes,
      );
    },
  });
}

const schedule = (RoleArn: string, target: object) => ({
  Name: 'hourly',
  ScheduleExpression: 'cron(30 * * * ? *)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { RoleArn, Arn: WORK, ...target },
});

test('what a schedule sends that a rehearsal made is marked; one that another replaced sends real messages', async (t) => {
  const world = await open(t);
  await world.rehearse('scheduler:createSchedule', schedule(world.scheduler, { Input: 'm' }));
  await world.pass(HOUR_MS);
  assert.deepEqual(await world.marked('Work'), [true]);
  await world.call('scheduler', 'UpdateSchedule', schedule(world.scheduler, { Input: 'm' }));
  await world.pass(HOUR_MS);
  assert.deepEqual(await world.marked('Work'), [false]);
});

test('the dead letter of such a schedule is marked, and so is a real schedule that it replaces', async (t) => {
  const world = await open(t);
  await world.call('scheduler', 'CreateSchedule', schedule(world.scheduler, {}));
  const gone = { Arn: `${WORK}Gone`, DeadLetterConfig: { Arn: DEAD } };
  await world.rehearse('scheduler:updateSchedule', schedule(world.scheduler, gone));
  await world.pass(HOUR_MS);
  assert.deepEqual([await world.marked('Work'), await world.marked('Dead')], [[], [true]]);
  const dead = ['schedule-rehearsed', 'delivery-dead'];
  assert.deepEqual(
    world.reports.map((report) => (JSON.parse(report) as { kind: string }).kind),
    dead,
  );
});

test('a schedule that such a schedule makes is marked too', async (t) => {
  const world = await open(t);
  const Input = JSON.stringify({ ...schedule(world.scheduler, { Input: 'm' }), Name: 'second' });
  const Arn = 'arn:aws:scheduler:::aws-sdk:scheduler:createSchedule';
  const first = {
    ...schedule(world.scheduler, { Arn, Input }),
    ScheduleExpression: 'at(2026-11-23T06:10:00)',
  };
  await world.rehearse('scheduler:createSchedule', first);
  await world.pass(HOUR_MS);
  assert.deepEqual(await world.marked('Work'), [true]);
});

test('what a scheduled rule does that a rehearsal put is marked, and what a replay brings that it started', async (t) => {
  const world = await open(t);
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: WORK,
      },
    ],
  };
  await world.call('sqs', 'SetQueueAttributes', {
    QueueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/Work`,
    Attributes: { Policy: JSON.stringify(policy) },
  });
  await world.rehearse('eventbridge:putRule', { Name: 'r', ScheduleExpression: 'cron(30 * * * ? *)' });
  await world.rehearse('eventbridge:putTargets', { Rule: 'r', Targets: [{ Id: 't', Arn: WORK }] });
  await world.pass(HOUR_MS);
  assert.deepEqual(await world.marked('Work'), [true]);
  await world.call('events', 'DisableRule', { Name: 'r' });

  await world.call('events', 'CreateArchive', { ArchiveName: 'all', EventSourceArn: BUS });
  await world.put();
  await world.rule('real', { Arn: WORK });
  await world.rehearse('eventbridge:startReplay', {
    ReplayName: 'again',
    EventSourceArn: BUS.replace('event-bus/default', 'archive/all'),
    EventStartTime: '2026-11-23T00:00:00Z',
    EventEndTime: '2026-11-24T00:00:00Z',
    Destination: { Arn: BUS },
  });
  await world.pass(60_000);
  assert.deepEqual(await world.marked('Work'), [true]);
});

test('what a state does that a function of a rehearsal tests is marked', async (t) => {
  const world = await openRealWorld(t);
  const roleArn = await createRole(world, 'Tester', 'states.amazonaws.com', ['iam:CreateUser']);
  await createRole(world, 'Works', 'lambda.amazonaws.com', ['states:TestState', 'iam:PassRole']);
  const { Role } = await world.call('iam', 'GetRole', { RoleName: 'Works' });
  const { RoleId: roleId } = Role as { RoleId: string };
  const caller: Caller = {
    kind: 'role-session',
    account: ACCOUNT,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Works/f`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/Works`,
    roleName: 'Works',
    roleId,
    sessionName: 'f',
    accessKeyId: 'ASIAWORKS',
    issuedAtMs: 0,
    simulated: true, // a rule's event invoked it: there is no step
  };
  const definition = JSON.stringify({
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:iam:createUser',
    Parameters: { UserName: 'carol' },
    End: true,
  });
  const report = await world.call('states', 'TestState', { definition, roleArn }, caller);
  assert.equal(report['status'], 'SUCCEEDED', JSON.stringify(report));
  const made = (await world.records()).find(({ operation }) => operation === 'CreateUser');
  assert.equal(made?.simulated, true);
});
