import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { EventPosition } from '@riposte/events';
import { Database, SqliteEventStore } from '@riposte/store-sqlite';
import { Dice } from '@riposte/testkit';
import { ARCHIVE, ARCHIVE_KEY, ARCHIVE_RULE, NOW, record } from './event-record.ts';

const LOOK = { lanes: 100, deliveries: 10 };

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

/** Of the rule `a`. */
async function claimed(store: SqliteEventStore, { nowMs = NOW, deliveries = 10 } = {}): Promise<string[]> {
  const shares = [{ ruleArn: 'a', targetId: 't', deliveries }];
  const found = await store.claimDeliveries({ nowMs, leaseUntilMs: nowMs + 60_000, shares });
  return found.map(({ deliveryId }) => deliveryId);
}

async function ready(store: SqliteEventStore, nowMs = NOW, lookAt = LOOK): Promise<string[]> {
  const lanes = await store.readyLanes(nowMs, lookAt);
  return lanes.map(({ ruleArn, targetId, due }) => `${ruleArn}/${targetId}: ${due}`);
}

test(
  'lanes stand in the order in which they have waited, whatever their backlog; one whose turn is over stands behind',
  inStore(async (store) => {
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
  }),
);

test(
  'targets of one rule are lanes of their own',
  inStore(async (store) => {
    const event = record('e', ['a']);
    event.deliveries.push({ deliveryId: 'e/other', ruleArn: 'a', target: { Id: 'u', Arn: 'arn:u' } });
    await store.record([event]);
    assert.deepEqual(await ready(store), ['a/t: 1', 'a/u: 1']);
    assert.deepEqual(await claimed(store), ['e/a']);
    assert.deepEqual(await ready(store), ['a/u: 1']);
  }),
);

test(
  'after any course of records, claims, lost leases and retries, the lanes say just what is due',
  inStore(async (store) => {
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
  }),
);

test(
  'a claim that is not settled is due again when its lease ends, or when claims are released',
  inStore(async (store) => {
    await store.record([record('e', ['a'])]);
    assert.deepEqual(await claimed(store), ['e/a']);
    assert.deepEqual(await claimed(store), []);
    assert.equal(await store.nextReadyMs(NOW), NOW + 60_000);
    assert.deepEqual(await claimed(store, { nowMs: NOW + 60_000 }), ['e/a']);
    await store.releaseClaims(NOW);
    assert.deepEqual(await claimed(store), ['e/a']);
  }),
);

test(
  'a retry is due at its time, and an outdated settlement changes nothing',
  inStore(async (store) => {
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
  }),
);

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

test(
  'records of one request are written whole or not at all',
  inStore(async (store) => {
    const twice = record('second', ['a']);
    twice.deliveries.push(...record('second', ['a']).deliveries); // the same delivery id again
    await assert.rejects(store.record([record('first', ['a']), twice]));
    assert.deepEqual((await store.searchEvents({}, { limit: 10 })).events, []);
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
    assert.deepEqual(await store.dueRules(NOW, 10), []);
    assert.equal((await store.dueRules(NOW + 1, 10)).length, 1);
    await store.record([{ ...record('tick', ['arn:rule']), fired: { ...key, nextFireMs: NOW + 60_001 } }]);
    assert.equal(await store.nextFireMs(), NOW + 60_001);
    await store.setNextFire(key, undefined);
    assert.equal(await store.nextFireMs(), undefined);
    assert.equal((await store.rule(key))?.nextFireMs, undefined);
  }),
);

test(
  'events are found by their time also where a clock was set back, and pages leave out none',
  inStore(async (store) => {
    const times = [100, 200, 300, 300, 300, 150, 250, 400];
    await store.record(times.map((atMs, n) => record(`e${n}`, [], atMs)));
    const found: string[] = [];
    let before: EventPosition | undefined;
    do {
      const page = await store.searchEvents(
        { fromMs: 150, toMs: 400 },
        { limit: 2, ...(before && { before }) },
      );
      found.push(...page.events.map(({ event }) => event.id));
      assert.ok(page.events.length > 0, 'no page is asked for in vain');
      before = page.before;
    } while (before);
    assert.deepEqual(found, ['e4', 'e3', 'e2', 'e6', 'e1', 'e5']);
  }),
);

test(
  'a search for what is rare stops on its way, and goes on there',
  inStore(async (store) => {
    const common = Array.from({ length: 20_500 }, (_, n) => record(`common-${n}`, [], NOW + n));
    await store.record([{ ...record('rare', []), eventBusName: 'other' }, ...common]);
    const first = await store.searchEvents({ eventBusName: 'other' }, { limit: 1 });
    assert.equal(first.events.length, 0);
    assert.ok(first.before);
    const second = await store.searchEvents({ eventBusName: 'other' }, { limit: 1, before: first.before });
    assert.deepEqual([second.events[0]?.event.id, second.before], ['rare', undefined]);
  }),
);
