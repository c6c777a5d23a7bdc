import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION, type World } from './world.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;

async function stored(world: World): Promise<unknown[]> {
  const { events } = await world.service.searchEvents({}, { limit: 1000 });
  return events.map(({ event }) => event.detail['n']);
}

test(
  'events go when they are old, with their deliveries; one that is still to be delivered stays',
  inWorld(async (world) => {
    world.retention = { eventDays: 0.5, eventBytesMax: 0 };
    world.reopen();
    await world.service.start();
    await world.rule('stuck', { detail: { n: [1] } });
    world.answer = () => ({ kind: 'later', atMs: world.clock.now() + DAY - 1 });
    await world.put('Order', { n: 1 });
    await world.put('Order', { n: 2 });
    await world.pass(8 * HOUR);
    await world.put('Order', { n: 3 });
    assert.deepEqual(await stored(world), [3, 2, 1]);
    await world.pass(5 * HOUR);
    assert.deepEqual(await stored(world), [3, 1]);
    assert.equal((await world.store.storedEvents()).events, 2);
  }),
);

test(
  'the oldest go when all together are too large, a minute after something was stored',
  inWorld(async (world) => {
    world.retention = { eventDays: 0, eventBytesMax: 600_000 };
    world.reopen();
    await world.service.start();
    for (let n = 0; n < 1200; n += 1) await world.put('Order', { n, text: 'x'.repeat(300) });
    const before = (await world.store.storedEvents()).bytes;
    assert.ok(before > 600_000);
    await world.pass(59_999);
    assert.equal((await world.store.storedEvents()).bytes, before);
    await world.pass(1);
    const after = await world.store.storedEvents();
    assert.ok(after.bytes <= 600_000);
    assert.equal((await stored(world))[0], 1199, 'the newest stays');
  }),
);

test(
  'targets of deliveries and what was no event count, too, and go with the events of their time',
  inWorld(async (world) => {
    world.retention = { eventDays: 0, eventBytesMax: 300_000 };
    world.reopen();
    await world.service.start();
    await world.rule('r', { source: ['test'] }, { Input: JSON.stringify('i'.repeat(5000)) });
    const reject = (key: string) =>
      world.service.takeIn(REGION, { name: 'queue', eventBusName: 'default' }, [
        { kind: 'rejected', key, reason: 'no JSON', body: 'x'.repeat(100_000) },
      ]);
    await reject('old');
    await world.pass(1);
    await world.put('Order', { n: 1 });
    await world.pass(1);
    await reject('newer');
    assert.ok((await world.store.storedEvents()).bytes > 205_000);
    await world.pass(60_000);
    assert.deepEqual(await stored(world), [1], 'the limit is not reached');
    await reject('newest');
    await world.pass(60_000);
    const left = await world.store.rejectedArrivals('queue', 10);
    assert.deepEqual(
      left.map(({ key }) => key),
      ['newest', 'newer'],
      'no more than must',
    );
    assert.deepEqual(await stored(world), [1]);
    world.retention = { eventDays: 0, eventBytesMax: 1 };
    world.reopen();
    await world.service.start();
    await world.settle();
    assert.deepEqual(await world.store.storedEvents(), { events: 0, bytes: 0 });
  }),
);

test(
  'what was no event goes when events of its time do',
  inWorld(async (world) => {
    world.retention = { eventDays: 30, eventBytesMax: 0 };
    world.reopen();
    await world.service.start();
    const reject = (key: string) =>
      world.service.takeIn(REGION, { name: 'queue', eventBusName: 'default' }, [
        { kind: 'rejected', key, reason: 'no JSON', body: 'x' },
      ]);
    await reject('old');
    await world.pass(20 * DAY);
    await reject('new');
    await world.pass(10 * DAY + 3_600_000);
    const left = await world.store.rejectedArrivals('queue', 10);
    assert.deepEqual(
      left.map(({ key }) => key),
      ['new'],
    );
    await world.pass(30 * DAY);
    assert.equal(world.clock.waitingCount, 0, 'nothing is left to look after');
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

test(
  'errors of attempts are kept without their middle where they are long, count, and go with their event',
  inWorld(async (world) => {
    world.retention = { eventDays: 0, eventBytesMax: 100_000 };
    world.reopen();
    await world.service.start();
    await world.rule('r', { source: ['test'] }, { RetryPolicy: { MaximumRetryAttempts: 3 } });
    world.answer = () => ({
      kind: 'failed',
      errorCode: 'BUSY',
      errorMessage: `said: ${'x'.repeat(20_000)}!`,
      retryable: true,
    });
    const eventId = await world.put('Order', { n: 1 });
    const { bytes } = await world.store.storedEvents();
    await world.pass(HOUR);
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    const errors = delivery?.attemptLog?.map(({ error }) => error ?? '') ?? [];
    assert.deepEqual(
      errors.map(({ length }) => length),
      [2000, 2000, 2000, 2000],
    );
    assert.match(errors[0] ?? '', /^BUSY: said: x{1000,} \[…\] x+!$/);
    assert.match(delivery?.lastError ?? '', /! \(MaximumRetryAttempts reached\)$/);
    const after = await world.store.storedEvents();
    assert.equal(after.bytes - bytes, 4 * 2002, 'the mark of omission has two bytes more than characters');
    await world.store.forgetEvents({ beforeMs: world.clock.now() + 1, limit: 10 });
    assert.deepEqual(await world.store.storedEvents(), { events: 0, bytes: 0 });
  }),
);
