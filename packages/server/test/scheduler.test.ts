import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import type { ExecutionSummary } from '@riposte/server';
import { until } from './support/until.ts';
import { ACCOUNT, World } from './support/world.ts';

let world: World;
let machine: string;
let role: string;

before(async () => {
  world = await World.open();
  const steps = await world.createRole('steps', 'states');
  machine = await world.createMachine('echo', steps, { Echo: { Type: 'Succeed' } });
  role = await world.createRole('scheduler', 'scheduler', 'states:StartExecution', 'sns:CreateTopic');
});
after(() => world.close());

const create = (Name: string, target: object, change: object = {}) =>
  world.aws().call('scheduler', 'CreateSchedule', {
    Name,
    ScheduleExpression: 'rate(1 hour)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { RoleArn: role, ...target },
    ...change,
  });

test('the SDK’s client creates a schedule that starts a machine, reads it back and deletes it', async () => {
  const { ScheduleArn } = await create('hourly', {
    Arn: machine,
    Input: '{"schedule":"<aws.scheduler.schedule-arn>"}',
  });
  const people = await world.people();
  const started = await until('An execution of the schedule', async () => {
    const { executions } = await people.get<{ executions: ExecutionSummary[] }>('/api/executions', {});
    return executions[0];
  });
  const execution = await world.ended(started.executionArn);
  assert.deepEqual(JSON.parse(execution.input), { schedule: ScheduleArn });

  const shown = await world.aws().call('scheduler', 'GetSchedule', { Name: 'hourly' });
  assert.equal(shown['Arn'], ScheduleArn);
  assert.ok(shown['CreationDate'] instanceof Date);
  assert.deepEqual(shown['FlexibleTimeWindow'], { Mode: 'OFF' });
  await world.aws().call('scheduler', 'DeleteSchedule', { Name: 'hourly' });
  await assert.rejects(world.aws().call('scheduler', 'GetSchedule', { Name: 'hourly' }), {
    name: 'ResourceNotFoundException',
    message: 'Schedule hourly does not exist.',
  });
});

test('a universal target calls any API, with the role of the schedule', async () => {
  await create('topic', {
    Arn: 'arn:aws:scheduler:::aws-sdk:sns:createTopic',
    Input: '{"Name":"made-by-schedule"}',
  });
  await until('The topic', async () => {
    const { Topics } = await world.aws().call('sns', 'ListTopics', {});
    return (Topics as { TopicArn: string }[]).some(({ TopicArn }) => TopicArn.endsWith(':made-by-schedule'));
  });
});

test('groups, their tags and their list', async () => {
  const aws = world.aws();
  const { ScheduleGroupArn } = await aws.call('scheduler', 'CreateScheduleGroup', {
    Name: 'ops',
    Tags: [{ Key: 'team', Value: 'a' }],
  });
  assert.equal(ScheduleGroupArn, `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule-group/ops`);
  await create('daily', { Arn: machine }, { GroupName: 'ops', State: 'DISABLED' });
  const { Schedules } = await aws.call('scheduler', 'ListSchedules', { GroupName: 'ops' });
  assert.equal((Schedules as { State: string }[])[0]?.State, 'DISABLED');
  const { ScheduleGroups } = await aws.call('scheduler', 'ListScheduleGroups', {});
  assert.deepEqual(
    (ScheduleGroups as { Name: string }[]).map(({ Name }) => Name),
    ['default', 'ops'],
  );
  const tags = await aws.call('scheduler', 'ListTagsForResource', { ResourceArn: ScheduleGroupArn });
  assert.deepEqual(tags['Tags'], [{ Key: 'team', Value: 'a' }]);
  await aws.call('scheduler', 'DeleteScheduleGroup', { Name: 'ops' });
});

test('riposte schedules lists what runs by the clock, and the next ten times of one', async () => {
  const aws = world.aws();
  await aws.call('events', 'PutRule', { Name: 'mornings', ScheduleExpression: 'cron(0 9 ? * MON *)' });
  await create(
    'berlin',
    { Arn: machine },
    {
      ScheduleExpression: 'cron(30 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
    },
  );
  const list = await world.riposte('schedules');
  assert.match(
    list.out,
    /^mornings +rule +enabled +cron\(0 9 \? \* MON \*\) +\d{4}-\d\d-\d\dT09:00:00\.000Z$/m,
  );
  assert.match(list.out, /^default\/berlin +schedule +enabled +cron\(30 2 \* \* \? \*\) Europe\/Berlin +\d/m);
  const one = await world.riposte('schedules', 'berlin');
  assert.equal(one.out.match(/^ {2}\d{4}-.* 02:30 \S+$/gm)?.length, 10);
  const unknown = await world.riposte('schedules', 'other');
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /Nothing that runs by the clock is named other\. There are: mornings, /);
});

test('a schedule for a local time that clocks are put forward over is said never to run, at its creation too', async () => {
  const berlin = { ScheduleExpressionTimezone: 'Europe/Berlin' };
  await create('gap', { Arn: machine }, { ...berlin, ScheduleExpression: 'at(2100-03-28T02:30:00)' });
  await create('past', { Arn: machine }, { ...berlin, ScheduleExpression: 'at(2020-01-01T02:30:00)' });
  const never = / never runs.*local time.*does not exist in Europe\/Berlin/;
  assert.equal(world.reports.filter((line) => never.test(line)).length, 1);
  assert.match((await world.riposte('schedules', 'gap')).out, never);
  const past = /^ {2}It does not run again: it is enabled, but no time is left to it\.$/m;
  assert.match((await world.riposte('schedules', 'past')).out, past);
  assert.match((await world.riposte('schedules')).out, /default\/past .*no time is left/);
  await create('off', { Arn: machine }, { State: 'DISABLED' });
  assert.match((await world.riposte('schedules', 'off')).out, /It does not run while it is disabled\./);
});

test('what a schedule starts that a rehearsal made says SIMULATED, and so does riposte schedules', async () => {
  const aws = world.aws();
  const steps = await world.createRole('makes', 'states', 'scheduler:CreateSchedule', 'iam:PassRole');
  const remind = await world.createMachine('remind', steps, {
    Remind: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:scheduler:createSchedule',
      Parameters: {
        Name: 'reminder',
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: machine, RoleArn: role, Input: '{"reminder":true}' },
      },
      End: true,
    },
  });
  const starts = await world.createRole('starts', 'events', 'states:StartExecution');
  await aws.call('events', 'PutRule', { Name: 'remind', EventPattern: '{"source":["shop"]}' });
  const Targets = [{ Id: 'machine', Arn: remind, RoleArn: starts }];
  await aws.call('events', 'PutTargets', { Rule: 'remind', Targets });
  await world.simulate({ event: { source: 'shop', 'detail-type': 'order', detail: {} } });
  const people = await world.people();
  const { executionArn } = await until('An execution of the schedule', async () => {
    const { executions } = await people.get<{ executions: ExecutionSummary[] }>('/api/executions', {});
    return executions.find((one) => one.stateMachineArn === machine && one.simulated);
  });
  assert.deepEqual(JSON.parse((await world.ended(executionArn)).input), { reminder: true });
  assert.match((await world.riposte('schedules')).out, /^default\/reminder .*Z {2}SIMULATED$/m);
  assert.match((await world.riposte('schedules', 'reminder')).out, /^default\/reminder .* {2}SIMULATED$/m);
});

test('a schedule of which nothing can be read is shown as such, and reported', async () => {
  await create('broken', { Arn: machine });
  await world.stop();
  const database = new DatabaseSync(join(world.folder, 'data', 'riposte.sqlite'));
  database.exec("UPDATE schedules SET document = '{', fire_ms = 0 WHERE name = 'broken'");
  database.close();
  await world.start();
  assert.match((await world.riposte('schedules')).out, /^default\/broken +schedule +– +– +cannot be read$/m);
  const { out } = await world.riposte('schedules', 'broken');
  assert.match(out, /^default\/broken {2}– {2}–$/m);
  assert.match(
    out,
    /^ {2}It does not run until it is changed: what is stored of it cannot be read \(it is no JSON\)\.$/m,
  );
  await until('The report', async () =>
    world.reports.some((line) =>
      /default\/broken: does not run .* What is stored of it cannot be read: it is no JSON/.test(line),
    ),
  );
});
