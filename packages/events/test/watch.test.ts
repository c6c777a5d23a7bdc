import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION, START_MS, type World } from './world.ts';

const HOUR = 3_600_000;
const SCHEDULE = {
  Name: 's',
  ScheduleExpression: 'rate(100 hours)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:s`,
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
  },
} as const;
const FAILED = { kind: 'failed', errorCode: 'TIMEOUT', errorMessage: 'nobody', retryable: true } as const;

async function begin(world: World): Promise<void> {
  world.watch = true;
  world.reopen();
  await world.service.start();
}

/** What was told, oldest first. */
async function told(world: World): Promise<unknown[][]> {
  const { events } = await world.service.searchEvents({ source: 'riposte.events' }, { limit: 100 });
  return events.map(({ event }) => [event['detail-type'], event.resources[0]]).toReversed();
}

test(
  'a target that keeps failing is told once, and once that it works again',
  inWorld(async (world) => {
    await begin(world);
    const ruleArn = await world.rule('r', { source: ['test'] });
    world.answer = () => FAILED;
    await world.put('Order');
    await world.pass(4000);
    assert.deepEqual(await told(world), [], 'a few failures are nothing special');
    await world.pass(10 * 60_000);
    assert.deepEqual(await told(world), [['Target Failing', ruleArn]]);
    const { events } = await world.service.searchEvents({ source: 'riposte.events' }, { limit: 1 });
    const { detail, region, account } = events[0]?.event ?? {};
    assert.equal(region, REGION);
    assert.ok(account);
    assert.deepEqual(detail, {
      ruleArn,
      targetId: 'target',
      failures: 5,
      error: 'TIMEOUT: nobody',
      since: '2026-01-31T12:00:00Z',
    });
    world.answer = () => ({ kind: 'delivered' });
    await world.pass(HOUR);
    assert.deepEqual(await told(world), [
      ['Target Failing', ruleArn],
      ['Target Recovered', ruleArn],
    ]);
  }),
);

test(
  'one delivery that is given up is enough, and the rule that hears of it may fail, too',
  inWorld(async (world) => {
    await begin(world);
    world.answer = () => ({ ...FAILED, retryable: false });
    const ruleArn = await world.rule('r', { source: ['test'] });
    const hears = await world.rule('hears', { source: ['riposte.events'] });
    await world.put('Order');
    await world.put('Order');
    await world.pass(HOUR);
    assert.deepEqual(await told(world), [
      ['Target Failing', ruleArn],
      ['Target Failing', hears],
    ]);
  }),
);

test(
  'a target that failed a little and works again was never worth a word',
  inWorld(async (world) => {
    await begin(world);
    await world.rule('r', { source: ['test'] });
    world.answer = ({ attempt }) => (attempt < 4 ? FAILED : { kind: 'delivered' });
    await world.put('Order');
    await world.pass(HOUR);
    assert.equal(world.invocations.length, 4);
    assert.deepEqual(await told(world), []);
  }),
);

test(
  'a rule whose tag says so is told when it is quiet for too long, once, and when it matches again',
  inWorld(async (world) => {
    await begin(world);
    const ruleArn = await world.rule('r', { source: ['test'] });
    await world.rule('unwatched', { source: ['never'] });
    await world.service.tagResource(ruleArn, { 'riposte:quiet-after-hours': '2' });
    await world.pass(HOUR);
    await world.put('Order');
    await world.pass(2 * HOUR - 1);
    assert.deepEqual(await told(world), []);
    await world.pass(1);
    assert.deepEqual(await told(world), [['Rule Quiet', ruleArn]]);
    await world.pass(100 * HOUR);
    assert.equal((await told(world)).length, 1);
    await world.put('Order');
    await world.settle();
    assert.deepEqual((await told(world)).at(-1), ['Rule Matched Again', ruleArn]);
    await world.pass(2 * HOUR);
    assert.deepEqual((await told(world)).at(-1), ['Rule Quiet', ruleArn]);
  }),
);

test(
  'what became quiet while the server was down is told at its start; a rule that is gone is not watched',
  inWorld(async (world) => {
    await begin(world);
    const tags = { 'riposte:quiet-after-hours': '1' };
    const { RuleArn } = await world.service.putRule(REGION, {
      Name: 'a',
      EventPattern: '{"source":["x"]}',
      tags,
    });
    await world.service.putRule(REGION, { Name: 'b', EventPattern: '{"source":["x"]}', tags });
    await world.service.deleteRule(REGION, 'b');
    world.crash();
    await world.clock.advanceTo(START_MS + 5 * HOUR);
    world.open();
    await world.service.start();
    await world.settle();
    assert.deepEqual(await told(world), [['Rule Quiet', RuleArn]]);
  }),
);

test(
  'a rule or schedule that is made anew has no past: when its target fails, that is told again',
  inWorld(async (world) => {
    await begin(world);
    world.answer = () => ({ ...FAILED, retryable: false });
    const failOnce = async () => {
      await world.rule('r', { source: ['test'] });
      await world.service.createSchedule(REGION, SCHEDULE);
      await world.put('Order');
      await world.pass(1000);
    };
    await failOnce();
    const failing = await told(world);
    assert.equal(failing.length, 2);
    await world.service.removeTargets(REGION, 'r', ['target']);
    await world.service.deleteRule(REGION, 'r');
    await world.service.deleteSchedule(REGION, SCHEDULE.Name);
    await failOnce();
    assert.deepEqual((await told(world)).toSorted(), [...failing, ...failing].toSorted());
    await world.service.removeTargets(REGION, 'r', ['target']);
    await world.rule('r', { source: ['test'] });
    await world.put('Order');
    await world.pass(1000);
    assert.equal((await told(world)).length, 5, 'a target that was taken away and put again is another');
  }),
);

test(
  'what a schedule broke that went with its last invocation is told, and nothing of it is left behind',
  inWorld(async (world) => {
    await begin(world);
    world.answer = () => ({ ...FAILED, retryable: false });
    await world.service.createSchedule(REGION, {
      ...SCHEDULE,
      ScheduleExpression: 'at(2026-01-31T13:00:00)',
      ActionAfterCompletion: 'DELETE',
    });
    await world.pass(2 * HOUR);
    assert.equal((await told(world)).length, 1);
    assert.deepEqual(await world.service.listSchedules(REGION, {}), { Schedules: [] });
    assert.deepEqual(world.rows('event_target_states'), []);
  }),
);

test(
  'what a rehearsal breaks is told as a rehearsal, and neither hides nor mends what really happens',
  inWorld(async (world) => {
    await begin(world);
    await world.rule('r', { source: ['test'] });
    let works = false;
    world.answer = () => (works ? { kind: 'delivered' } : { ...FAILED, retryable: false });
    const rehearse = () =>
      world.service.injectEvent(
        REGION,
        { source: 'test', 'detail-type': 'Order', detail: {} },
        { simulated: true },
      );
    const marks = async () => {
      const { events } = await world.service.searchEvents({ source: 'riposte.events' }, { limit: 9 });
      return events
        .map(({ event, simulated }) => `${event['detail-type']}${simulated ? ', simulated' : ''}`)
        .toReversed();
    };
    await rehearse();
    await world.settle();
    await world.put('Order');
    await world.settle();
    assert.deepEqual(await marks(), ['Target Failing, simulated', 'Target Failing']);
    works = true;
    await rehearse();
    await world.settle();
    assert.deepEqual((await marks()).slice(2), ['Target Recovered, simulated']);
    await world.put('Order');
    await world.settle();
    assert.deepEqual((await marks()).slice(3), ['Target Recovered']);
  }),
);

test(
  'a rehearsal does not make a quiet rule match again',
  inWorld(async (world) => {
    await begin(world);
    const ruleArn = await world.rule('r', { source: ['test'] });
    await world.service.tagResource(ruleArn, { 'riposte:quiet-after-hours': '2' });
    await world.pass(HOUR);
    await world.service.injectEvent(
      REGION,
      { source: 'test', 'detail-type': 'Order', detail: {} },
      { simulated: true },
    );
    await world.pass(HOUR);
    assert.deepEqual(await told(world), [['Rule Quiet', ruleArn]]);
  }),
);

test(
  'a rule whose hours no date can tell is not watched, and holds up no other, also one that is so in the store',
  inWorld(async (world) => {
    await begin(world);
    const put = async (Name: string, hours: string) =>
      world.service.putRule(REGION, {
        Name,
        EventPattern: '{"source":["never"]}',
        tags: { 'riposte:quiet-after-hours': hours },
      });
    await put('long', '999999999999');
    await put('longer', '1e30');
    await put('old', '1');
    const { RuleArn } = await put('watched', '2');
    await world.service.close();
    world.crash();
    const database = new DatabaseSync(join(world.folder, 'riposte.db'));
    // as an earlier version had it
    database.exec('DROP INDEX event_rule_watch_to_tell; ALTER TABLE event_rule_watch DROP COLUMN tell_at_ms');
    database.exec(
      `UPDATE event_rule_watch SET after_ms = ${999_999_999_999 * HOUR} WHERE rule_arn LIKE '%/old'`,
    );
    database.close();
    world.open();
    await world.service.start();
    await world.pass(3 * HOUR);
    assert.deepEqual(await told(world), [['Rule Quiet', RuleArn]]);
    assert.deepEqual(world.reports, []);
  }),
);
