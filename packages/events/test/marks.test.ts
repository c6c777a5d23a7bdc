import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScheduleInput } from '@riposte/events';
import { ACCOUNT, inWorld, REGION, START_MS, type World } from './world.ts';

const HOUR_MS = 3_600_000;
const REHEARSED = { simulated: true };
const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;

const schedule = (State?: string): ScheduleInput => ({
  Name: 'hourly',
  ScheduleExpression: 'cron(30 * * * ? *)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: FUNCTION, RoleArn: `arn:aws:iam::${ACCOUNT}:role/scheduler` },
  ...(State !== undefined && { State }),
});

/** Which of the calls of targets since the last look were marked, and which of the events behind them. */
async function marks(world: World): Promise<[invocation: boolean, event: boolean][]> {
  const invocations = world.invocations.splice(0);
  return Promise.all(
    invocations.map(async ({ simulated, eventId }) => [
      simulated,
      (await world.service.describeEvent(eventId))?.simulated === true,
    ]),
  );
}

const told = async (world: World) => (await world.service.upcoming(REGION, 1)).map((one) => one.simulated);
const reported = (world: World) =>
  world.reports.splice(0).filter(({ kind }) => kind === 'schedule-rehearsed');

test(
  'what a schedule does that a rehearsal made is marked for ever, also after a restart',
  inWorld(async (world) => {
    await world.service.start();
    await world.service.createSchedule(REGION, schedule(), REHEARSED);
    await world.pass(HOUR_MS);
    assert.deepEqual(await marks(world), [[true, true]]);
    world.reopen();
    await world.service.start();
    await world.pass(HOUR_MS);
    assert.deepEqual(await marks(world), [[true, true]]);
    assert.deepEqual(await told(world), [true]);
    assert.deepEqual(reported(world), []);
    assert.ok(!('simulated' in (await world.service.getSchedule(REGION, 'hourly'))));
  }),
);

test(
  'a schedule is what replaced it last: a real one replaced by a rehearsal is marked and reported once, and the other way round',
  inWorld(async (world) => {
    await world.service.start();
    const { ScheduleArn: ruleArn } = await world.service.createSchedule(REGION, schedule());
    await world.pass(HOUR_MS);
    assert.deepEqual(await marks(world), [[false, false]]);
    await world.service.updateSchedule(REGION, schedule('ENABLED'), REHEARSED);
    await world.service.updateSchedule(REGION, schedule(), REHEARSED);
    assert.deepEqual(reported(world), [{ kind: 'schedule-rehearsed', ruleArn }]);
    await world.pass(HOUR_MS);
    assert.deepEqual(await marks(world), [[true, true]]);
    await world.service.updateSchedule(REGION, schedule());
    await world.pass(HOUR_MS);
    assert.deepEqual(await marks(world), [[false, false]]);
    assert.deepEqual([await told(world), reported(world)], [[undefined], []]);
  }),
);

test(
  'what a scheduled rule does that a rehearsal put is marked until another puts it, however it is switched and tagged',
  inWorld(async (world) => {
    await world.service.start();
    const put = (how?: { simulated: boolean }) =>
      world.service.putRule(REGION, { Name: 'r', ScheduleExpression: 'rate(1 hour)' }, how);
    const { RuleArn: ruleArn } = await put(REHEARSED);
    await world.service.putTargets(REGION, 'r', [{ Id: 't', Arn: FUNCTION }]);
    await world.service.setRuleState(REGION, 'r', false);
    await world.service.setRuleState(REGION, 'r', true);
    await world.service.tagResource(ruleArn, { team: 'a' });
    assert.deepEqual([await told(world), reported(world)], [[true], []]);
    await world.pass(HOUR_MS);
    assert.deepEqual(await marks(world), [[true, true]]);
    assert.ok(!('simulated' in (await world.service.describeRule(REGION, 'r'))));
    await put();
    await world.pass(HOUR_MS);
    assert.deepEqual(await marks(world), [[false, false]]);
    await put(REHEARSED);
    await put(REHEARSED);
    assert.deepEqual(reported(world), [{ kind: 'schedule-rehearsed', ruleArn }]);
  }),
);

test(
  'a rule with a pattern that a rehearsal put brings the events that it matches as they are',
  inWorld(async (world) => {
    await world.service.start();
    await world.service.putRule(REGION, { Name: 'r', EventPattern: '{"source":["test"]}' }, REHEARSED);
    await world.service.putTargets(REGION, 'r', [{ Id: 't', Arn: FUNCTION }]);
    await world.put('Order');
    await world.settle();
    assert.deepEqual([await marks(world), reported(world)], [[[false, false]], []]);
  }),
);

test(
  'what a replay puts that a rehearsal asked for is marked, also where the server stopped in between',
  inWorld(async (world) => {
    await world.rule('r', { source: ['test'] });
    await world.service.createArchive(REGION, { ArchiveName: 'all', EventSourceArn: BUS });
    await world.service.start();
    await world.put('Order');
    await world.settle();
    assert.deepEqual(await marks(world), [[false, false]]);
    const replay = {
      ReplayName: 'again',
      EventSourceArn: `arn:aws:events:${REGION}:${ACCOUNT}:archive/all`,
      eventStartTimeMs: START_MS - HOUR_MS,
      eventEndTimeMs: START_MS + HOUR_MS,
      Destination: { Arn: BUS },
    };
    await world.service.startReplay(REGION, replay, REHEARSED);
    world.reopen();
    await world.service.start();
    await world.pass(10_000);
    assert.deepEqual(
      (await marks(world)).map(([invocation]) => invocation),
      [true],
    );
  }),
);
