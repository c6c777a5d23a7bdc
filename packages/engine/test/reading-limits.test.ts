import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { ObjectStorage, Store, StoreHostOptions } from '@riposte/engine';
import { interceptStore } from '@riposte/testkit';
import { objectsOf, readingOf } from './item-reading.ts';
import { mapRunOf } from './map-run-support.ts';
import { createWorld, REGION, type World } from './world.ts';

type ReadingLimits = NonNullable<StoreHostOptions['readingLimits']>;
type Test = Parameters<typeof createWorld>[0];

const JSONL = { InputType: 'JSONL' };
const JSON_FILE = { InputType: 'JSON' };
const CSV = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };
const PARQUET = { InputType: 'PARQUET' };
/** 423 bytes that unpack to two million rows. */
const repeated = readFileSync(join(import.meta.dirname, 'parquet/repeated.zstd.parquet'));

async function read(
  t: Test,
  key: string,
  body: string | Uint8Array,
  config: object,
  readingLimits: ReadingLimits,
) {
  const world = await createWorld(t, undefined, {
    objectStorage: objectsOf({ [`b/${key}`]: body }),
    readingLimits,
  });
  const arn = await world.begin('m', readingOf(key, config));
  await world.settle();
  const { status, output, error, cause } = await world.host.describeExecution(arn);
  return { status, output, error, cause };
}

const LINES = '{"n":1}\n{"n":2}\n';
const DOCUMENT = '[{"n":1},{"n":2}]';
for (const [what, key, body, config, sizeBytes] of [
  ['lines', 'k', LINES, JSONL, LINES.length],
  ['packed lines', 'k.gz', gzipSync(LINES), JSONL, LINES.length],
  ['lines packed otherwise', 'k.zstd', zstdCompressSync(LINES), JSONL, LINES.length],
  ['a JSON document', 'k', DOCUMENT, JSON_FILE, DOCUMENT.length],
  ['a packed JSON document', 'k.gz', gzipSync(DOCUMENT), JSON_FILE, DOCUMENT.length],
] as const)
  test(`${what} may be as large as the limit says, unpacked, and not a byte larger`, async (t) => {
    const limitedTo = (bytesMax: number) =>
      read(t, key, body, config, { linesBytesMax: bytesMax, documentBytesMax: bytesMax });
    assert.equal((await limitedTo(sizeBytes)).output, '[{"n":1},{"n":2}]');
    assert.deepEqual(await limitedTo(sizeBytes - 1), {
      status: 'FAILED',
      output: undefined,
      error: 'States.ItemReaderFailed',
      cause: `The object ${key} has more than ${sizeBytes - 1} bytes, and no more are read of one. Split it.`,
    });
  });

test('a manifest is as large as a document may be', async (t) => {
  const manifest = { InputType: 'CSV', ManifestType: 'ATHENA_DATA' };
  const { cause } = await read(t, 'k', 's3://b/other\n', manifest, { documentBytesMax: 12 });
  assert.match(cause!, /^The object k has more than 12 bytes/);
});

for (const [what, key, body, config] of [
  ['a JSON document of many small values', 'k', `[${'{},'.repeat(1_000_000)}{}]`, JSON_FILE],
  ['a Parquet file of few bytes and many rows', 'k.parquet', repeated, PARQUET],
] as const)
  test(`${what} ends its process, not the server`, async (t) => {
    const { error, cause } = await read(t, key, body, config, { processHeapMiB: 48 });
    assert.deepEqual(
      [error, cause],
      [
        'States.ItemReaderFailed',
        `The object ${key} needs more than 48 MiB of memory. Split it, or write it as CSV or JSONL.`,
      ],
    );
  });

test('an item of a Parquet file is no longer than one of any file', async (t) => {
  const large = readFileSync(join(import.meta.dirname, 'parquet/large-item.zstd.parquet'));
  const { error, cause } = await read(t, 'k', large, PARQUET, {});
  assert.deepEqual(
    [error, cause],
    ['States.ItemReaderFailed', 'An item of the object k is longer than 8388608 characters.'],
  );
});

/** A storage whose objects come when they are let. */
function slowObjects(storage: ObjectStorage) {
  const fetching = new Map<string, () => void>();
  const slow: ObjectStorage = {
    list: storage.list.bind(storage),
    put: storage.put.bind(storage),
    get: async (caller, object, signal) => {
      await new Promise<void>((resolve, reject) => {
        fetching.set(object.key, resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
      return storage.get(caller, object, signal);
    },
  };
  return { slow, fetching };
}

async function statusesOf(world: World, arns: readonly string[]): Promise<string[]> {
  const executions = await Promise.all(arns.map((arn) => world.host.describeExecution(arn)));
  return executions.map(({ status }) => status);
}

test('objects beyond those that may be held are fetched when their turn comes, first come first', async (t) => {
  const { slow, fetching } = slowObjects(
    objectsOf({ 'b/1': '[1]', 'b/2': '[2]', 'b/3': '[3]', 'b/4': '[4]', 'b/5': '[5]' }),
  );
  const world = await createWorld(t, undefined, { objectStorage: slow, readingLimits: { objectsMax: 2 } });
  const arns: string[] = [];
  for (const key of ['1', '2', '3', '4', '5']) {
    arns.push(await world.begin(`m${key}`, readingOf(key, JSON_FILE)));
    await turns();
  }
  assert.deepEqual([...fetching.keys()], ['1', '2']);
  await world.host.stopExecution({ executionArn: arns[2]! }); // it waits for its turn, and gives it up
  fetching.get('1')!();
  await turns();
  assert.deepEqual([...fetching.keys()], ['1', '2', '4']);
  await world.host.stopExecution({ executionArn: arns[1]! }); // its turn is free for others
  await turns();
  assert.deepEqual([...fetching.keys()], ['1', '2', '4', '5']);
  fetching.get('4')!();
  fetching.get('5')!();
  await world.settle();
  assert.deepEqual(await statusesOf(world, arns), [
    'SUCCEEDED',
    'ABORTED',
    'ABORTED',
    'SUCCEEDED',
    'SUCCEEDED',
  ]);
  assert.deepEqual(world.problems, []);
});

/** Enough of them that whoever could go on has: while an object is fetched the world is never idle. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await setImmediate();
}

test('a reading that fails leaves its turn to others', async (t) => {
  const objectStorage = objectsOf({ 'b/broken': '[', 'b/large': '[1,2,3]', 'b/fine': '[1]' });
  const world = await createWorld(t, undefined, {
    objectStorage,
    readingLimits: { objectsMax: 1, documentBytesMax: 3 },
  });
  const arns: string[] = [];
  for (const key of ['broken', 'large', 'missing', 'fine'])
    arns.push(await world.begin(key, readingOf(key, JSON_FILE)));
  await world.settle();
  assert.deepEqual(await statusesOf(world, arns), ['FAILED', 'FAILED', 'FAILED', 'SUCCEEDED']);
});

const MIB = 1024 * 1024;
const ROWS = 400_000;
for (const [what, body, config] of [
  ['rows of CSV', `A,B\n${'1,2\n'.repeat(ROWS)}`, CSV],
  ['lines of JSONL', '{"n":1}\n'.repeat(ROWS), JSONL],
  ['a JSON document', `[${'{"n":1},'.repeat(ROWS)}0]`, JSON_FILE],
  ['a Parquet file', repeated, PARQUET],
] as const)
  for (const [when, writesBefore] of [
    ['as it was fetched', 0],
    ['as its first items were written', 1],
  ] as const)
    test(`who stops an execution ends its reading of ${what}: ${when}`, async (t) => {
      const { world, writes } = await stoppedReading(t, body, config, writesBefore);
      assert.ok(writes.count <= writesBefore + 1, `${writes.count} writes of at most 250 items`);
      assert.equal(writes.isComplete, false);
      assert.deepEqual(world.problems, []);
    });

test('who stops an execution ends a reading that finds no item', async (t) => {
  const { writes } = await stoppedReading(t, Buffer.alloc(64 * MIB, '\n'), JSONL, 0);
  assert.deepEqual(writes, { count: 0, isComplete: false });
});

/**
 * Stops an execution while its object is read; another one then reads in the turn that it had.
 * @param writesBefore  the stop comes after this many writes of items
 */
async function stoppedReading(t: Test, body: string | Uint8Array, config: object, writesBefore: number) {
  const objectStorage = objectsOf({ 'b/k': body, 'b/next': '[1]' });
  const writes = { count: 0, isComplete: false };
  const stop = () =>
    world.host.stopExecution({ executionArn: `arn:aws:states:${REGION}:123456789012:execution:stopped:run` });
  const get = objectStorage.get.bind(objectStorage);
  objectStorage.get = async (caller, object) => {
    if (object.key === 'k' && writesBefore === 0) void stop();
    return get(caller, object);
  };
  const watched = (store: Store) =>
    interceptStore(store, {
      addItems: async (mapRunArn, items, part) => {
        await store.addItems(mapRunArn, items, part);
        if (!mapRunArn.includes(':stopped/')) return;
        writes.count += 1;
        writes.isComplete ||= part.isLast;
        if (writes.count === writesBefore) void stop();
      },
    });
  const world = await createWorld(t, undefined, { objectStorage, readingLimits: { objectsMax: 1 } }, watched);
  const arns = [await world.begin('stopped', readingOf('k', config))];
  await world.settle();
  arns.push(await world.begin('next', readingOf('next', JSON_FILE)));
  await world.settle();
  assert.deepEqual(await statusesOf(world, arns), ['ABORTED', 'SUCCEEDED']);
  assert.equal((await mapRunOf(world.host, arns[0]!)).mapRun.status, 'ABORTED');
  return { world, writes };
}
