import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { assembleUpdate } from '../functions/updates/assemble-update.ts';
import { keepPage } from '../functions/updates/keep-page.ts';
import { type Page, UpdateStore } from '../functions/updates/update-store.ts';
import { bucketInMemory } from './support/bucket.ts';

const SETTINGS = { source: 'custom.health', eventBusName: 'default', entityBytesMax: 1000 };

interface Detail {
  affectedEntities: { entityValue: string }[];
  assembly: Record<string, unknown> & { allEntities: { bucket: string; key: string } };
  [member: string]: unknown;
}

describe('an update', () => {
  let keep: ReturnType<typeof keepPage>;
  let assemble: (request: { update: string; giveUp: boolean }) => Promise<{ missing: number[] } | Detail>;
  let objects: Map<string, string>;

  beforeEach(() => {
    const bucket = bucketInMemory();
    objects = bucket.objects;
    const store = new UpdateStore(bucket.s3, 'pages');
    keep = keepPage(store);
    const assembly = assembleUpdate(store, SETTINGS);
    assemble = async (request) => {
      const made = await assembly(request);
      return made.isReady ? (made.entry.Detail as Detail) : { missing: made.missingPages };
    };
  });

  async function whole(update: string): Promise<Detail> {
    const detail = await assemble({ update, giveUp: false });
    assert.ok('assembly' in detail, `pages ${JSON.stringify(detail.missing)} are missing`);
    return detail;
  }

  test('of one page keeps what it says, and loses what only a page has', async () => {
    const { update } = await keep(page(1, 1, ['vol-1']));
    const detail = await whole(update);
    assert.deepEqual(detail, {
      eventArn: 'arn:event',
      eventTypeCode: 'AWS_EBS_VOLUME_LOST',
      statusCode: 'open',
      lastUpdatedTime: 'Wed, 12 Feb 2025 01:00:00 GMT',
      affectedAccount: '123456789012',
      communicationId: 'abc',
      affectedEntities: [{ entityValue: 'vol-1' }],
      assembly: {
        updateKey: '123456789012|abc',
        eventKey: '123456789012|arn:event',
        isLatestUpdate: true,
        pages: 1,
        missingPages: [],
        isComplete: true,
        onlyBackupCopies: false,
        entities: 1,
        holdsAllEntities: true,
        allEntities: { bucket: 'pages', key: `updates/${update}/entities.json` },
      },
    });
  });

  test('of three pages waits for all of them and has their entities in order, each once', async () => {
    const { update } = await keep(page(3, 3, ['vol-5']));
    assert.deepEqual(await assemble({ update, giveUp: false }), { missing: [1, 2] });
    await keep(page(1, 3, ['vol-1', 'vol-2']));
    await keep(page(2, 3, ['vol-2', 'vol-3', 'vol-4']));
    const { affectedEntities } = await whole(update);
    assert.deepEqual(
      affectedEntities.map(({ entityValue }) => entityValue),
      ['vol-1', 'vol-2', 'vol-3', 'vol-4', 'vol-5'],
    );
  });

  test('knows a page again, whichever of it and its copy comes first', async () => {
    const copy = page(1, 1, ['vol-1'], { backupEvent: 'true' });
    assert.equal((await keep(copy)).isNew, true);
    assert.equal((await keep(page(1, 1, ['vol-1']))).isNew, false);
    const { update } = await keep(copy);
    assert.equal((await whole(update)).assembly['onlyBackupCopies'], true);
  });

  test('that is given up is told with what is there, and a page that comes then is late', async () => {
    const { update, isLate } = await keep(page(1, 2, ['vol-1']));
    assert.equal(isLate, false);
    const detail = await assemble({ update, giveUp: true });
    assert.ok('assembly' in detail);
    assert.deepEqual([detail.assembly['isComplete'], detail.assembly['missingPages']], [false, [2]]);
    assert.equal((await keep(page(1, 2, ['vol-1']))).isLate, false);
    assert.equal((await keep(page(2, 2, ['vol-2']))).isLate, true);
    assert.equal((await whole(update)).assembly['isComplete'], true);
  });

  test('with more entities than an event has room for keeps the whole list in the bucket', async () => {
    const values = Array.from({ length: 100 }, (_, number) => `vol-${number}`);
    const { update } = await keep(page(1, 1, values));
    const { affectedEntities, assembly } = await whole(update);
    assert.ok(affectedEntities.length > 10 && affectedEntities.length < 100);
    assert.ok(JSON.stringify(affectedEntities).length <= SETTINGS.entityBytesMax);
    assert.deepEqual([assembly['entities'], assembly['holdsAllEntities']], [100, false]);
    const kept = JSON.parse(objects.get(assembly.allEntities.key) ?? '') as { entityValue: string }[];
    assert.deepEqual(
      kept.map(({ entityValue }) => entityValue),
      values,
    );
  });

  test('that is overtaken by a newer one of the same event says so, also after the closing one', async () => {
    const opened = { communicationId: 'one-1', lastUpdatedTime: 'Wed, 12 Feb 2025 01:00:00 GMT' };
    const closed = { communicationId: 'two-1', lastUpdatedTime: 'Wed, 12 Feb 2025 03:00:00 GMT' };
    const again = { communicationId: 'three-1', lastUpdatedTime: 'Wed, 12 Feb 2025 04:00:00 GMT' };
    const latest: unknown[] = [];
    for (const said of [closed, opened, again]) {
      const { update } = await keep(page(1, 1, ['vol-1'], said));
      latest.push((await whole(update)).assembly['isLatestUpdate']);
    }
    assert.deepEqual(latest, [true, false, true]);
  });

  test('of another account is another one', async () => {
    const mine = await keep(page(1, 1, ['vol-1']));
    const theirs = await keep(page(1, 1, ['vol-1'], { affectedAccount: '210987654321' }));
    assert.notEqual(mine.update, theirs.update);
    assert.equal(theirs.isNew, true);
  });
});

function page(number: number, of: number, values: string[], more: object = {}): Page {
  return {
    account: '123456789012',
    time: '2025-02-12T01:00:10Z',
    region: 'us-east-1',
    'detail-type': 'AWS Health Event',
    resources: values,
    detail: {
      eventArn: 'arn:event',
      eventTypeCode: 'AWS_EBS_VOLUME_LOST',
      statusCode: 'open',
      communicationId: `abc-${number}`,
      lastUpdatedTime: 'Wed, 12 Feb 2025 01:00:00 GMT',
      affectedAccount: '123456789012',
      affectedEntities: values.map((entityValue) => ({ entityValue })),
      page: String(number),
      totalPages: String(of),
      backupEvent: 'false',
      ...more,
    },
  };
}
