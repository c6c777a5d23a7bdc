import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EventRecord } from '@riposte/events';
import { Database, SqliteEventStore } from '@riposte/store-sqlite';

const NOW = 1_000_000;
const CLAIM = { nowMs: NOW, leaseUntilMs: NOW + 60_000, limit: 10, perRule: 10 };

function record(eventId: string, rules: readonly string[], receivedAtMs = NOW): EventRecord {
  return {
    event: {
      version: '0',
      id: eventId,
      'detail-type': 'Order',
      source: 'test',
      account: '111122223333',
      time: '2026-01-31T12:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: {},
    },
    region: 'us-east-1',
    eventBusName: 'default',
    receivedAtMs,
    simulated: false,
    matchedRuleArns: [...rules],
    archiveNames: [],
    deliveries: rules.map((ruleArn) => ({
      deliveryId: `${eventId}/${ruleArn}`,
      ruleArn,
      target: { Id: 't', Arn: 'arn:aws:sns:us-east-1:111122223333:topic' },
    })),
  };
}

function inStore(work: (store: SqliteEventStore) => Promise<void>): () => Promise<void> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'riposte-events-store-'));
    const database = new Database(join(folder, 'riposte.db'));
    try {
      await work(new SqliteEventStore(database));
    } finally {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

async function claimed(store: SqliteEventStore, claim = CLAIM): Promise<string[]> {
  return (await store.claimDeliveries(claim)).map(({ deliveryId }) => deliveryId);
}

test(
  'rules take turns: a long backlog of one does not hold up another',
  inStore(async (store) => {
    const backlog = Array.from({ length: 50 }, (_, n) => record(`many-${n}`, ['a']));
    await store.record([...backlog, record('one', ['b'], NOW), record('two', ['c'], NOW)]);
    assert.deepEqual(await claimed(store, { ...CLAIM, limit: 4 }), [
      'many-0/a',
      'one/b',
      'two/c',
      'many-1/a',
    ]);
  }),
);

test(
  'no more of one rule are out at a time than allowed, those out before included',
  inStore(async (store) => {
    await store.record(Array.from({ length: 5 }, (_, n) => record(`e${n}`, ['a'])));
    assert.deepEqual(await claimed(store, { ...CLAIM, perRule: 2 }), ['e0/a', 'e1/a']);
    assert.deepEqual(await claimed(store, { ...CLAIM, perRule: 3 }), ['e2/a']);
    await store.settleDelivery('e0/a', 0, { atMs: NOW, kind: 'delivered' });
    assert.deepEqual(await claimed(store, { ...CLAIM, perRule: 3 }), ['e3/a']);
  }),
);

test(
  'a claim that is not settled is due again when its lease ends, or when claims are released',
  inStore(async (store) => {
    await store.record([record('e', ['a'])]);
    assert.deepEqual(await claimed(store), ['e/a']);
    assert.deepEqual(await claimed(store), []);
    assert.equal(await store.nextDeliveryDueMs(NOW), NOW + 60_000);
    assert.deepEqual(await claimed(store, { ...CLAIM, nowMs: NOW + 60_000, leaseUntilMs: NOW + 99_000 }), [
      'e/a',
    ]);
    await store.releaseClaims(NOW);
    assert.deepEqual(await claimed(store), ['e/a']);
  }),
);

test(
  'a retry is due at its time, and an outdated settlement changes nothing',
  inStore(async (store) => {
    await store.record([record('e', ['a'])]);
    await claimed(store);
    await store.settleDelivery('e/a', 0, { atMs: NOW, kind: 'retry', dueAtMs: NOW + 5000, error: 'busy' });
    await store.settleDelivery('e/a', 0, { atMs: NOW, kind: 'dead', error: 'late' });
    assert.deepEqual(await claimed(store), []);
    const [again] = await store.claimDeliveries({ ...CLAIM, nowMs: NOW + 5000 });
    assert.equal(again?.attempts, 1);
    await store.settleDelivery('e/a', 1, { atMs: NOW, kind: 'delivered', resultArn: 'arn:x' });
    const [delivery] = (await store.event('e'))?.deliveries ?? [];
    assert.deepEqual(
      [delivery?.status, delivery?.attempts, delivery?.resultArn, delivery?.lastError],
      ['delivered', 2, 'arn:x', undefined],
    );
    assert.equal(await store.nextDeliveryDueMs(0), undefined);
  }),
);

test(
  'records of one request are written whole or not at all',
  inStore(async (store) => {
    const twice = record('second', ['a']);
    twice.deliveries.push(...record('second', ['a']).deliveries); // the same delivery id again
    await assert.rejects(store.record([record('first', ['a']), twice]));
    assert.deepEqual(await store.events(10), []);
    assert.deepEqual(await claimed(store), []);
  }),
);

test(
  'the next fire of a rule moves with the event that it fired',
  inStore(async (store) => {
    const rule = {
      Name: 'timed',
      Arn: 'arn:rule',
      EventBusName: 'default',
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED' as const,
    };
    const key = { region: 'us-east-1', eventBusName: 'default', name: 'timed' };
    await store.putRule({ region: 'us-east-1', rule, targets: [], createdAtMs: NOW, nextFireMs: NOW + 1 });
    assert.equal(await store.nextFireMs(), NOW + 1);
    assert.deepEqual(await store.dueRules(NOW), []);
    assert.equal((await store.dueRules(NOW + 1)).length, 1);
    await store.record([{ ...record('tick', ['arn:rule']), fired: { ...key, nextFireMs: NOW + 60_001 } }]);
    assert.equal(await store.nextFireMs(), NOW + 60_001);
    await store.setNextFire(key, undefined);
    assert.equal(await store.nextFireMs(), undefined);
    assert.equal((await store.rule(key))?.nextFireMs, undefined);
  }),
);
