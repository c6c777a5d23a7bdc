import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION, START_MS, type World } from './world.ts';

const MINUTE_MS = 60_000;

async function scheduled(world: World, expression: string): Promise<string> {
  const { RuleArn } = await world.service.putRule(REGION, { Name: 'timed', ScheduleExpression: expression });
  await world.service.putTargets(REGION, 'timed', [
    { Id: 't', Arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f` },
  ]);
  return RuleArn;
}

function times(world: World): string[] {
  return world.invocations.map(({ payload }) => (JSON.parse(payload) as { time: string }).time.slice(11, 16));
}

test(
  'a rate fires on the beat and sends the event that AWS sends',
  inWorld(async (world) => {
    await world.service.start();
    const ruleArn = await scheduled(world, 'rate(5 minutes)');
    await world.pass(16 * MINUTE_MS);
    assert.deepEqual(times(world), ['12:05', '12:10', '12:15']);
    const { id, ...event } = JSON.parse(world.invocations[0]?.payload ?? '') as Record<string, unknown>;
    assert.equal(typeof id, 'string');
    assert.deepEqual(event, {
      version: '0',
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: ACCOUNT,
      time: '2026-01-31T12:05:00Z',
      region: REGION,
      resources: [ruleArn],
      detail: {},
    });
  }),
);

test(
  'a cron fires at its times',
  inWorld(async (world) => {
    await world.service.start();
    await scheduled(world, 'cron(0/30 13-14 * * ? *)');
    await world.pass(24 * 60 * MINUTE_MS);
    assert.deepEqual(times(world), ['13:00', '13:30', '14:00', '14:30']);
  }),
);

test(
  'a disabled rule does not fire, an enabled one goes on in its beat, a deleted one is gone',
  inWorld(async (world) => {
    await world.service.start();
    await scheduled(world, 'rate(10 minutes)');
    await world.service.setRuleState(REGION, 'timed', false);
    await world.pass(25 * MINUTE_MS);
    assert.deepEqual(times(world), []);
    await world.service.setRuleState(REGION, 'timed', true);
    await world.pass(10 * MINUTE_MS);
    assert.deepEqual(times(world), ['12:30']);
    await world.service.removeTargets(REGION, 'timed', ['t']);
    await world.service.deleteRule(REGION, 'timed');
    await world.pass(60 * MINUTE_MS);
    assert.deepEqual(times(world), ['12:30']);
    assert.equal(world.clock.waitingCount, 0);
  }),
);

test(
  'what was missed while the server was down is made up once, and the rest is reported',
  inWorld(async (world) => {
    await world.service.start();
    const ruleArn = await scheduled(world, 'rate(5 minutes)');
    await world.service.close();
    await world.clock.advanceTo(START_MS + 22 * MINUTE_MS);
    await world.service.start();
    await world.settle();
    assert.deepEqual(times(world), ['12:20']);
    assert.deepEqual(world.reports, [
      {
        kind: 'schedule-missed',
        ruleArn,
        firstMissedMs: START_MS + 5 * MINUTE_MS,
        untilMs: START_MS + 20 * MINUTE_MS,
      },
    ]);
    await world.pass(3 * MINUTE_MS);
    assert.deepEqual(times(world), ['12:20', '12:25']);
  }),
);

test(
  'a fire that is fifteen minutes late is skipped and reported',
  inWorld(async (world) => {
    await world.service.start();
    const ruleArn = await scheduled(world, 'rate(1 hour)');
    await world.service.close();
    await world.clock.advanceTo(START_MS + 75 * MINUTE_MS);
    await world.service.start();
    await world.settle();
    assert.deepEqual(times(world), []);
    assert.deepEqual(world.reports, [
      {
        kind: 'schedule-missed',
        ruleArn,
        firstMissedMs: START_MS + 60 * MINUTE_MS,
        untilMs: START_MS + 75 * MINUTE_MS,
      },
    ]);
    await world.pass(45 * MINUTE_MS);
    assert.deepEqual(times(world), ['14:00']);
  }),
);

test(
  'a rule may have a schedule and a pattern',
  inWorld(async (world) => {
    await world.service.start();
    await world.service.putRule(REGION, {
      Name: 'both',
      ScheduleExpression: 'rate(1 minute)',
      EventPattern: '{"source":["test"]}',
    });
    await world.put('Order');
    await world.pass(MINUTE_MS);
    const events = (await world.service.searchEvents({}, { limit: 10 })).events;
    assert.deepEqual(
      events.map(({ event, matchedRuleArns }) => [event['detail-type'], matchedRuleArns.length]),
      [
        ['Scheduled Event', 1],
        ['Order', 1],
      ],
    );
  }),
);
