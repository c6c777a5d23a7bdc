import assert from 'node:assert/strict';
import { Dice } from '../properties/dice.ts';
import type { EventStoreCases } from '../event-store-contract.ts';
import { claimed, NOW, ready, record } from './event-records.ts';

export const claimCases: EventStoreCases = {
  'lanes stand in the order in which they have waited, whatever their backlog; one whose turn is over stands behind':
    async ({ store }) => {
      const backlog = Array.from({ length: 50 }, (_, n) => record(`many-${n}`, ['a'], NOW - 10));
      await store.record([...backlog, record('one', ['b'], NOW - 5), record('two', ['c'], NOW)]);
      assert.deepEqual(await ready(store), ['a/t: 10', 'b/t: 1', 'c/t: 1']);
      assert.deepEqual(await ready(store, NOW, { lanes: 2, deliveries: 3 }), ['a/t: 3', 'b/t: 1']);
      assert.deepEqual(await claimed(store, { deliveries: 2, nowMs: NOW + 1 }), ['many-0/a', 'many-1/a']);
      await store.settleDelivery('many-0/a', 0, { atMs: NOW + 1, tookMs: 5, kind: 'delivered' });
      assert.deepEqual(await ready(store, NOW + 1), ['a/t: 10', 'b/t: 1', 'c/t: 1']);
      await store.settleDelivery('many-1/a', 0, { atMs: NOW + 2, tookMs: 1000, kind: 'delivered' });
      await store.record([record('late', ['a', 'd'], NOW + 3)]);
      assert.deepEqual(await ready(store, NOW + 3), ['b/t: 1', 'c/t: 1', 'a/t: 10', 'd/t: 1']);
    },

  'targets of one rule are lanes of their own': async ({ store }) => {
    const event = record('e', ['a']);
    event.deliveries.push({ deliveryId: 'e/other', ruleArn: 'a', target: { Id: 'u', Arn: 'arn:u' } });
    await store.record([event]);
    assert.deepEqual(await ready(store), ['a/t: 1', 'a/u: 1']);
    assert.deepEqual(await claimed(store), ['e/a']);
    assert.deepEqual(await ready(store), ['a/u: 1']);
  },

  'a claim that is not settled is due again when its lease ends, or when claims are released': async ({
    store,
  }) => {
    await store.record([record('e', ['a'])]);
    assert.deepEqual(await claimed(store), ['e/a']);
    assert.deepEqual(await claimed(store), []);
    assert.equal(await store.nextReadyMs(NOW), NOW + 60_000);
    assert.deepEqual(await claimed(store, { nowMs: NOW + 60_000 }), ['e/a']);
    await store.releaseClaims(NOW);
    assert.deepEqual(await claimed(store), ['e/a']);
  },

  'a claim of a process that is gone is due at once after claims are released, under its id': async ({
    store,
    crash,
  }) => {
    await store.record([record('e', ['a'])]);
    assert.deepEqual(await claimed(store), ['e/a']);
    const { store: after } = await crash();
    await after.releaseClaims(NOW);
    assert.deepEqual(await ready(after), ['a/t: 1']);
    assert.deepEqual(await claimed(after), ['e/a']);
  },

  'what is handed out has the event, its target and when it came': async ({ store }) => {
    const made = record('e', ['a'], NOW - 7);
    await store.record([made]);
    const shares = [{ ruleArn: 'a', targetId: 't', deliveries: 1 }];
    const [handed, ...none] = await store.claimDeliveries({ nowMs: NOW, leaseUntilMs: NOW + 1, shares });
    assert.deepEqual(none, []);
    assert.deepEqual(
      { ...handed, event: handed?.event },
      {
        deliveryId: 'e/a',
        eventId: 'e',
        event: made.event,
        receivedAtMs: NOW - 7,
        simulated: false,
        forwarded: false,
        region: 'us-east-1',
        ruleArn: 'a',
        target: made.deliveries[0]?.target,
        attempts: 0,
      },
    );
  },

  'after any course of records, claims, lost leases and retries, the lanes say just what is due': async ({
    store,
  }) => {
    const dice = new Dice(4);
    const left = new Map<string, { ruleArn: string; attempts: number; dueAtMs: number }>();
    const rules = ['a', 'b', 'c', 'd', 'e'];
    for (let step = 0; step < 400; step += 1) {
      const nowMs = NOW + step * 100;
      const action = dice.weighted({ record: 2, claim: 3, settle: 3 });
      if (action === 'record') {
        const made = record(
          `e${step}`,
          rules.filter(() => dice.chance(0.4)),
          nowMs,
        );
        await store.record([made]);
        for (const { deliveryId, ruleArn } of made.deliveries)
          left.set(deliveryId, { ruleArn, attempts: 0, dueAtMs: nowMs });
      } else if (action === 'claim') {
        const lanes = await store.readyLanes(nowMs, { lanes: 2, deliveries: 2 });
        const shares = lanes.map(({ ruleArn, targetId, due }) => ({ ruleArn, targetId, deliveries: due }));
        const leaseUntilMs = nowMs + 2000;
        for (const { deliveryId } of await store.claimDeliveries({ nowMs, leaseUntilMs, shares }))
          left.get(deliveryId)!.dueAtMs = leaseUntilMs; // what is handed out was recorded
      } else if (action === 'settle' && left.size > 0) {
        const [deliveryId, delivery] = dice.pick([...left]);
        const dueAtMs = nowMs + dice.integer(0, 3000);
        const kind = dice.pick(['delivered', 'retry', 'later'] as const);
        const settlement =
          kind === 'delivered'
            ? { kind }
            : kind === 'later'
              ? { kind, dueAtMs }
              : { kind, dueAtMs, error: 'busy' };
        await store.settleDelivery(deliveryId, delivery.attempts, {
          atMs: nowMs,
          tookMs: 300,
          ...settlement,
        });
        if (kind === 'delivered') left.delete(deliveryId);
        else
          left.set(deliveryId, {
            ...delivery,
            dueAtMs,
            attempts: delivery.attempts + (kind === 'retry' ? 1 : 0),
          });
      }
      const due = rules.flatMap((rule) => {
        const count = [...left.values()].filter(
          ({ ruleArn, dueAtMs }) => ruleArn === rule && dueAtMs <= nowMs,
        );
        return count.length === 0 ? [] : [`${rule}/t: ${count.length}`];
      });
      assert.deepEqual(
        (await ready(store, nowMs, { lanes: 9, deliveries: 999 })).toSorted(),
        due,
        `step ${step}`,
      );
    }
  },
};
