import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION, type World } from './world.ts';

const DAY = 86_400_000;
const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;

async function stored(world: World): Promise<unknown[]> {
  const { events } = await world.service.searchEvents({}, { limit: 1000 });
  return events.map(({ event }) => event.detail['n']);
}

test(
  'events go when they are old, with their deliveries; one that is still to be delivered stays',
  inWorld(async (world) => {
    world.retention = { eventDays: 30, eventBytesMax: 0 };
    world.reopen();
    await world.service.start();
    await world.rule('stuck', { detail: { n: [1] } });
    world.answer = () => ({ kind: 'later', atMs: world.clock.now() + 365 * DAY });
    await world.put('Order', { n: 1 });
    await world.put('Order', { n: 2 });
    await world.pass(20 * DAY);
    await world.put('Order', { n: 3 });
    assert.deepEqual(await stored(world), [3, 2, 1]);
    await world.pass(10 * DAY + 3_600_000);
    assert.deepEqual(await stored(world), [3, 1]);
    assert.equal((await world.store.storedEvents()).events, 2);
  }),
);

test(
  'the oldest go when all together are too large',
  inWorld(async (world) => {
    world.retention = { eventDays: 0, eventBytesMax: 600_000 };
    world.reopen();
    await world.service.start();
    for (let n = 0; n < 1200; n += 1) await world.put('Order', { n, text: 'x'.repeat(300) });
    const before = (await world.store.storedEvents()).bytes;
    assert.ok(before > 600_000);
    await world.pass(3_600_000);
    const after = await world.store.storedEvents();
    assert.ok(after.bytes <= 600_000);
    assert.equal((await stored(world))[0], 1199, 'the newest stays');
  }),
);

test(
  'an archive keeps its events for its own time, whatever becomes of the events',
  inWorld(async (world) => {
    world.retention = { eventDays: 1, eventBytesMax: 0 };
    world.reopen();
    await world.service.start();
    await world.service.createArchive(REGION, {
      ArchiveName: 'short',
      EventSourceArn: BUS,
      RetentionDays: 3,
    });
    await world.service.createArchive(REGION, { ArchiveName: 'long', EventSourceArn: BUS });
    await world.put('Order', { n: 1 });
    await world.pass(2 * DAY);
    assert.deepEqual(await stored(world), []);
    const size = async (name: string) => {
      const { EventCount, SizeBytes } = await world.service.describeArchive(REGION, name);
      return [EventCount, SizeBytes > 0];
    };
    assert.deepEqual(await size('short'), [1, true]);
    await world.pass(DAY + 3_600_000);
    assert.deepEqual(await size('short'), [0, false]);
    assert.deepEqual(await size('long'), [1, true]);
  }),
);

test(
  'without a retention everything stays, and nobody waits on the clock',
  inWorld(async (world) => {
    await world.service.start();
    await world.put('Order', { n: 1 });
    await world.pass(1000 * DAY);
    assert.deepEqual(await stored(world), [1]);
  }),
);
