import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Database, SqliteEventStore } from '@riposte/store-sqlite';
import { eventRecords } from '@riposte/testkit';

const { NOW, record } = eventRecords;

const lane = { ruleArn: 'a', targetId: 't' };
const settle = async (store: SqliteEventStore, kind: 'delivered' | 'retry'): Promise<void> => {
  const shares = [{ ...lane, deliveries: 1 }];
  const [claimed] = await store.claimDeliveries({ nowMs: NOW + 9, leaseUntilMs: NOW + 10, shares });
  const ending = kind === 'retry' ? { kind, dueAtMs: NOW, error: 'busy' } : { kind };
  await store.settleDelivery(claimed!.deliveryId, claimed!.attempts, { ...ending, atMs: NOW + 9, tookMs: 1 });
};
const forget = (store: SqliteEventStore) => store.forgetEvents({ beforeMs: NOW + 1, limit: 10 });

async function inFile(work: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-settled-'));
  await work(join(folder, 'riposte.db'));
  rmSync(folder, { recursive: true, force: true });
}

test('a file of an earlier version forgets what it may, and nothing that is to be delivered', () =>
  inFile(async (file) => {
    const before = new Database(file);
    await new SqliteEventStore(before).record([record('waits', ['a']), record('done', [])]);
    before.migrate(`DROP TRIGGER events_settled_forgotten; DROP TABLE event_settled;
      DROP INDEX event_deliveries_pending_of_event;`);
    before.close();
    const database = new Database(file);
    const store = new SqliteEventStore(database);
    assert.equal(await forget(store), 1);
    assert.ok(await store.event('waits'));
    await settle(store, 'delivered');
    assert.equal(await forget(store), 1);
    database.close();
  }));

test('what was noted as settled by mistake is not forgotten while it is to be delivered', async () => {
  const database = new Database(':memory:');
  const store = new SqliteEventStore(database);
  await store.record([record('waits', ['a'])]);
  database.migrate('INSERT INTO event_settled SELECT received_at_ms, sequence FROM events');
  await forget(store);
  assert.ok(await store.event('waits'));
  database.close();
});

test('nothing is left of what was noted when the event is gone', async () => {
  const database = new Database(':memory:');
  const store = new SqliteEventStore(database);
  await store.record([record('a', ['a']), record('b', [])]);
  await settle(store, 'retry');
  await settle(store, 'delivered');
  assert.equal(await forget(store), 2);
  assert.deepEqual(database.prepare('SELECT * FROM event_settled').all(), []);
  database.close();
});
