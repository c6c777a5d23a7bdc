import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION, START_MS, type World } from './world.ts';

const MINUTE_MS = 60_000;
const TOO_LONG = 'rate(999999999 days)';
const TOO_LATE_MS = START_MS + 999_999_999 * 86_400_000;
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;
const SCHEDULE = {
  Name: 'old',
  ScheduleExpression: 'rate(5 minutes)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: FUNCTION, RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`, Input: '{}' },
} as const;
const NOT_VALID = { name: 'ValidationException', message: 'Parameter ScheduleExpression is not valid.' };

/** A server comes to a data folder in which another version wrote. */
async function startOver(world: World, ...statements: string[]): Promise<void> {
  await world.service.close();
  world.crash();
  const database = new DatabaseSync(join(world.folder, 'riposte.db'));
  for (const statement of statements) database.exec(statement);
  database.close();
  world.open();
  await world.service.start();
  await world.settle();
}

const oldRule = (nextMs: number) =>
  `UPDATE event_rules SET next_fire_ms = ${nextMs}, rule = json_set(rule, '$.ScheduleExpression', '${TOO_LONG}')
   WHERE name = 'old'`;
const oldSchedule = (nextMs: number) =>
  `UPDATE schedules SET fire_ms = ${nextMs}, document = json_set(document,
     '$.schedule.ScheduleExpression', '${TOO_LONG}', '$.next.fireMs', ${nextMs}, '$.next.scheduledMs', ${nextMs})
   WHERE name = 'old'`;

const rule = (world: World, Name: string, ScheduleExpression = 'rate(5 minutes)') =>
  world.service.putRule(REGION, { Name, ScheduleExpression });

test(
  'a rate that no date can tell is refused in the words of the service',
  inWorld(async (world) => {
    await assert.rejects(rule(world, 'r', TOO_LONG), NOT_VALID);
    await assert.rejects(
      world.service.createSchedule(REGION, { ...SCHEDULE, ScheduleExpression: TOO_LONG }),
      {
        name: 'ValidationException',
        message: `Invalid Schedule Expression ${TOO_LONG}.`,
      },
    );
    await rule(world, 'r', 'rate(999999999 hours)');
    assert.equal((await world.service.describeRule(REGION, 'r')).State, 'ENABLED');
  }),
);

test(
  'a rule of an earlier version with such a rate holds up nothing on its bus, and is changed and deleted as any other',
  inWorld(async (world) => {
    const { service } = world;
    await rule(world, 'old');
    await world.rule('other', { source: ['test'] });
    await service.createSchedule(REGION, SCHEDULE);
    await startOver(world, oldRule(TOO_LATE_MS), oldSchedule(TOO_LATE_MS));
    await world.put('Order');
    await world.pass(MINUTE_MS);
    assert.equal(world.invocations.length, 1);
    const { Rules } = await world.service.listRules(REGION, {});
    assert.deepEqual(
      Rules.map(({ Name, ScheduleExpression }) => [Name, ScheduleExpression]),
      [
        ['old', TOO_LONG],
        ['other', undefined],
      ],
    );
    await world.service.setRuleState(REGION, 'old', false);
    await assert.rejects(world.service.setRuleState(REGION, 'old', true), NOT_VALID);
    assert.equal((await world.service.describeRule(REGION, 'old')).State, 'DISABLED');
    await rule(world, 'old', 'rate(10 minutes)');
    assert.equal((await world.store.rules(REGION, 'default'))[0]?.nextFireMs, START_MS + 11 * MINUTE_MS);
    await world.service.deleteRule(REGION, 'old');
    assert.equal((await world.service.listRules(REGION, {})).Rules.length, 1);

    assert.equal((await world.service.getSchedule(REGION, 'old')).ScheduleExpression, TOO_LONG);
    await world.service.updateSchedule(REGION, SCHEDULE);
    await world.pass(10 * MINUTE_MS);
    assert.equal(world.invocations.length, 3);
    await world.service.deleteSchedule(REGION, 'old');
    assert.deepEqual(world.reports, []);
  }),
);

test(
  'a schedule and a scheduled rule that cannot be read stop no other, and are told once',
  inWorld(async (world) => {
    const { service } = world;
    await service.createSchedule(REGION, SCHEDULE);
    await service.createSchedule(REGION, { ...SCHEDULE, Name: 'sound' });
    const { RuleArn } = await rule(world, 'old');
    await rule(world, 'sound');
    const target = { Id: 't', Arn: FUNCTION, Input: '"rule"' };
    await service.putTargets(REGION, 'sound', [target]);
    await startOver(world, oldRule(START_MS + MINUTE_MS), oldSchedule(START_MS + MINUTE_MS));
    await world.pass(11 * MINUTE_MS);
    assert.equal(world.invocations.filter(({ payload }) => payload === '"rule"').length, 2);
    assert.equal(world.invocations.filter(({ payload }) => payload === '{}').length, 3);
    const problem = `${TOO_LONG}: the period is too long`;
    const { Arn } = await world.service.getSchedule(REGION, 'old');
    const unreadable = { kind: 'schedule-unreadable', expression: TOO_LONG, problem };
    assert.deepEqual(world.reports, [
      { ...unreadable, ruleArn: RuleArn },
      { ...unreadable, ruleArn: Arn },
    ]);
    await startOver(world);
    await world.pass(MINUTE_MS);
    assert.equal(world.reports.length, 2, 'a start does not tell it again');
    assert.deepEqual(
      (await world.service.upcoming(REGION, 1)).map((one) => [one.name, one.nextMs.length, one.unreadable]),
      [
        ['old', 0, problem],
        ['sound', 1, undefined],
        ['default/old', 0, problem],
        ['default/sound', 1, undefined],
      ],
    );
    await assert.rejects(world.service.nextInvocations(REGION, 'old', undefined, 1), {
      name: 'ValidationException',
    });
  }),
);

test(
  'a schedule of which nothing can be read stops no other, is told once, and is written anew or deleted as any other',
  inWorld(async (world) => {
    for (const Name of ['old', 'half', 'timeless', 'sound'])
      await world.service.createSchedule(REGION, { ...SCHEDULE, Name });
    const dueMs = START_MS + MINUTE_MS;
    const broken = (name: string, document: string) =>
      `UPDATE schedules SET fire_ms = ${dueMs}, document = ${document} WHERE name = '${name}'`;
    await startOver(
      world,
      broken('old', `'{"schedule": {"Name": "secret'`),
      broken('half', `json_remove(document, '$.schedule.Target')`),
      broken('timeless', `json_remove(document, '$.next')`),
    );
    const { service } = world;
    await world.pass(10 * MINUTE_MS);
    assert.equal(world.invocations.length, 3);
    const told = (name: string, problem: string) => ({
      kind: 'schedule-unreadable',
      ruleArn: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/${name}`,
      problem,
    });
    assert.deepEqual(world.reports, [
      told('half', 'it is no schedule'),
      told('old', 'it is no JSON'),
      told('timeless', 'it is due, and its next time is not told'),
    ]);
    const { Schedules } = await service.listSchedules(REGION, {});
    assert.deepEqual(
      Schedules.map(({ Name }) => Name),
      ['sound', 'timeless'],
    );
    const shown = await service.upcoming(REGION, 1);
    assert.deepEqual(
      shown.map(({ name, nextMs, expression, unreadable }) => [name, nextMs.length, expression, unreadable]),
      [
        ['default/half', 0, undefined, 'it is no schedule'],
        ['default/old', 0, undefined, 'it is no JSON'],
        ['default/sound', 1, 'rate(5 minutes)', undefined],
        ['default/timeless', 1, 'rate(5 minutes)', undefined],
      ],
    );
    await assert.rejects(service.getSchedule(REGION, 'old'), {
      name: 'InternalServerException',
      message:
        'What is stored of schedule old cannot be read: it is no JSON. Update it with all that it is to have, or delete it.',
    });
    await assert.rejects(service.createSchedule(REGION, SCHEDULE), { name: 'ConflictException' });
    await service.updateSchedule(REGION, SCHEDULE);
    await service.deleteSchedule(REGION, 'half');
    assert.equal((await service.getSchedule(REGION, 'old')).CreationDate.getTime(), world.clock.now());
    await world.pass(1000);
    assert.equal(world.invocations.length, 4);
    assert.equal((await service.listSchedules(REGION, {})).Schedules.length, 3);
  }),
);

test(
  'a group is deleted with a schedule of which nothing can be read',
  inWorld(async (world) => {
    await world.service.createScheduleGroup(REGION, 'ops');
    await world.service.createSchedule(REGION, { ...SCHEDULE, GroupName: 'ops' });
    await startOver(world, "UPDATE schedules SET document = 'x'");
    await world.service.deleteScheduleGroup(REGION, 'ops');
    assert.deepEqual(world.rows('schedules'), []);
  }),
);
