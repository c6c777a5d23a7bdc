import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ScheduleInput } from '@riposte/events';
import { seededIds } from '@riposte/testkit';
import { ACCOUNT, REGION, START_MS, World } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/scheduler`;

let world: World;

beforeEach(async () => {
  world = new World();
  await world.service.start();
});
afterEach(() => world.dispose());

function input(expression: string, change: Partial<ScheduleInput> = {}): ScheduleInput {
  return {
    Name: 'nightly',
    ScheduleExpression: expression,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '{"at":"<aws.scheduler.scheduled-time>"}' },
    ...change,
  };
}

const create = (expression: string, change: Partial<ScheduleInput> = {}) =>
  world.service.createSchedule(REGION, input(expression, change));
const payloads = () => world.invocations.map(({ payload }) => payload);
const names = async () => (await world.service.listSchedules(REGION, {})).Schedules.map(({ Name }) => Name);
const refused = (work: Promise<unknown>, code: string, message: string | RegExp) =>
  assert.rejects(work, { name: code, message });

describe('when a schedule invokes its target', () => {
  test('a rate at once, then every period; the target is called with the role of the schedule', async () => {
    await create('rate(1 hour)');
    await world.settle();
    assert.deepEqual(payloads(), ['{"at":"2026-01-31T12:00:00Z"}']);
    await world.pass(2 * HOUR_MS);
    assert.deepEqual(payloads().slice(1), ['{"at":"2026-01-31T13:00:00Z"}', '{"at":"2026-01-31T14:00:00Z"}']);
    const [first] = world.invocations;
    assert.equal(first?.target.RoleArn, ROLE);
    assert.equal(first?.ruleArn, `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/nightly`);
  });

  test('a rate at once, also when time passes while it is made', async () => {
    const now = world.clock.now.bind(world.clock);
    let ticks = 0;
    world.clock.now = () => now() + (ticks += 1);
    await create('rate(1 hour)');
    world.clock.now = now;
    await world.pass(1000);
    assert.equal(world.invocations.length, 1);
  });

  test('a rate that starts later, and ends', async () => {
    await create('rate(1 hour)', {
      StartDate: new Date(START_MS + HOUR_MS),
      EndDate: new Date(START_MS + 3 * HOUR_MS),
    });
    await world.pass(10 * HOUR_MS);
    assert.equal(world.invocations.length, 3);
  });

  test('a cron in the time zone of people', async () => {
    await create('cron(0 9 * * ? *)', { ScheduleExpressionTimezone: 'Europe/Berlin' });
    await world.pass(48 * HOUR_MS);
    assert.deepEqual(payloads(), ['{"at":"2026-02-01T08:00:00Z"}', '{"at":"2026-02-02T08:00:00Z"}']);
  });

  test('once; a schedule that is done stays, or goes when it is asked to', async () => {
    await create('at(2026-01-31T13:00:00)');
    await create('at(2026-01-31T14:00:00)', { Name: 'gone', ActionAfterCompletion: 'DELETE' });
    assert.deepEqual(await names(), ['gone', 'nightly']);
    await world.pass(24 * HOUR_MS);
    assert.equal(world.invocations.length, 2);
    assert.deepEqual(await names(), ['nightly']);
  });

  test('within a flexible window, and told of the time that was scheduled', async () => {
    world.uniform = 0.5;
    await create('at(2026-01-31T13:00:00)', {
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 30 },
    });
    await world.pass(HOUR_MS + 15 * MINUTE_MS - 1);
    assert.deepEqual(payloads(), []);
    await world.pass(1);
    assert.deepEqual(payloads(), ['{"at":"2026-01-31T13:00:00Z"}']);
  });

  test('every time once, in its own window, also where that is longer than the time between them', async () => {
    const chance = seededIds(7);
    world.ids.uniform = () => chance.uniform();
    await create('rate(5 minutes)', {
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      EndDate: new Date(START_MS + 2 * HOUR_MS - 1),
    });
    const came: [scheduled: string, lateMs: number][] = [];
    world.answer = ({ payload }) => {
      const { at } = JSON.parse(payload) as { at: string };
      came.push([at.slice(11, 16), world.clock.now() - Date.parse(at)]);
      return { kind: 'delivered' };
    };
    await world.pass(3 * HOUR_MS);
    const wanted = Array.from({ length: 24 }, (_, index) =>
      new Date(START_MS + index * 5 * MINUTE_MS).toISOString().slice(11, 16),
    );
    assert.deepEqual(
      came.map(([scheduled]) => scheduled),
      wanted,
    );
    assert.ok(came.every(([, lateMs]) => lateMs >= 0 && lateMs <= 15 * MINUTE_MS));
    assert.deepEqual(world.reports, []);
  });

  test('never while it is disabled, nor for a time that is past', async () => {
    await create('rate(1 minute)', { State: 'DISABLED' });
    await create('at(2026-01-31T11:00:00)', { Name: 'past' });
    await world.pass(HOUR_MS);
    assert.deepEqual(payloads(), []);
  });

  test('each attempt is told its number, the execution stays the same', async () => {
    world.answer = () => ({ kind: 'failed', errorCode: 'THROTTLING', errorMessage: 'busy', retryable: true });
    await create('at(2026-01-31T12:01:00)', {
      Target: {
        Arn: FUNCTION,
        RoleArn: ROLE,
        Input: '<aws.scheduler.execution-id> <aws.scheduler.attempt-number>',
        RetryPolicy: { MaximumRetryAttempts: 1 },
      },
    });
    await world.pass(HOUR_MS);
    const [one = '', two = ''] = payloads().map((payload) => payload.split(' ')[0]);
    assert.deepEqual(payloads(), [`${one} 1`, `${two} 2`]);
    assert.equal(one, two);
  });

  test('a dead letter tells of the schedule and the time, and what of the retry policy ran out', async () => {
    world.answer = () => ({ kind: 'failed', errorCode: 'Busy', errorMessage: 'busy', retryable: true });
    const queueArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:Dead`;
    const Target = {
      Arn: FUNCTION,
      RoleArn: ROLE,
      Input: '<aws.scheduler.execution-id> <aws.scheduler.attempt-number>',
      DeadLetterConfig: { Arn: queueArn },
    };
    await create('at(2026-01-31T12:01:00)', {
      Name: 'tries',
      Target: { ...Target, RetryPolicy: { MaximumRetryAttempts: 1 } },
    });
    await create('at(2026-01-31T13:00:00)', {
      Name: 'age',
      Target: { ...Target, RetryPolicy: { MaximumEventAgeInSeconds: 60 } },
    });
    await world.pass(2 * HOUR_MS);
    const [tries, age] = world.deadLetters;
    const executionId = world.invocations[0]?.eventId;
    assert.deepEqual(tries?.attributes, {
      SCHEDULE_ARN: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/tries`,
      SCHEDULED_TIME: '2026-01-31T12:01:00Z',
      EXECUTION_ID: executionId,
      IS_PAYLOAD_TRUNCATED: 'false',
      TARGET_ARN: FUNCTION,
      ERROR_CODE: 'Busy',
      ERROR_MESSAGE: 'busy',
      RETRY_ATTEMPTS: '1',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    });
    assert.equal(tries.queueArn, queueArn);
    assert.equal(tries.invocation.payload, `${executionId} 2`);
    assert.equal(age?.attributes['EXHAUSTED_RETRY_CONDITION'], 'MaximumEventAgeInSeconds');
    const tried = world.invocations.filter(({ ruleArn }) => ruleArn.endsWith('/age'));
    assert.equal(age.attributes['RETRY_ATTEMPTS'], String(tried.length - 1));
    assert.equal(world.deadLetters.length, 2);
  });

  test('without an input the target is told of the schedule', async () => {
    await create('at(2026-01-31T12:01:00)', { Target: { Arn: FUNCTION, RoleArn: ROLE } });
    await world.pass(HOUR_MS);
    const { id, ...told } = JSON.parse(payloads()[0] ?? '{}') as Record<string, unknown>;
    assert.equal(typeof id, 'string');
    assert.deepEqual(told, {
      version: '0',
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: ACCOUNT,
      time: '2026-01-31T12:01:00Z',
      region: REGION,
      resources: [`arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/nightly`],
      detail: '{}',
    });
  });
});

describe('after the server was down', () => {
  const downFor = async (ms: number): Promise<void> => {
    await world.service.close();
    await world.pass(ms);
    world.crash();
    world.open();
    await world.service.start();
    await world.settle();
  };

  test('what was missed less than 15 minutes ago is made up once, by its latest time', async () => {
    await create('cron(5/5 * * * ? *)');
    await downFor(13 * MINUTE_MS);
    assert.deepEqual(payloads(), ['{"at":"2026-01-31T12:10:00Z"}']);
    await world.pass(2 * MINUTE_MS);
    assert.deepEqual(payloads().slice(1), ['{"at":"2026-01-31T12:15:00Z"}']);
  });

  test('what is longer ago is skipped and reported', async () => {
    await create('at(2026-01-31T12:30:00)', { ActionAfterCompletion: 'DELETE' });
    await downFor(2 * HOUR_MS);
    assert.deepEqual(payloads(), []);
    assert.deepEqual(await names(), []);
    const missed = world.reports.find(({ kind }) => kind === 'schedule-missed');
    assert.equal(missed?.kind === 'schedule-missed' && missed.firstMissedMs, START_MS + 30 * MINUTE_MS);
  });

  const flexible = (minutes: number) => ({
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: minutes } as const,
  });

  test('a time whose window is still open, or closed a moment ago, is not missed, whenever it was drawn', async () => {
    world.uniform = 0.5; // of the one that is open: 15:00
    for (const [Name, minutes] of [
      ['open', 240],
      ['closed', 125],
      ['earlier', 115],
    ] as const)
      await create('at(2026-01-31T13:00:00)', {
        Name,
        ...flexible(minutes),
        Target: { Arn: FUNCTION, RoleArn: ROLE, Input: Name },
      });
    await downFor(3 * HOUR_MS + 6 * MINUTE_MS); // 15:06
    assert.deepEqual(payloads().toSorted(), ['closed', 'earlier', 'open']);
    assert.deepEqual(world.reports, []);
  });

  test('what is longer ago than its window and 15 minutes is reported', async () => {
    await create('at(2026-01-31T13:00:00)', flexible(60));
    await downFor(2 * HOUR_MS + 15 * MINUTE_MS);
    assert.deepEqual(payloads(), []);
    const firstMissedMs = START_MS + HOUR_MS;
    assert.deepEqual(
      world.reports.map((report) => report.kind === 'schedule-missed' && report.firstMissedMs),
      [firstMissedMs],
    );
  });

  test('of times closer than their window those are made up that are missed, and those come that are not', async () => {
    await create('rate(5 minutes)', { StartDate: new Date(START_MS + 5 * MINUTE_MS), ...flexible(10) });
    await downFor(26 * MINUTE_MS); // windows of 12:05, 12:10 and 12:15 are closed, those of 12:20 and 12:25 open
    await world.pass(10 * MINUTE_MS);
    const times = payloads().map((payload) => payload.slice(18, 23));
    assert.deepEqual(times.slice(0, 3), ['12:15', '12:20', '12:25']);
    const [missed] = world.reports;
    assert.deepEqual(missed?.kind === 'schedule-missed' && [missed.firstMissedMs, missed.untilMs], [
      START_MS + 5 * MINUTE_MS,
      START_MS + 15 * MINUTE_MS,
    ]);
    assert.equal(world.reports.length, 1);
  });

  test('a delivery that was on disk when the process died is made once more', async () => {
    world.answer = () => new Promise(() => {});
    await create('at(2026-01-31T12:01:00)');
    await world.pass(MINUTE_MS);
    world.crash();
    world.answer = () => ({ kind: 'delivered' });
    world.open();
    await world.service.start();
    await world.settle();
    const [first, second] = world.invocations;
    assert.equal(world.invocations.length, 2);
    assert.equal(first?.deliveryId, second?.deliveryId);
  });
});

describe('the API', () => {
  test('what is there already is a conflict, unless the request is the same one again', async () => {
    const first = await create('rate(1 day)', { ClientToken: 'once' });
    assert.deepEqual(await create('rate(1 day)', { ClientToken: 'once' }), first);
    await refused(create('rate(1 day)'), 'ConflictException', 'Schedule nightly already exists.');
  });

  test('an update replaces everything', async () => {
    await create('rate(1 day)', { Description: 'old', ScheduleExpressionTimezone: 'Asia/Tokyo' });
    await world.service.updateSchedule(REGION, input('rate(2 days)'));
    const schedule = await world.service.getSchedule(REGION, 'nightly');
    assert.equal(schedule.Description, undefined);
    assert.equal(schedule.ScheduleExpressionTimezone, 'UTC');
    await refused(
      world.service.updateSchedule(REGION, input('rate(2 days)', { Name: 'other' })),
      'ResourceNotFoundException',
      'Schedule other does not exist.',
    );
  });

  test('the next times are those of the expression', async () => {
    await create('cron(0 9 ? * MON *)');
    const next = await world.service.nextInvocations(REGION, 'nightly', undefined, 2);
    assert.deepEqual(
      next.map((date) => date.toISOString()),
      ['2026-02-02T09:00:00.000Z', '2026-02-09T09:00:00.000Z'],
    );
  });

  test('lists are paged over groups', async () => {
    await world.service.createScheduleGroup(REGION, 'ops');
    await create('rate(1 day)', { GroupName: 'ops', Name: 'a' });
    await create('rate(1 day)', { Name: 'b' });
    const first = await world.service.listSchedules(REGION, { MaxResults: 1 });
    assert.deepEqual(
      first.Schedules.map(({ Name }) => Name),
      ['b'],
    );
    const second = await world.service.listSchedules(REGION, { NextToken: first.NextToken! });
    assert.deepEqual(
      second.Schedules.map(({ Name }) => Name),
      ['a'],
    );
    assert.equal(second.NextToken, undefined);
  });

  test('a group goes with its schedules; the default group stays', async () => {
    const { ScheduleGroupArn } = await world.service.createScheduleGroup(REGION, 'ops', { team: 'a' });
    await world.service.tagScheduleGroup(REGION, ScheduleGroupArn, { cost: '1' });
    await world.service.untagScheduleGroup(REGION, ScheduleGroupArn, ['team']);
    assert.deepEqual(await world.service.listScheduleGroupTags(REGION, ScheduleGroupArn), { cost: '1' });
    await create('rate(1 minute)', { GroupName: 'ops' });
    await world.service.deleteScheduleGroup(REGION, 'ops');
    await world.settle();
    const before = world.invocations.length;
    await world.pass(HOUR_MS);
    assert.equal(world.invocations.length, before);
    await refused(
      create('rate(1 day)', { GroupName: 'ops' }),
      'ResourceNotFoundException',
      'Schedule group ops does not exist.',
    );
    await refused(world.service.deleteScheduleGroup(REGION, 'default'), 'ValidationException', /default/);
  });

  const REFUSED: [string, Partial<ScheduleInput>, RegExp | string][] = [
    [
      'another expression',
      { ScheduleExpression: 'rate(10 years)' },
      /^Invalid Schedule Expression rate\(10 years\)\.$/,
    ],
    ['another zone', { ScheduleExpressionTimezone: 'Mars/Olympus' }, /Mars\/Olympus/],
    ['a window without an end', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, /MaximumWindowInMinutes/],
    [
      'an end that is no later than the start',
      { StartDate: new Date(START_MS + 1), EndDate: new Date(START_MS + 1) },
      'The StartDate you specify must come before the EndDate.',
    ],
    [
      'a start that is long past',
      { StartDate: new Date(START_MS - 5 * MINUTE_MS - 1) },
      'The StartDate you specify cannot be earlier than 5 minutes ago.',
    ],
    [
      'an end that is past',
      { EndDate: new Date(START_MS) },
      'The EndDate you specify cannot be in the past.',
    ],
    ['a target that is no role’s', { Target: { Arn: FUNCTION, RoleArn: 'nobody' } }, /RoleArn nobody/],
    [
      'a call that only reads',
      { Target: { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:receiveMessage', RoleArn: ROLE } },
      /only reads/,
    ],
    [
      'a service that is not called',
      { Target: { Arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/c`, RoleArn: ROLE } },
      /is of a kind that Riposte does not support/,
    ],
    [
      'a bus without an event',
      { Target: { Arn: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`, RoleArn: ROLE } },
      /EventBridgeParameters must be provided/,
    ],
    [
      'a FIFO queue',
      { Target: { Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:Work.fifo`, RoleArn: ROLE } },
      /Work\.fifo is a FIFO queue\. This server has standard queues only/,
    ],
    [
      'a group of messages',
      {
        Target: {
          Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:Work`,
          RoleArn: ROLE,
          SqsParameters: { MessageGroupId: 'g' },
        },
      },
      /SqsParameters is not supported/,
    ],
    [
      'a FIFO queue for dead letters', // in the words recorded in aws/aws-sdk-net, issue 2999
      {
        Target: {
          Arn: FUNCTION,
          RoleArn: ROLE,
          DeadLetterConfig: { Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:Dead.fifo` },
        },
      },
      `1 validation error detected: Value 'arn:aws:sqs:${REGION}:${ACCOUNT}:Dead.fifo' at 'target.deadLetterConfig.arn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws(-[a-z]+)?:sqs:[a-z0-9\\-]+:\\d{12}:[a-zA-Z0-9\\-_]+`,
    ],
    ['a name with a blank', { Name: 'a b' }, /Value 'a b' at 'name' failed to satisfy constraint/],
  ];
  for (const [what, change, message] of REFUSED)
    test(`${what} is refused`, () => refused(create('rate(1 day)', change), 'ValidationException', message));
});
