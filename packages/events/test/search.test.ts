import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventPosition } from '@riposte/events';
import { ACCOUNT, inWorld, REGION, START_MS, type World } from './world.ts';

const EVERYTHING = { source: ['test'] };

async function details(world: World, filter: object): Promise<unknown[]> {
  const { events } = await world.service.searchEvents(filter, { limit: 10 });
  return events.map(({ event }) => event.detail['n']);
}

/** Everything that the archive has of the first moment, on the default bus again. */
async function replay(world: World, EventSourceArn: string): Promise<void> {
  await world.service.startReplay(REGION, {
    ReplayName: 'again',
    EventSourceArn,
    eventStartTimeMs: START_MS,
    eventEndTimeMs: START_MS + 1,
    Destination: { Arn: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default` },
  });
  await world.pass(10_000);
}

test(
  'events are found by what they are, when they came and what became of them',
  inWorld(async (world) => {
    await world.service.start();
    const ruleArn = await world.rule('r', { 'detail-type': ['Order'] });
    world.answer = ({ event }) =>
      event.detail['n'] === 2
        ? { kind: 'failed', errorCode: 'X', errorMessage: 'no', retryable: false }
        : { kind: 'delivered' };
    await world.put('Order', { n: 1, city: 'Zürich' });
    await world.pass(1000);
    await world.put('Order', { n: 2 });
    await world.put('Other', { n: 3 });
    await world.settle();
    assert.deepEqual(await details(world, {}), [3, 2, 1]);
    assert.deepEqual(await details(world, { detailType: 'Order' }), [2, 1]);
    assert.deepEqual(await details(world, { source: 'none' }), []);
    assert.deepEqual(await details(world, { rule: 'r' }), [2, 1]);
    assert.deepEqual(await details(world, { rule: ruleArn, status: 'dead' }), [2]);
    assert.deepEqual(await details(world, { text: 'CITY' }), [1]);
    assert.deepEqual(await details(world, { fromMs: START_MS + 1000 }), [3, 2]);
    assert.deepEqual(await details(world, { toMs: START_MS + 1000 }), [1]);
    assert.deepEqual(await details(world, { eventBusName: 'other' }), []);
  }),
);

test(
  'pages go on where the one before ended, to the oldest',
  inWorld(async (world) => {
    for (let n = 1; n <= 5; n += 1) await world.put('Order', { n });
    const seen: unknown[] = [];
    let before: EventPosition | undefined;
    do {
      const page = await world.service.searchEvents(
        {},
        { limit: 2, ...(before !== undefined && { before }) },
      );
      seen.push(...page.events.map(({ event }) => event.detail['n']));
      before = page.before;
    } while (before !== undefined);
    assert.deepEqual(seen, [5, 4, 3, 2, 1]);
  }),
);

test(
  'an event sent again is delivered anew, with the same id, to the rules that match it now',
  inWorld(async (world) => {
    await world.service.start();
    const eventId = await world.put('Order');
    await world.pass(2 * 86_400_000);
    const ruleArn = await world.rule('late', EVERYTHING);
    await world.rule('other', { source: ['elsewhere'] });
    const failed = { kind: 'failed', errorCode: 'TIMEOUT', errorMessage: 'no', retryable: true } as const;
    world.answer = ({ attempt }) => (attempt === 1 ? failed : { kind: 'delivered' });
    const resent = await world.service.resendEvent(eventId);
    assert.equal(resent.deliveryIds.length, 1);
    assert.deepEqual(
      resent.rules.map(({ ruleName, matched }) => [ruleName, matched]),
      [
        ['late', true],
        ['other', false],
      ],
    );
    await world.pass(5000);
    assert.deepEqual(
      world.invocations.map((invocation) => [invocation.eventId, invocation.ruleArn]),
      [
        [eventId, ruleArn],
        [eventId, ruleArn],
      ],
      'its age counts from when it was sent again',
    );
    const stored = await world.service.describeEvent(eventId);
    assert.deepEqual(stored?.matchedRuleArns, [ruleArn]);
    assert.equal(stored?.deliveries[0]?.resentAtMs, START_MS + 2 * 86_400_000);
  }),
);

test(
  'an event is sent again to one rule only where that is asked for, and not where nothing matches',
  inWorld(async (world) => {
    await world.rule('a', EVERYTHING);
    const b = await world.rule('b', EVERYTHING);
    await world.rule('never', { source: ['elsewhere'] });
    const eventId = await world.put('Order');
    assert.equal((await world.service.resendEvent(eventId, 'b')).deliveryIds.length, 1);
    const { deliveries = [] } = (await world.service.describeEvent(eventId)) ?? {};
    assert.deepEqual(
      deliveries.filter(({ resentAtMs }) => resentAtMs !== undefined).map(({ ruleArn }) => ruleArn),
      [b],
    );
    await assert.rejects(world.service.resendEvent(eventId, 'never'), {
      code: 'ValidationException',
      message: /^No rule matches the event now\.\n {2}never: /,
    });
    await assert.rejects(world.service.resendEvent(eventId, 'none'), { code: 'ResourceNotFoundException' });
    await assert.rejects(world.service.resendEvent('none'), { code: 'ResourceNotFoundException' });
  }),
);

test(
  'a backtest tells what would have matched, and causes nothing',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', { source: ['nothing'] });
    for (let n = 0; n < 600; n += 1) await world.put(n % 2 === 0 ? 'Order' : 'Other', { n });
    const found = await world.service.backtest({ EventPattern: '{"detail-type":["Order"]}' }, {}, 3);
    assert.deepEqual([found.examined, found.matched], [600, 300]);
    assert.deepEqual(
      found.events.map(({ event }) => event.detail['n']),
      [598, 596, 594],
    );
    assert.equal(world.invocations.length, 0);
    const later = await world.service.backtest(
      { EventPattern: '{"detail-type":["Order"]}' },
      { fromMs: START_MS + 1 },
      3,
    );
    assert.equal(later.examined, 0);
    await assert.rejects(world.service.backtest({ EventPattern: '{"a":1}' }, {}, 1), {
      code: 'InvalidEventPatternException',
    });
  }),
);

test(
  'an event tells of the replays that brought it again',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', EVERYTHING);
    const bus = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
    const { ArchiveArn } = await world.service.createArchive(REGION, {
      ArchiveName: 'a',
      EventSourceArn: bus,
    });
    const eventId = await world.put('Order');
    await replay(world, ArchiveArn);
    const stored = await world.service.describeEvent(eventId);
    assert.equal(stored?.event['replay-name'], undefined);
    assert.deepEqual(
      stored?.deliveries.map(({ replayName, status }) => [replayName, status]),
      [
        [undefined, 'delivered'],
        ['again', 'delivered'],
      ],
    );
  }),
);

test(
  'a backtest sees what a rule would have seen: no read-only calls unless asked, nothing twice, and no schedule',
  inWorld(async (world) => {
    await world.service.start();
    const bus = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
    await world.service.createEventBus(REGION, { Name: 'second' });
    await world.rule('onward', EVERYTHING, {
      Arn: bus.replace('default', 'second'),
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
    });
    world.answer = async ({ event, deliveryId, target }) => {
      if (!target.Arn.endsWith('second')) return { kind: 'delivered' };
      const how = { eventBusName: 'second', deliveryId, simulated: false };
      await world.service.forwardEvent(REGION, event, how);
      return { kind: 'delivered' };
    };
    const { ArchiveArn } = await world.service.createArchive(REGION, {
      ArchiveName: 'a',
      EventSourceArn: bus,
    });
    await world.service.createSchedule(REGION, {
      Name: 's',
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`,
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
      },
    });
    await world.put('AWS API Call via CloudTrail', { readOnly: true });
    await world.put('AWS API Call via CloudTrail', { readOnly: false });
    await replay(world, ArchiveArn);
    const all = await world.service.searchEvents({}, { limit: 50 });
    assert.equal(
      all.events.length,
      6,
      'two put, one replayed, the two that are no reads forwarded, and one of a schedule',
    );
    const EventPattern = '{"account":[{"exists":true}]}';
    const tried = async (
      State: 'ENABLED' | 'DISABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      filter = {},
    ) => {
      const { examined, matched } = await world.service.backtest({ EventPattern, State }, filter, 10);
      return [examined, matched];
    };
    assert.deepEqual(await tried('ENABLED'), [2, 1]);
    assert.deepEqual(await tried('DISABLED'), [2, 1]);
    assert.deepEqual(await tried('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'), [2, 2]);
    assert.deepEqual(
      await tried('ENABLED', { eventBusName: 'second' }),
      [1, 1],
      'copies are what came to that bus',
    );
  }),
);

test(
  'a backtest looks at every event, however large, and shows of them what is not too much together',
  inWorld(async (world) => {
    await world.service.start();
    for (let n = 0; n < 7; n += 1) await world.put('Large', { text: 'x'.repeat(900_000) });
    const { examined, matched, events } = await world.service.backtest(
      { EventPattern: JSON.stringify(EVERYTHING) },
      {},
      100,
    );
    assert.deepEqual([examined, matched, events.length], [7, 7, 5]);
  }),
);

test(
  'events are found and shown beside one that is as deep as an event may be, itself included, also after its replay',
  inWorld(async (world) => {
    await world.service.start();
    const ruleArn = await world.rule('r', { source: ['test'] });
    const { ArchiveArn } = await world.service.createArchive(REGION, {
      ArchiveName: 'all',
      EventSourceArn: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`,
    });
    await world.put('Order', { n: 1 });
    let deep: unknown = { 'replay-name': 'x' };
    for (let levels = 2; levels < 1000; levels += 1) deep = [deep];
    const eventId = await world.put('Deep', { n: deep });
    await world.put('Order', { n: 3 });
    await world.settle();
    assert.deepEqual(await details(world, { source: 'test' }), [3, deep, 1]);
    assert.deepEqual(await details(world, { source: 'test', rule: 'r', detailType: 'Order' }), [3, 1]);
    assert.deepEqual(await details(world, { detailType: 'Deep', text: 'DEEP' }), [deep]);
    assert.deepEqual(await details(world, { detailType: 'Deep', eventBusName: 'other' }), []);
    assert.deepEqual(await details(world, { source: 'other' }), []);
    await replay(world, ArchiveArn);
    const shown = await world.service.describeEvent(eventId);
    assert.equal(shown?.event['replay-name'], undefined);
    assert.deepEqual(
      shown?.deliveries.map(({ ruleArn: of, replayName }) => [of, replayName]),
      [
        [ruleArn, undefined],
        [ruleArn, 'again'],
      ],
    );
  }),
);
