import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Database, SqliteEventStore, SqliteSchedulerStore } from '@riposte/store-sqlite';
import { eventRecords } from '@riposte/testkit';

const { ARCHIVE, ARCHIVE_KEY, ARCHIVE_RULE, NOW, record } = eventRecords;

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

/** Constants, what is counted only as far as asked for, lists that are given, and tables of a row or two. */
const SMALL = /^SCAN (CONSTANT|\(?subquery|json_each|sqlite_sequence|event_sizes|event_archives_deleted)/;

/** What reads a table from its begin, or sorts what it has read. */
async function scansOf(
  work: (store: SqliteEventStore, schedulerStore: SqliteSchedulerStore) => Promise<unknown>,
): Promise<string[]> {
  const database = new ListeningDatabase(':memory:');
  const store = new SqliteEventStore(database);
  const schedulerStore = new SqliteSchedulerStore(database);
  database.statements.clear();
  await work(store, schedulerStore);
  const plans = database.plans();
  database.close();
  assert.ok(plans.length > 0, 'nothing was asked');
  return plans.filter((plan) => /^SCAN|TEMP B-TREE/.test(plan) && !SMALL.test(plan));
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

test('what is due by the clock is found by an index, in its order', async () => {
  const scans = await scansOf(async (store, schedulerStore) => {
    await store.dueRules(NOW, 1);
    await store.nextQuietMs();
    await store.announcements(NOW);
    await schedulerStore.dueSchedules(NOW, 1);
  });
  assert.deepEqual(scans, []);
});

test('a page of events is found by an index on their time, from wherever it begins', async () => {
  const scans = await scansOf(async (store) => {
    await store.record([record('a', []), record('b', []), record('c', [])]);
    const filter = { fromMs: NOW, toMs: NOW + 1 };
    const { before } = await store.searchEvents(filter, { limit: 1 });
    const { events } = await store.searchEvents(
      { ...filter, source: 'test' },
      { limit: 1, ...(before && { before }) },
    );
    assert.deepEqual(
      events.map(({ event }) => event.id),
      ['b'],
    );
  });
  assert.deepEqual(scans, []);
});

test('what is old is found by an index, also where little of it may go', async () => {
  const scans = await scansOf(async (store) => {
    await store.record([record('a', [])]);
    assert.equal(await store.forgetEvents({ beforeMs: NOW + 1, limit: 5, aboveBytes: 0 }), 1);
  });
  assert.deepEqual(scans, []);
});

test('what is still to be delivered is not passed over to find what may be forgotten', async () => {
  const database = new ListeningDatabase(':memory:');
  const store = new SqliteEventStore(database);
  await store.record([record('a', ['r']), record('b', ['r'])]);
  database.statements.clear();
  assert.equal(await store.forgetEvents({ beforeMs: NOW + 1, limit: 5, aboveBytes: 0 }), 0);
  assert.deepEqual(
    [...database.statements].filter((statement) => / FROM (events|event_deliveries)\b/.test(statement)),
    [],
  );
  database.close();
});

test('messages that were no event are found by an index', async () => {
  const scans = await scansOf((store) => store.rejectedArrivals('queue', 5));
  assert.deepEqual(scans, []);
});

test('copies in an archive are found and forgotten by an index', async () => {
  const scans = await scansOf(async (store) => {
    await store.putArchive('us-east-1', ARCHIVE, ARCHIVE_RULE);
    await store.record([{ ...record('a', []), archiveNames: [ARCHIVE.ArchiveName] }]);
    const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 1 };
    assert.equal((await store.archivedEvents('us-east-1', ARCHIVE.ArchiveName, range)).length, 1);
    assert.equal(await store.forgetArchived('us-east-1', ARCHIVE.ArchiveName, NOW + 1, 5), 1);
    await store.deleteArchive('us-east-1', ARCHIVE.ArchiveName, ARCHIVE_KEY);
    await store.forgetDeletedArchives(5);
  });
  assert.deepEqual(scans, []);
});

test('events are not looked through while all are within the limit', async () => {
  const database = new ListeningDatabase(':memory:');
  const store = new SqliteEventStore(database);
  await store.record([record('a', ['r'])]);
  database.statements.clear();
  assert.equal(await store.forgetEvents({ beforeMs: NOW + 1, limit: 5, aboveBytes: 1_000_000 }), 0);
  assert.deepEqual(
    [...database.statements].filter((statement) => / FROM (events|event_rejects)\b/.test(statement)),
    [],
  );
  assert.equal(database.statements.size, 1);
  database.close();
});
