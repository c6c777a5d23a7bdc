import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Database, SqliteEventStore } from '@riposte/store-sqlite';
import { NOW, record } from './event-record.ts';

/** Remembers what it was asked. */
class ListeningDatabase extends Database {
  readonly statements = new Set<string>();

  override prepare(text: string): ReturnType<Database['prepare']> {
    this.statements.add(text);
    return super.prepare(text);
  }

  /** How SQLite finds the rows of everything that was asked until now, a line for each table. */
  plans(): string[] {
    return [...this.statements].flatMap((statement) =>
      super
        .prepare(`EXPLAIN QUERY PLAN ${statement}`)
        .all()
        .map((row) => String(row['detail'])),
    );
  }
}

/** What reads a table from its begin, or sorts what it has read. */
async function scansOf(work: (store: SqliteEventStore) => Promise<unknown>): Promise<string[]> {
  const database = new ListeningDatabase(':memory:');
  const store = new SqliteEventStore(database);
  database.statements.clear();
  await work(store);
  const plans = database.plans();
  database.close();
  assert.ok(plans.length > 0, 'nothing was asked');
  return plans.filter((plan) => /^SCAN (?!CONSTANT|\(?subquery)|TEMP B-TREE/.test(plan));
}

const shares = [{ ruleArn: 'a', targetId: 't', deliveries: 1 }];

test('deliveries are found, handed out and settled by an index, however many wait', async () => {
  const scans = await scansOf(async (store) => {
    await store.record([record('e', ['a'])]);
    await store.readyLanes(NOW, { lanes: 1, deliveries: 1 });
    await store.nextReadyMs(NOW);
    const claimed = await store.claimDeliveries({ nowMs: NOW, leaseUntilMs: NOW + 1, shares });
    assert.equal(claimed.length, 1);
    await store.settleDelivery('e/a', 0, {
      atMs: NOW,
      tookMs: 1,
      kind: 'retry',
      dueAtMs: NOW + 1,
      error: 'busy',
    });
  });
  assert.deepEqual(scans, []);
});
