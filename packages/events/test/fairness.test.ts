import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lanePlace } from '@riposte/events';
import { Lanes } from '../src/deliveries/lanes.ts';
import { ACCOUNT, inWorld, REGION, type World } from './world.ts';

const SLOW_MS = 5000;
const lambda = (name: string) => ({ Id: name, Arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}` });

/** Targets named `slow…` take five seconds, all others no time. @returns how long each delivery waited, by target */
function watchWaits(world: World): Map<string, number[]> {
  const waits = new Map<string, number[]>();
  world.answer = ({ target, event }) => {
    const name = target.Arn.split(':').at(-1) ?? '';
    const waitedMs = world.clock.now() - Number(event.detail['putAtMs']);
    waits.set(name, [...(waits.get(name) ?? []), waitedMs]);
    if (!name.startsWith('slow')) return { kind: 'delivered' };
    return new Promise((resolve) =>
      world.clock.wakeAt(world.clock.now() + SLOW_MS, () => resolve({ kind: 'delivered' })),
    );
  };
  return waits;
}

async function put(world: World, detailType: string, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 10) {
    const Detail = JSON.stringify({ putAtMs: world.clock.now() });
    await world.service.putEvents(
      REGION,
      Array.from({ length: Math.min(left, 10) }, () => ({ Source: 'test', DetailType: detailType, Detail })),
    );
  }
}

test(
  'slow rules with a large backlog hold up neither another rule nor another target of their own',
  inWorld(async (world) => {
    const waits = watchWaits(world);
    for (let n = 0; n < 8; n += 1) await world.rule(`slow-${n}`, { 'detail-type': ['Slow'] });
    await world.service.putTargets(REGION, 'slow-3', [lambda('sibling')]);
    await world.rule('healthy', { 'detail-type': ['Healthy'] });
    await put(world, 'Slow', 100);
    await world.service.start();
    await world.pass(7000);
    await put(world, 'Healthy', 100);
    await world.pass(0);
    assert.deepEqual([waits.get('sibling')?.length, Math.max(...waits.get('sibling')!)], [100, 0]); // it has some
    assert.deepEqual([waits.get('healthy')?.length, Math.max(...waits.get('healthy')!)], [100, 0]); // it has some
    const slow = Array.from({ length: 8 }, (_, n) => waits.get(`slow-${n}`)?.length ?? 0);
    assert.ok(Math.max(...slow) < 40, 'the backlog is still large');
    assert.ok(Math.max(...slow) - Math.min(...slow) <= 2, `slow rules share alike: ${slow}`);
  }),
);

test(
  'with more slow lanes than attempts at a time each has its turn, and a healthy one does not wait for their backlogs',
  inWorld(async (world) => {
    const waits = watchWaits(world);
    const targets = Array.from({ length: 5 }, (_, n) => lambda(`slow-target-${n}`));
    for (let n = 0; n < 40; n += 1) {
      await world.rule(`slow-${n}`, { 'detail-type': ['Slow'] });
      await world.service.putTargets(REGION, `slow-${n}`, targets.slice(1));
    }
    await world.rule('healthy', { 'detail-type': ['Healthy'] });
    await put(world, 'Slow', 10);
    await world.service.start();
    await world.pass(1000);
    await put(world, 'Healthy', 100);
    await world.pass(2 * SLOW_MS);
    assert.equal(waits.get('healthy')?.length, 100);
    const first = Array.from({ length: 40 }, (_, n) => waits.get(`slow-${n}`)?.[0]);
    assert.deepEqual(
      first.filter((waitedMs) => waitedMs === undefined || waitedMs > 2 * SLOW_MS),
      [],
    );
  }),
);

const openLanes = () => new Lanes<string>({ attempts: 128, perLane: 16, forFirst: 32 }, (lane) => lane);

test('a lane has sixteen attempts at most; the more lanes keep theirs, the fewer each has, and some are left', () => {
  const taken = (count: number) =>
    openLanes().share(Array.from({ length: count }, (_, n) => ({ lane: `l${n}`, due: 100 })));
  assert.deepEqual(taken(1), [16]);
  assert.deepEqual(taken(8), [11, 11, 11, 11, 11, 11, 10, 10]);
  assert.deepEqual(
    taken(127),
    Array.from({ length: 127 }, () => 1),
  );
});

test('a lane that never lets go comes behind one with nothing under way, and ends take their part back', () => {
  const lanes = openLanes();
  for (let n = 0; n < 127; n += 1) lanes.began('slow');
  const ready = [
    { lane: 'slow', due: 5 },
    { lane: 'quick', due: 5 },
  ];
  assert.deepEqual(lanes.share(ready), [0, 1]);
  assert.deepEqual(lanes.lookAt, { lanes: 2, perLane: 1 });
  for (let n = 0; n < 127; n += 1) lanes.ended('slow');
  assert.deepEqual(lanes.share(ready), [5, 5]);
  assert.deepEqual(lanes.lookAt, { lanes: 128, perLane: 16 });
});

test('lanes that never let go leave one for a lane that has none, also when they come one after another', () => {
  const lanes = openLanes();
  for (let n = 0; n < 32; n += 1) {
    const lane = `slow-${n}`;
    const [count = 0] = lanes.share([{ lane, due: 100 }]);
    assert.ok(count >= 1, `${lane} has none`);
    for (let given = 0; given < count; given += 1) lanes.began(lane);
  }
  assert.deepEqual(lanes.share([{ lane: 'healthy', due: 100 }]), [1]);
});

test('a lane keeps its place until its attempts have taken a second', () => {
  const change = { firstDueMs: 10, nowMs: 50 };
  assert.deepEqual(lanePlace(undefined, change), { readyAtMs: 10, usedMs: 0 });
  assert.deepEqual(lanePlace({ readyAtMs: 40, usedMs: 900 }, { ...change, tookMs: 99 }), {
    readyAtMs: 40,
    usedMs: 999,
  });
  assert.deepEqual(lanePlace({ readyAtMs: 40, usedMs: 900 }, { ...change, tookMs: 100 }), {
    readyAtMs: 50,
    usedMs: 0,
  });
  assert.deepEqual(lanePlace({ readyAtMs: 40, usedMs: 0 }, { ...change, firstDueMs: 90 }), {
    readyAtMs: 90,
    usedMs: 0,
  });
});

test('a clock that is set back does not take a lane out of the queue', () => {
  const ahead = lanePlace({ readyAtMs: 5000, usedMs: 900 }, { firstDueMs: 4000, nowMs: 9000, tookMs: 100 });
  assert.deepEqual(ahead, { readyAtMs: 9000, usedMs: 0 });
  assert.deepEqual(lanePlace(ahead, { firstDueMs: 4000, nowMs: 6000 }), { readyAtMs: 4000, usedMs: 0 });
});
