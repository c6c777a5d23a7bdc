import assert from 'node:assert/strict';
import type { EventStoreCases } from '../event-store-contract.ts';
import { ARCHIVE, ARCHIVE_KEY, ARCHIVE_RULE, claimed, eventIds, NOW, record } from './event-records.ts';

const FOR_EVER = Number.MAX_SAFE_INTEGER;
const ALL = { fromMs: 0, toMs: FOR_EVER, limit: 10 };
const delivered = { kind: 'delivered', atMs: NOW, tookMs: 0 } as const;

export const retentionCases: EventStoreCases = {
  'the oldest are forgotten first, as many as are asked for, and none that is newer': async ({ store }) => {
    await store.record([3, 1, 2, 4].map((n) => record(`e${n}`, [], NOW + n)));
    assert.equal(await store.forgetEvents({ beforeMs: NOW + 4, limit: 2 }), 2);
    assert.deepEqual(await eventIds(store), ['e4', 'e3']);
    assert.equal(await store.forgetEvents({ beforeMs: NOW + 4, limit: 2 }), 1);
    assert.equal(await store.forgetEvents({ beforeMs: NOW + 4, limit: 2 }), 0);
    assert.deepEqual(await eventIds(store), ['e4']);
  },

  'an event that was sent again to rules without targets is forgotten like any other': async ({ store }) => {
    await store.record([record('e', [])]);
    await store.recordResend({ ...record('e', [], NOW + 1), matchedRuleArns: ['a'] });
    assert.equal(await store.forgetEvents({ beforeMs: FOR_EVER, limit: 10 }), 1);
  },

  'an event stays while any delivery of it is still to be made, as one that is sent again': async ({
    store,
  }) => {
    const forget = () => store.forgetEvents({ beforeMs: FOR_EVER, limit: 10, aboveBytes: 0 });
    await store.record([record('e', ['a', 'b'])]);
    assert.equal(await forget(), 0);
    await claimed(store);
    assert.equal(await forget(), 0, 'while it is handed out');
    await store.settleDelivery('e/a', 0, { ...delivered, kind: 'retry', dueAtMs: NOW, error: 'busy' });
    const shares = [{ ruleArn: 'b', targetId: 't', deliveries: 1 }];
    await store.claimDeliveries({ nowMs: NOW, leaseUntilMs: NOW + 1, shares });
    await store.settleDelivery('e/b', 0, delivered);
    assert.equal(await forget(), 0, 'one is delivered');
    await claimed(store);
    const deadLetter = { attempts: 2, errorCode: 'X', errorMessage: 'gone', diedAtMs: NOW };
    await store.settleDelivery('e/a', 1, { ...delivered, kind: 'dead-letter', error: 'gone', deadLetter });
    assert.equal(await forget(), 0, 'its dead letter is to be sent');
    await store.settleDelivery('e/a', 2, { ...delivered, kind: 'dead', error: 'gone' });
    const again = record('e', ['a'], NOW + 1);
    again.deliveries[0]!.deliveryId = 'again';
    await store.recordResend(again);
    assert.equal(await forget(), 0, 'it is sent again');
    assert.deepEqual(await claimed(store, { nowMs: NOW + 1 }), ['again']);
    await store.settleDelivery('again', 0, delivered);
    assert.equal(await forget(), 1);
    assert.deepEqual(await store.storedEvents(), { events: 0, bytes: 0 });
  },

  'no more is forgotten than makes what is stored small enough': async ({ store }) => {
    await store.record([1, 2, 3, 4].map((n) => record(`e${n}`, [], NOW + n)));
    const { events, bytes } = await store.storedEvents();
    assert.equal(events, 4);
    const which = { beforeMs: FOR_EVER, limit: 10 };
    assert.equal(await store.forgetEvents({ ...which, aboveBytes: bytes }), 0);
    assert.equal(await store.forgetEvents({ ...which, aboveBytes: bytes / 2 }), 2);
    assert.deepEqual(await eventIds(store), ['e4', 'e3']);
    assert.deepEqual(await store.storedEvents(), { events: 2, bytes: bytes / 2 });
  },

  'what was no event goes with the events of its time': async ({ store }) => {
    const take = (key: string, atMs: number) => {
      const rejected = { kind: 'rejected', key, reason: 'It is no event.', body: 'x' } as const;
      return store.takeIn({ source: 'queue', atMs, forgetBeforeMs: 0, arrivals: [rejected] });
    };
    await take('old', NOW);
    await store.record([record('e', [], NOW + 1)]);
    await take('new', NOW + 2);
    assert.equal(await store.forgetEvents({ beforeMs: FOR_EVER, limit: 2 }), 2);
    assert.deepEqual(await eventIds(store), []);
    assert.deepEqual(
      (await store.rejectedArrivals('queue', 10)).map(({ key }) => key),
      ['new'],
    );
  },

  'an archive keeps its copies, whatever becomes of the events, until they are too old for it': async ({
    store,
  }) => {
    await store.putArchive('us-east-1', ARCHIVE, ARCHIVE_RULE);
    const events = [1, 2].map((n) => record(`e${n}`, [], NOW + n));
    for (const { archiveNames } of events) archiveNames.push(ARCHIVE.ArchiveName);
    await store.record(events);
    await store.forgetEvents({ beforeMs: FOR_EVER, limit: 10 });
    const kept = async () =>
      (await store.archivedEvents('us-east-1', ARCHIVE.ArchiveName, ALL)).map(({ event }) => event.id);
    assert.deepEqual(await kept(), ['e1', 'e2']);
    assert.equal(await store.forgetArchived('us-east-1', ARCHIVE.ArchiveName, NOW + 2, 10), 1);
    assert.deepEqual(await kept(), ['e2']);
    assert.equal((await store.archive('us-east-1', ARCHIVE.ArchiveName))?.events, 1);
  },

  'the copies of a deleted archive are out of reach at once, for one of its name as well': async ({
    store,
    crash,
  }) => {
    await store.putArchive('us-east-1', ARCHIVE, ARCHIVE_RULE);
    await store.record([{ ...record('e', []), archiveNames: [ARCHIVE.ArchiveName] }]);
    await store.deleteArchive('us-east-1', ARCHIVE.ArchiveName, ARCHIVE_KEY);
    const { store: after } = await crash();
    await after.putArchive('us-east-1', ARCHIVE, ARCHIVE_RULE);
    assert.deepEqual(await after.archivedEvents('us-east-1', ARCHIVE.ArchiveName, ALL), []);
    assert.equal(await after.hasDeletedArchives(), true);
    await after.forgetDeletedArchives(10);
    assert.equal(await after.hasDeletedArchives(), false);
  },
};
