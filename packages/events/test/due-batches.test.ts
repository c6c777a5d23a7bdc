import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { allFired } from '../src/due-runner.ts';
import { ACCOUNT, inWorld, REGION, type World } from './world.ts';

const HOUR_MS = 3_600_000;
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;

/** Due at one o'clock. */
const schedule = (world: World, Name: string, inputBytes = 0) =>
  world.service.createSchedule(REGION, {
    Name,
    ScheduleExpression: 'at(2026-01-31T13:00:00)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: FUNCTION,
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
      Input: JSON.stringify({ Name, text: 'x'.repeat(inputBytes) }),
    },
  });

async function rule(world: World, Name: string): Promise<void> {
  await world.service.putRule(REGION, { Name, ScheduleExpression: 'cron(0 13 * * ? *)' });
  await world.service.putTargets(REGION, Name, [{ Id: 't', Arn: FUNCTION, Input: JSON.stringify({ Name }) }]);
}

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
const invoked = (world: World) =>
  world.invocations.map(({ payload }) => (JSON.parse(payload) as { Name: string }).Name).toSorted();

/** @returns how many commits it took until all that is due was written; attempts hang, so that none is one of theirs */
async function commitsUntilFired(world: World): Promise<number> {
  let commits = 0;
  world.answer = () => new Promise(() => undefined);
  world.onCommitted = () => (commits += 1);
  await world.pass(HOUR_MS);
  world.onCommitted = () => undefined;
  return commits;
}

test(
  'schedules and rules that are due in one minute share commits, and each fires once',
  inWorld(async (world) => {
    for (const name of names('s', 150)) await schedule(world, name);
    for (const name of names('r', 120)) await rule(world, name);
    await world.service.start();
    const commits = await commitsUntilFired(world);
    assert.equal(world.rows('event_deliveries').length, 270);
    assert.ok(commits < 20, `${commits} commits`);
    world.answer = () => ({ kind: 'delivered' });
    world.reopen();
    world.invocations.length = 0;
    await world.service.start();
    await world.settle();
    assert.deepEqual(invoked(world), [...names('r', 120), ...names('s', 150)].toSorted());
  }),
);

test(
  'of schedules with large inputs few share a commit',
  inWorld(async (world) => {
    for (const name of names('s', 30)) await schedule(world, name, 250_000);
    let largest = 0;
    let before = 0;
    await world.service.start();
    world.answer = () => new Promise(() => undefined);
    world.onCommitted = () => {
      const now = world.rows('event_deliveries').length;
      largest = Math.max(largest, now - before);
      before = now;
    };
    await world.pass(HOUR_MS);
    world.onCommitted = () => undefined;
    assert.equal(before, 30);
    assert.ok(largest < 10, `${largest} in one commit`);
  }),
);

test(
  'a change of schedules comes in between two commits of what is due',
  inWorld(async (world) => {
    for (const name of names('s', 250)) await schedule(world, name);
    await world.service.start();
    let deleted: Promise<void> | undefined;
    world.onCommitted = () => {
      // asked for while the first of them are written; in their order this one comes late
      if (world.rows('event_deliveries').length > 0) deleted ??= world.service.deleteSchedule(REGION, 's-99');
    };
    await world.pass(HOUR_MS);
    await deleted;
    assert.deepEqual(
      invoked(world),
      names('s', 250)
        .filter((name) => name !== 's-99')
        .toSorted(),
    );
  }),
);

test(
  'after a crash between two commits what was written is delivered, and the rest is fired: all once',
  inWorld(async (world) => {
    for (const name of names('s', 250)) await schedule(world, name);
    await world.service.start();
    world.answer = () => new Promise(() => undefined);
    world.onCommitted = () => {
      if (world.rows('event_deliveries').length < 150) return;
      queueMicrotask(() => world.crash()); // it reached the disk, and nobody is told
      throw new Error('The power is gone.');
    };
    await world.pass(HOUR_MS);
    world.onCommitted = () => undefined;
    world.answer = () => ({ kind: 'delivered' });
    world.open();
    const written = world.rows('event_deliveries').length;
    assert.ok(written >= 150 && written < 250, `${written} were written`);
    world.invocations.length = 0;
    await world.service.start();
    await world.pass(1000);
    assert.deepEqual(invoked(world), names('s', 250).toSorted());
    assert.equal(world.rows('event_deliveries').length, 250);
  }),
);

test(
  'a schedule and a rule that the store refuses keep no other from firing, in neither kind',
  inWorld(async (world) => {
    for (const name of ['a', 'b']) await schedule(world, name);
    for (const name of ['a', 'b']) await rule(world, `rule-${name}`);
    await world.service.start();
    world.alter(`
      CREATE TRIGGER no_schedule BEFORE INSERT ON schedules WHEN new.name = 'a'
        BEGIN SELECT raise(ABORT, 'not this one'); END;
      CREATE TRIGGER no_rule BEFORE UPDATE ON event_rules WHEN new.name = 'rule-a'
        BEGIN SELECT raise(ABORT, 'not this one'); END;`);
    await world.pass(HOUR_MS);
    assert.deepEqual(invoked(world), ['b', 'rule-b']);
    assert.equal(world.rows('event_deliveries').length, 2, 'nothing is left of what was refused');
    world.alter('DROP TRIGGER no_schedule; DROP TRIGGER no_rule;');
    await world.pass(1000);
    assert.deepEqual(invoked(world), ['a', 'b', 'rule-a', 'rule-b']);
  }),
);

test('one firing that fails keeps no other from ending first, and its error is told', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended: string[] = [];
  const slow = promise.then(() => void ended.push('slow'));
  const all = allFired([Promise.reject(new Error('The disk is full.')), slow]).catch((error: unknown) => {
    ended.push(String(error));
  });
  await setImmediate();
  resolve();
  await all;
  assert.deepEqual(ended, ['slow', 'Error: The disk is full.']);
});
