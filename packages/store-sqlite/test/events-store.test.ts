import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Database, SqliteEventStore, SqliteSchedulerStore } from '@riposte/store-sqlite';
import { eventRecords, eventStoreContract } from '@riposte/testkit';

const { ARCHIVE, ARCHIVE_KEY, ARCHIVE_RULE, claimed, NOW, ready, record } = eventRecords;

eventStoreContract('sqlite', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-events-store-'));
  let database: Database;
  const open = () => {
    database = new Database(join(folder, 'riposte.db'));
    return { store: new SqliteEventStore(database), schedulerStore: new SqliteSchedulerStore(database) };
  };
  t.after(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    ...open(),
    // nothing is queued between two awaited calls, so closing writes nothing that a kill would not have left
    crash: async () => {
      database.close();
      return open();
    },
  };
});

test('a file of an earlier version, without lanes, sizes, contents of archives and rehearsals of targets, is taken over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-events-store-'));
  const file = join(folder, 'riposte.db');
  const before = new Database(file);
  const first = new SqliteEventStore(before);
  await first.putArchive('us-east-1', ARCHIVE, ARCHIVE_RULE);
  await first.record([{ ...record('e', ['a']), archiveNames: ['kept'] }]);
  before.close();
  const raw = new DatabaseSync(file);
  raw.exec(`
    DROP TRIGGER events_stored; DROP TRIGGER event_deliveries_stored; DROP TRIGGER event_rejects_stored;
    DROP TRIGGER events_forgotten; DROP TRIGGER event_deliveries_forgotten; DROP TRIGGER event_rejects_forgotten;
    DROP TRIGGER event_attempts_stored; DROP TRIGGER event_attempts_forgotten;
    DROP TABLE event_sizes;
    INSERT INTO event_attempts SELECT sequence, 99, 0, 'busy' FROM event_deliveries;
    CREATE TABLE event_totals (
      id INTEGER PRIMARY KEY CHECK (id = 1), events INTEGER NOT NULL, bytes INTEGER NOT NULL
    ) STRICT;
    INSERT INTO event_totals VALUES (1, 1, 1);
    CREATE TRIGGER events_removed AFTER DELETE ON events BEGIN
      UPDATE event_totals SET events = events - 1, bytes = bytes - octet_length(old.envelope);
    END;
    DROP TABLE event_lanes;
    DROP INDEX event_deliveries_of_lane;
    DROP TABLE event_archives_deleted;
    DROP TABLE event_target_states;
    CREATE TABLE event_target_health (
      rule_arn TEXT NOT NULL, target_id TEXT NOT NULL, state INTEGER NOT NULL, failures INTEGER NOT NULL,
      error TEXT NOT NULL, since_ms INTEGER NOT NULL, PRIMARY KEY (rule_arn, target_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO event_target_health VALUES ('a', 't', 1, 5, 'nobody', 7), ('b', 't', 2, 6, 'nobody', 8);
    UPDATE event_archived SET archive = 'kept';
    ALTER TABLE event_archives DROP COLUMN content;
    CREATE INDEX event_deliveries_pending ON event_deliveries (rule_arn, due_at_ms, sequence) WHERE status = 'pending';
  `);
  raw.close();
  const database = new Database(file);
  const store = new SqliteEventStore(database);
  await store.releaseClaims(NOW);
  assert.deepEqual(await ready(store), ['a/t: 1']);
  assert.deepEqual(await claimed(store), ['e/a']);
  const failing = { ruleArn: 'a', targetId: 't', simulated: false, failures: 5, error: 'nobody', sinceMs: 7 };
  assert.deepEqual(await store.announcements(NOW), [{ kind: 'target-failing', ...failing }]);
  const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 10 };
  assert.equal((await store.archivedEvents('us-east-1', 'kept', range)).length, 1);
  await store.deleteArchive('us-east-1', 'kept', ARCHIVE_KEY);
  await store.putArchive('us-east-1', ARCHIVE, ARCHIVE_RULE);
  assert.equal((await store.archivedEvents('us-east-1', 'kept', range)).length, 0);
  await store.forgetDeletedArchives(10);
  assert.equal(await store.hasDeletedArchives(), false);
  await store.settleDelivery('e/a', 0, { atMs: NOW, tookMs: 0, kind: 'delivered' });
  const { events, bytes } = await store.storedEvents();
  assert.deepEqual([events, bytes > 200], [1, true]);
  await store.forgetEvents({ beforeMs: NOW + 1, limit: 5 });
  assert.deepEqual(await store.storedEvents(), { events: 0, bytes: 0 });
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a search for what is rare stops on its way, and goes on there', async () => {
  const database = new Database(':memory:');
  const store = new SqliteEventStore(database);
  const common = Array.from({ length: 20_500 }, (_, n) => record(`common-${n}`, [], NOW + n));
  await store.record([{ ...record('rare', []), eventBusName: 'other' }, ...common]);
  const first = await store.searchEvents({ eventBusName: 'other' }, { limit: 1 });
  assert.equal(first.events.length, 0);
  assert.ok(first.before);
  const second = await store.searchEvents({ eventBusName: 'other' }, { limit: 1, before: first.before });
  assert.deepEqual([second.events[0]?.event.id, second.before], ['rare', undefined]);
  database.close();
});
