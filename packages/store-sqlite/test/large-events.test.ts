import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchivedEvent, EventFilter, EventPosition, EventRecord } from '@riposte/events';
import { Database, SqliteEventStore } from '@riposte/store-sqlite';
import { eventRecords } from '@riposte/testkit';

const { ARCHIVE, ARCHIVE_RULE, NOW, record } = eventRecords;

/** Two of them and a little fit into what one page reads. */
const LARGE = 900_000;

function large(n: number, { bytes = LARGE, archiveNames = [] as string[] } = {}): EventRecord {
  const made = record(`e-${n}`, [], NOW + n);
  return { ...made, archiveNames, event: { ...made.event, detail: { text: 'x'.repeat(bytes) } } };
}

async function inMemory(work: (store: SqliteEventStore) => Promise<void>): Promise<void> {
  const database = new Database(':memory:');
  await work(new SqliteEventStore(database));
  database.close();
}

/** How many events each page has. */
async function pagesOf(store: SqliteEventStore, filter: EventFilter): Promise<number[]> {
  const sizes: number[] = [];
  let before: EventPosition | undefined;
  do {
    const page = await store.searchEvents(filter, { limit: 100, ...(before && { before }) });
    sizes.push(page.events.length);
    before = page.before;
  } while (before);
  return sizes;
}

test('a page of large events is over early, has one at least, and the next one leaves out none', () =>
  inMemory(async (store) => {
    await store.record([0, 1, 2, 3, 4, 5, 6].map((n) => large(n)));
    assert.deepEqual(await pagesOf(store, {}), [3, 3, 1]);
    assert.deepEqual(await pagesOf(store, { source: 'test' }), [3, 3, 1]);
    await store.record([large(8, { bytes: 5_000_000 }), large(9, { bytes: 5_000_000 })]);
    assert.deepEqual(await pagesOf(store, { fromMs: NOW + 8 }), [1, 1]);
  }));

test('the targets of an event count as it does', () =>
  inMemory(async (store) => {
    const target = { Id: 't', Arn: 'arn:aws:sns:us-east-1:111122223333:topic', Input: 'x'.repeat(LARGE) };
    const events = [0, 1, 2, 3].map((n) => record(`e-${n}`, ['a'], NOW + n));
    for (const { deliveries } of events) deliveries[0]!.target = target;
    await store.record(events);
    assert.deepEqual(await pagesOf(store, {}), [3, 1]);
  }));

test('the errors of its deliveries count as well', () =>
  inMemory(async (store) => {
    const rules = Array.from({ length: 500 }, (_, n) => `rule-${n}`);
    await store.record([0, 1, 2, 3].map((n) => record(`e-${n}`, rules, NOW + n)));
    const shares = rules.map((ruleArn) => ({ ruleArn, targetId: 't', deliveries: 4 }));
    const claimed = await store.claimDeliveries({ nowMs: NOW + 9, leaseUntilMs: NOW + 10, shares });
    assert.equal(claimed.length, 2000);
    const dead = { kind: 'dead', error: 'x'.repeat(2000), atMs: NOW + 9, tookMs: 1 } as const;
    await Promise.all(claimed.map(({ deliveryId }) => store.settleDelivery(deliveryId, 0, dead)));
    assert.deepEqual(await pagesOf(store, {}), [3, 1]);
  }));

test('of large messages that were no event few are told, the newest, and one at least', () =>
  inMemory(async (store) => {
    const take = (n: number, bytes: number) =>
      store.takeIn({
        source: 'queue',
        atMs: NOW + n,
        forgetBeforeMs: 0,
        arrivals: [{ kind: 'rejected', key: `m-${n}`, reason: 'It is no event.', body: 'x'.repeat(bytes) }],
      });
    for (const n of [0, 1, 2, 3, 4]) await take(n, LARGE);
    const keys = async (limit: number) =>
      (await store.rejectedArrivals('queue', limit)).map(({ key }) => key);
    assert.deepEqual(await keys(10), ['m-4', 'm-3', 'm-2']);
    assert.deepEqual(await keys(2), ['m-4', 'm-3']);
    await take(5, 5_000_000);
    assert.deepEqual(await keys(10), ['m-5']);
  }));

test('a search through the texts of large events stops on its way, one that reads none does not', () =>
  inMemory(async (store) => {
    await store.record([
      record('rare', [], NOW - 1),
      ...Array.from({ length: 8 }, (_, n) => large(n, { bytes: 5_000_000 })),
    ]);
    assert.deepEqual(await pagesOf(store, { text: 'RARE' }), [0, 1]);
    assert.deepEqual(await pagesOf(store, { eventBusName: 'other' }), [0]);
  }));

test('a page of large copies in an archive is over early, and the next one leaves out none', () =>
  inMemory(async (store) => {
    await store.putArchive('us-east-1', ARCHIVE, ARCHIVE_RULE);
    const archiveNames = [ARCHIVE.ArchiveName];
    await store.record([0, 1, 2, 3, 4, 5, 6].map((n) => large(n, { archiveNames })));
    const sizes: number[] = [];
    let after: ArchivedEvent['position'] | undefined;
    do {
      const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: 100, ...(after && { after }) };
      const page = await store.archivedEvents('us-east-1', ARCHIVE.ArchiveName, range);
      sizes.push(page.length);
      after = page.at(-1)?.position;
    } while (after);
    assert.deepEqual(sizes, [3, 3, 1, 0]);
  }));

test('of large deliveries few are handed out at once, of each lane in turn, and the rest afterwards', () =>
  inMemory(async (store) => {
    const text = 'x'.repeat(LARGE);
    const records = [0, 1, 2, 3].map((n) => record(`e-${n}`, ['a', 'b'], NOW));
    for (const { event } of records) event.detail = { text };
    await store.record([...records, record('small', ['c'], NOW + 1)]);
    const shares = ['a', 'b', 'c'].map((ruleArn) => ({ ruleArn, targetId: 't', deliveries: 4 }));
    const claim = async (): Promise<string[]> => {
      const nowMs = NOW + 1;
      const claimed = await store.claimDeliveries({ nowMs, leaseUntilMs: nowMs + 1000, shares });
      return claimed.map(({ deliveryId }) => deliveryId);
    };
    assert.deepEqual(await claim(), ['e-0/a', 'e-0/b', 'small/c', 'e-1/a']);
    assert.deepEqual(await claim(), ['e-2/a', 'e-1/b', 'e-3/a']);
    assert.deepEqual(await claim(), ['e-2/b', 'e-3/b']);
    assert.deepEqual(await claim(), []);
  }));
