import assert from 'node:assert/strict';
import type { EventStoreCases } from '../event-store-contract.ts';
import { claimed, NOW, ready, record } from './event-records.ts';

const at = { atMs: NOW, tookMs: 0 };

export const attemptCases: EventStoreCases = {
  'a retry is due at its time, and an outdated settlement changes nothing': async ({ store }) => {
    await store.record([record('e', ['a'])]);
    await claimed(store);
    await store.settleDelivery('e/a', 0, {
      atMs: NOW,
      tookMs: 0,
      kind: 'retry',
      dueAtMs: NOW + 5000,
      error: 'busy',
    });
    await store.settleDelivery('e/a', 0, { atMs: NOW, tookMs: 0, kind: 'dead', error: 'late' });
    assert.deepEqual(await claimed(store), []);
    assert.equal(await store.nextReadyMs(NOW), NOW + 5000);
    assert.deepEqual(await claimed(store, { nowMs: NOW + 5000 }), ['e/a']);
    await store.settleDelivery('e/a', 1, { atMs: NOW, tookMs: 0, kind: 'delivered', resultArn: 'arn:x' });
    const [delivery] = (await store.event('e'))?.deliveries ?? [];
    assert.deepEqual(
      [delivery?.status, delivery?.attempts, delivery?.resultArn, delivery?.lastError],
      ['delivered', 2, 'arn:x', undefined],
    );
    assert.equal(await store.nextReadyMs(0), undefined);
  },

  'each attempt that has ended is told of, with its error; one that was not made counts as none': async ({
    store,
  }) => {
    await store.record([record('e', ['a'])]);
    await claimed(store);
    await store.settleDelivery('e/a', 0, { ...at, kind: 'later', dueAtMs: NOW });
    await store.settleDelivery('e/a', 0, { ...at, kind: 'retry', dueAtMs: NOW, error: 'busy' });
    await store.settleDelivery('e/a', 1, { ...at, atMs: NOW + 1, kind: 'dead', error: 'gone' });
    const [delivery] = (await store.event('e'))?.deliveries ?? [];
    assert.deepEqual([delivery?.status, delivery?.attempts, delivery?.lastError], ['dead', 2, 'gone']);
    assert.deepEqual(delivery?.attemptLog, [
      { number: 1, endedAtMs: NOW, error: 'busy' },
      { number: 2, endedAtMs: NOW + 1, error: 'gone' },
    ]);
    assert.deepEqual(await ready(store, NOW + 1_000_000), []);
  },

  'a dead letter is due at once, also after a crash; its attempts are not the target’s': async ({
    store,
    crash,
  }) => {
    await store.record([record('e', ['a'])]);
    await claimed(store);
    const deadLetter = { attempts: 1, errorCode: 'X', errorMessage: 'gone', diedAtMs: NOW };
    await store.settleDelivery('e/a', 0, { ...at, kind: 'dead-letter', error: 'gone', deadLetter });
    const { store: after } = await crash();
    const shares = [{ ruleArn: 'a', targetId: 't', deliveries: 1 }];
    const [letter] = await after.claimDeliveries({ nowMs: NOW, leaseUntilMs: NOW + 1, shares });
    assert.deepEqual(letter?.deadLetter, deadLetter);
    assert.equal(letter?.attempts, 1);
    await after.settleDelivery('e/a', 1, { ...at, kind: 'dead', error: 'gone' });
    const [delivery] = (await after.event('e'))?.deliveries ?? [];
    assert.deepEqual([delivery?.status, delivery?.attempts], ['dead', 1]);
    assert.equal(delivery?.attemptLog?.[1]?.isOfDeadLetter, true);
  },

  'what was settled is settled after a crash': async ({ store, crash }) => {
    await store.record([record('e', ['a'])]);
    await claimed(store);
    await store.settleDelivery('e/a', 0, { ...at, kind: 'delivered' });
    const { store: after } = await crash();
    await after.releaseClaims(NOW);
    assert.deepEqual(await ready(after, NOW + 1_000_000), []);
  },

  'of a long error the start and the end are kept': async ({ store }) => {
    await store.record([record('e', ['a'])]);
    await claimed(store);
    const error = `start${'x'.repeat(100_000)}end`;
    await store.settleDelivery('e/a', 0, { ...at, kind: 'dead', error });
    const { lastError = '' } = (await store.event('e'))?.deliveries[0] ?? {};
    assert.match(lastError, /^start.*end$/);
    assert.ok(lastError.length < 10_000);
  },
};
