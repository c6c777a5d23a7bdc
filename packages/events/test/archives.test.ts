import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION, START_MS, type World } from './world.ts';

const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const ORDERS = '{"detail-type":["Order"]}';
const HOUR = 3_600_000;

async function archiveOrders(world: World): Promise<string> {
  const input = { ArchiveName: 'orders', EventSourceArn: BUS, EventPattern: ORDERS };
  return (await world.service.createArchive(REGION, input)).ArchiveArn;
}

async function putOrders(world: World, count: number): Promise<void> {
  const order = { Source: 'test', DetailType: 'Order', Detail: '{}' };
  for (let left = count; left > 0; left -= 10)
    await world.service.putEvents(
      REGION,
      Array.from({ length: Math.min(left, 10) }, () => order),
    );
}

function replayOf(archiveArn: string, filterArns?: string[]) {
  return {
    ReplayName: 'again',
    EventSourceArn: archiveArn,
    eventStartTimeMs: START_MS - HOUR,
    eventEndTimeMs: START_MS + HOUR,
    Destination: { Arn: BUS, ...(filterArns && { FilterArns: filterArns }) },
  };
}

test(
  'an archive keeps what its pattern matches, from the moment it is there',
  inWorld(async (world) => {
    await world.put('Order', { n: 0 });
    await archiveOrders(world);
    await world.put('Order', { n: 1 });
    await world.put('Other');
    const archive = await world.service.describeArchive(REGION, 'orders');
    assert.equal(archive.EventCount, 1);
    assert.equal(archive.SizeBytes, 'testOrder{"n":1}'.length + 26);
    assert.equal(archive.RetentionDays, 0);
    assert.equal(archive.State, 'ENABLED');
  }),
);

test(
  'the rule that fills an archive is shown, belongs to it, and goes with it',
  inWorld(async (world) => {
    await archiveOrders(world);
    const rule = await world.service.describeRule(REGION, 'Events-Archive-orders');
    assert.ok(rule.ManagedBy);
    assert.deepEqual(JSON.parse(rule.EventPattern ?? ''), {
      'detail-type': ['Order'],
      'replay-name': [{ exists: false }],
    });
    const managed = { code: 'ManagedRuleException' };
    await assert.rejects(world.service.deleteRule(REGION, rule.Name), managed);
    await assert.rejects(world.service.setRuleState(REGION, rule.Name, false), managed);
    await assert.rejects(world.service.putRule(REGION, { Name: rule.Name, EventPattern: ORDERS }), managed);
    await assert.rejects(world.service.removeTargets(REGION, rule.Name, ['t']), managed);
    await world.service.deleteArchive(REGION, 'orders');
    await assert.rejects(world.service.describeRule(REGION, rule.Name), {
      code: 'ResourceNotFoundException',
    });
    await assert.rejects(world.service.describeArchive(REGION, 'orders'), {
      code: 'ResourceNotFoundException',
      message: 'Archive orders does not exist.',
    });
  }),
);

test(
  'an archive changes its pattern and keeps what it holds',
  inWorld(async (world) => {
    await archiveOrders(world);
    await world.put('Order');
    await world.service.updateArchive(REGION, 'orders', { EventPattern: '{"detail-type":["Other"]}' });
    await world.put('Order');
    await world.put('Other');
    assert.equal((await world.service.describeArchive(REGION, 'orders')).EventCount, 2);
    await assert.rejects(world.service.updateArchive(REGION, 'orders', {}), {
      code: 'ValidationException',
      message: 'At least one of EventPattern, RetentionDays or Description must be provided.',
    });
  }),
);

test(
  'an archive is refused for a bus that is not there, for a bad pattern and twice',
  inWorld(async (world) => {
    await archiveOrders(world);
    const create = (change: object) =>
      world.service.createArchive(REGION, { ArchiveName: 'a', EventSourceArn: BUS, ...change });
    await assert.rejects(create({ ArchiveName: 'orders' }), {
      code: 'ResourceAlreadyExistsException',
      message: 'Archive orders already exists.',
    });
    const elsewhere = `arn:aws:events:${REGION}:123456789012:event-bus/default`;
    await assert.rejects(create({ EventSourceArn: elsewhere }), { code: 'ResourceNotFoundException' });
    await assert.rejects(create({ RetentionDays: 2 ** 31 }), /value less than or equal to 2147483647$/);
    await assert.rejects(create({ EventPattern: '{"a":1}' }), { code: 'InvalidEventPatternException' });
    await assert.rejects(create({ ArchiveName: 'a'.repeat(49) }), {
      message:
        /'archiveName' failed to satisfy constraint: Member must have length less than or equal to 48$/,
    });
  }),
);

test(
  'lists take one filter',
  inWorld(async (world) => {
    await archiveOrders(world);
    const { Archives } = await world.service.listArchives(REGION, { EventSourceArn: BUS });
    assert.deepEqual(
      Archives.map(({ ArchiveName }) => ArchiveName),
      ['orders'],
    );
    assert.deepEqual((await world.service.listArchives(REGION, { NamePrefix: 'x' })).Archives, []);
    await assert.rejects(world.service.listArchives(REGION, { NamePrefix: 'o', State: 'ENABLED' }), {
      message:
        'At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.',
    });
  }),
);

test(
  'a replay puts archived events on the bus again, marked, and archives nothing twice',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', { source: ['test'] });
    const archiveArn = await archiveOrders(world);
    const ids = [await world.put('Order', { n: 1 }), await world.put('Order', { n: 2 })];
    await world.settle();
    world.invocations.length = 0;
    const started = await world.service.startReplay(REGION, replayOf(archiveArn));
    assert.equal(started.State, 'STARTING');
    await world.pass(10_000);
    const replayed = world.invocations.map(({ event }) => event);
    assert.deepEqual(
      replayed.map(({ id }) => id),
      ids,
    );
    assert.equal(replayed[0]?.['replay-name'], 'again');
    const replay = await world.service.describeReplay(REGION, 'again');
    assert.equal(replay.State, 'COMPLETED');
    assert.equal(replay.eventLastReplayedTimeMs, START_MS);
    assert.equal((await world.service.describeArchive(REGION, 'orders')).EventCount, 2);
  }),
);

test(
  'a replay reaches the rules that are named and no others; its preview tells before',
  inWorld(async (world) => {
    await world.service.start();
    const archiveArn = await archiveOrders(world);
    await world.put('Order');
    const chosen = await world.rule('chosen', { source: ['test'] });
    await world.rule('other', { source: ['test'] });
    const preview = await world.service.previewReplay(REGION, replayOf(archiveArn, [chosen]));
    assert.deepEqual(preview, {
      events: 1,
      rules: [{ ruleArn: chosen, ruleName: 'chosen', matched: 1 }],
    });
    assert.equal(world.invocations.length, 0);
    await world.service.startReplay(REGION, replayOf(archiveArn, [chosen]));
    await world.pass(10_000);
    assert.deepEqual(
      world.invocations.map(({ ruleArn }) => ruleArn),
      [chosen],
    );
  }),
);

test(
  'a replay goes on after a crash where it stood, and repeats nothing',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', { source: ['test'], 'replay-name': ['again'] });
    const archiveArn = await archiveOrders(world);
    for (let n = 0; n < 250; n += 1) await world.put('Order', { n });
    await world.service.startReplay(REGION, replayOf(archiveArn));
    world.crash();
    world.open();
    await world.service.start();
    await world.pass(10_000);
    assert.equal((await world.service.describeReplay(REGION, 'again')).State, 'COMPLETED');
    const seen = world.invocations.map(({ event }) => event.detail['n']);
    assert.equal(seen.length, 250);
    assert.equal(new Set(seen).size, 250);
  }),
);

test(
  'a replay that is cancelled in time puts nothing; one that has ended is not cancelled',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', { source: ['test'], 'replay-name': [{ exists: true }] });
    const archiveArn = await archiveOrders(world);
    await world.put('Order');
    await world.service.startReplay(REGION, replayOf(archiveArn));
    assert.equal((await world.service.cancelReplay(REGION, 'again')).State, 'CANCELLING');
    await world.pass(10_000);
    assert.equal((await world.service.describeReplay(REGION, 'again')).State, 'CANCELLED');
    assert.equal(world.invocations.length, 0);
    await assert.rejects(world.service.cancelReplay(REGION, 'again'), { code: 'IllegalStatusException' });
  }),
);

test(
  'a replay is refused for another bus, an unknown archive, times in disorder, a name in use and above ten at a time',
  inWorld(async (world) => {
    const archiveArn = await archiveOrders(world);
    await world.service.createEventBus(REGION, { Name: 'second' });
    const start = (change: object) =>
      world.service.startReplay(REGION, { ...replayOf(archiveArn), ...change });
    const second = BUS.replace('default', 'second');
    await assert.rejects(start({ Destination: { Arn: second } }), {
      message: 'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
    });
    await assert.rejects(start({ Destination: { Arn: BUS.replace('default', 'third') } }), {
      code: 'ResourceNotFoundException',
      message: 'Event bus third does not exist.',
    });
    await assert.rejects(start({ EventSourceArn: archiveArn.replace('orders', 'none') }), {
      message: 'Parameter EventSourceArn is not valid. Reason: Archive none does not exist.',
    });
    await assert.rejects(start({ eventEndTimeMs: START_MS - HOUR }), {
      message: 'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
    });
    for (let n = 0; n < 10; n += 1) await start({ ReplayName: `again-${n}` });
    await assert.rejects(start({ ReplayName: 'again-0' }), { code: 'ResourceAlreadyExistsException' });
    await assert.rejects(start({ ReplayName: 'again-10' }), { code: 'LimitExceededException' });
  }),
);

test(
  'a preview of many events leaves the server its turns in between',
  inWorld(async (world) => {
    const archiveArn = await archiveOrders(world);
    await putOrders(world, 1200);
    let turns = 0;
    const count = (): void => {
      turns += 1;
      turning = setImmediate(count);
    };
    let turning = setImmediate(count);
    const preview = await world.service.previewReplay(REGION, replayOf(archiveArn));
    clearImmediate(turning);
    assert.equal(preview.events, 1200);
    assert.ok(turns >= 3, `${turns} turns for three pages`);
  }),
);

test(
  'the events of a deleted archive go some at a time, also after a crash, and a new one of its name has none of them',
  inWorld(async (world) => {
    await archiveOrders(world);
    await putOrders(world, 1200);
    await world.service.deleteArchive(REGION, 'orders');
    const archiveArn = await archiveOrders(world);
    await putOrders(world, 3);
    const preview = () => world.service.previewReplay(REGION, replayOf(archiveArn));
    assert.equal((await preview()).events, 3);
    await world.store.forgetDeletedArchives(500);
    assert.ok(await world.store.hasDeletedArchives(), 'some are left');
    world.crash();
    world.open();
    await world.service.start();
    await world.settle();
    assert.equal(await world.store.hasDeletedArchives(), false);
    assert.equal((await preview()).events, 3);
    assert.equal((await world.service.describeArchive(REGION, 'orders')).EventCount, 3);
    assert.equal(world.clock.waitingCount, 0);
  }),
);
