import assert from 'node:assert/strict';
import type { EventStoreCases } from '../event-store-contract.ts';
import { claimed, eventIds, NOW, ready, record } from './event-records.ts';

const take = (key: string, id = key) => ({
  source: 'queue',
  atMs: NOW,
  forgetBeforeMs: NOW - 1000,
  arrivals: [{ kind: 'event' as const, key, record: record(id, ['a']) }],
});
const reject = (key: string, source = 'queue') => ({
  source,
  atMs: NOW,
  forgetBeforeMs: 0,
  arrivals: [{ kind: 'rejected' as const, key, reason: 'It is no event.', body: `body of ${key}` }],
});

export const recordCases: EventStoreCases = {
  'what was answered is there after a crash, the event with its deliveries': async ({ store, crash }) => {
    const made = { ...record('e', ['a', 'b']), simulated: true };
    await store.record([made]);
    const { store: after } = await crash();
    const { deliveries, ...stored } = (await after.event('e'))!;
    const { event, region, eventBusName, receivedAtMs, simulated, matchedRuleArns } = made;
    assert.deepEqual(stored, { event, region, eventBusName, receivedAtMs, simulated, matchedRuleArns });
    assert.deepEqual(
      deliveries.map(({ deliveryId, ruleArn, targetId, status, attempts }) => [
        deliveryId,
        ruleArn,
        targetId,
        status,
        attempts,
      ]),
      [
        ['e/a', 'a', 't', 'pending', 0],
        ['e/b', 'b', 't', 'pending', 0],
      ],
    );
    assert.deepEqual(await ready(after), ['a/t: 1', 'b/t: 1']);
  },

  'records of one request are written whole or not at all': async ({ store }) => {
    const twice = record('second', ['a']);
    twice.deliveries.push(...record('second', ['a']).deliveries); // the same delivery id again
    await assert.rejects(store.record([record('first', ['a']), twice]));
    assert.deepEqual((await store.searchEvents({}, { limit: 10 })).events, []);
    assert.deepEqual(await claimed(store), []);
  },

  'writes of one turn are undone alone where they fail': async ({ store }) => {
    const twice = record('second', ['a']);
    twice.deliveries.push(...record('second', ['a']).deliveries);
    const written = await Promise.allSettled([
      store.record([record('first', ['a'])]),
      store.record([twice]),
      store.record([record('third', ['a'])]),
    ]);
    assert.deepEqual(
      written.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(await eventIds(store), ['third', 'first']);
  },

  'an event that a delivery brought from another bus is written once, and told of with the first': async ({
    store,
  }) => {
    await store.record([record('e', ['a'])]);
    const forwarded = { ...record('e', ['b']), eventBusName: 'other', forwardedBy: 'e/a' };
    await store.record([forwarded]);
    await store.record([{ ...record('e', ['c']), eventBusName: 'other', forwardedBy: 'e/a' }]);
    assert.deepEqual(await ready(store), ['a/t: 1', 'b/t: 1']);
    const stored = await store.event('e');
    assert.equal(stored?.eventBusName, 'default');
    assert.deepEqual(stored?.matchedRuleArns, ['a', 'b']);
  },

  'what a source brings again under a known key causes nothing, whichever source it is and after a crash':
    async ({ store, crash }) => {
      assert.deepEqual(await store.takeIn(take('k')), ['stored']);
      assert.deepEqual(await store.takeIn(take('k', 'again')), ['duplicate']);
      const { store: after } = await crash();
      assert.deepEqual(await after.takeIn({ ...take('k', 'again'), source: 'webhook' }), ['duplicate']);
      assert.deepEqual(await eventIds(after), ['k']);
      assert.deepEqual(
        await after.sourceCounts(),
        new Map([
          ['queue', { events: 1, duplicates: 1, rejected: 0, lastEventMs: NOW }],
          ['webhook', { events: 0, duplicates: 1, rejected: 0 }],
        ]),
      );
    },

  'an arrival that cannot be written takes none of its intake with it, and none of its key': async ({
    store,
  }) => {
    const twice = record('twice', ['a']);
    twice.deliveries.push(...record('twice', ['a']).deliveries);
    const intake = take('k');
    intake.arrivals.push({ kind: 'event', key: 'l', record: twice });
    await assert.rejects(store.takeIn(intake));
    assert.deepEqual(await eventIds(store), []);
    assert.deepEqual(await store.takeIn(take('k')), ['stored']);
  },

  'what is no event is kept once for each source and key, and told newest first': async ({ store }) => {
    assert.deepEqual(await store.takeIn(reject('a')), ['rejected']);
    assert.deepEqual(await store.takeIn(reject('b')), ['rejected']);
    assert.deepEqual(await store.takeIn(reject('a')), ['duplicate']);
    assert.deepEqual(await store.takeIn(reject('a', 'webhook')), ['rejected']);
    const { reason } = reject('a').arrivals[0]!;
    const of = (key: string) => ({ source: 'queue', key, receivedAtMs: NOW, reason, body: `body of ${key}` });
    assert.deepEqual(await store.rejectedArrivals('queue', 10), [of('b'), of('a')]);
    assert.deepEqual(await store.rejectedArrivals('queue', 1), [of('b')]);
  },

  'that a rule is quiet is told once with the event that tells it, and that it matches again as well':
    async ({ store, crash }) => {
      const Arn = 'arn:aws:events:us-east-1:111122223333:rule/r';
      const rule = { Name: 'r', Arn, EventBusName: 'default', State: 'ENABLED' as const };
      const tags = { 'riposte:quiet-after-hours': '1' };
      const hourMs = 3_600_000;
      await store.putRule({ region: 'us-east-1', rule, targets: [], createdAtMs: NOW, tags });
      assert.equal(await store.nextQuietMs(), NOW + hourMs);
      assert.deepEqual(await store.announcements(NOW + hourMs - 1), []);
      const known = { ruleArn: Arn, sinceMs: NOW, afterMs: hourMs };
      const [quiet, ...none] = await store.announcements(NOW + hourMs);
      assert.deepEqual([quiet, none], [{ kind: 'rule-quiet', ...known }, []]);
      await store.record([{ ...record('told', []), announces: quiet! }]);
      const { store: after } = await crash();
      assert.deepEqual(await after.announcements(NOW + 9 * hourMs), []);
      await after.record([{ ...record('rehearsal', [Arn]), simulated: true, deliveries: [] }]);
      assert.deepEqual(await after.announcements(NOW + 9 * hourMs), []);
      await after.record([{ ...record('match', [Arn], NOW + 2 * hourMs), deliveries: [] }]);
      const [again] = await after.announcements(NOW + 2 * hourMs);
      assert.deepEqual(again, { kind: 'rule-matched-again', ...known, sinceMs: NOW + 2 * hourMs });
      await after.record([{ ...record('told-again', []), announces: again! }]);
      assert.equal(await after.nextQuietMs(), NOW + 3 * hourMs);
    },

  'what is sent again by hand is added to the event, and due at once': async ({ store }) => {
    await store.record([record('e', ['a'])]);
    const [first] = await claimed(store);
    await store.settleDelivery(first!, 0, { kind: 'delivered', atMs: NOW, tookMs: 1 });
    const again = record('e', ['a', 'b'], NOW + 5);
    for (const delivery of again.deliveries) delivery.deliveryId += '/again';
    await store.recordResend(again);
    assert.deepEqual(await ready(store, NOW + 5), ['a/t: 1', 'b/t: 1']);
    const stored = await store.event('e');
    assert.deepEqual(stored?.matchedRuleArns, ['a', 'b']);
    assert.deepEqual(
      stored?.deliveries.map(({ deliveryId, resentAtMs }) => [deliveryId, resentAtMs]),
      [
        ['e/a', undefined],
        ['e/a/again', NOW + 5],
        ['e/b/again', NOW + 5],
      ],
    );
    assert.deepEqual(await eventIds(store), ['e']);
  },
};
