import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { StoreUnavailable } from '@riposte/engine';
import { MemoryObjects } from '@riposte/testkit';
import { objectsOf, reader } from './item-reading.ts';
import { distributed, mapRunOf, work } from './map-run-support.ts';
import { createWorld, ROLE, typesOf } from './world.ts';

/** Of JSONL. */
const LINES = '{"n":1}\n{"n":2}\n';
const csv = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };

async function read(
  t: Parameters<typeof createWorld>[0],
  objects: Record<string, string | Uint8Array>,
  map: object,
) {
  const objectStorage = objectsOf(objects);
  const world = await createWorld(t, undefined, { objectStorage });
  const arn = await world.begin('m', distributed(map));
  await world.settle();
  const { status, output, error, cause } = await world.host.describeExecution(arn);
  return { world, arn, objectStorage, status, output, error, cause };
}

test('items are the rows of a file, packed or not, read with the role of the execution', async (t) => {
  const { output, objectStorage, arn } = await read(t, { 'b/k': 'A,B\n1,2\n3,4\n' }, reader(csv));
  assert.equal(output, '[{"A":"1","B":"2"},{"A":"3","B":"4"}]');
  const [caller] = objectStorage.callers;
  assert.deepEqual([caller?.roleArn, caller?.step.executionArn, caller?.step.stateName], [ROLE, arn, 'Each']);
  for (const [Key, body] of [
    ['k.gz', gzipSync(LINES)],
    ['k.zstd', zstdCompressSync(LINES)],
  ] as const) {
    const packed = await read(
      t,
      { [`b/${Key}`]: body },
      reader({ InputType: 'JSONL', MaxItems: 1 }, { Bucket: 'b', Key }),
    );
    assert.equal(packed.output, '[{"n":1}]', Key);
  }
});

for (const Key of ['k.gz', 'k.zstd'])
  test(`an object that says ${Key} and is not packed so fails the reader`, async (t) => {
    const { error, cause } = await read(
      t,
      { [`b/${Key}`]: LINES },
      reader({ InputType: 'JSONL' }, { Bucket: 'b', Key }),
    );
    assert.equal(error, 'States.ItemReaderFailed');
    assert.match(cause!, new RegExp(`The object ${Key} could not be unpacked`));
  });

test('members of a JSON object show their key to the ItemSelector, elements of an array have none', async (t) => {
  const where = { Bucket: 'b', Prefix: 'in/' };
  const { output } = await read(
    t,
    { 'b/in/1': '{"x":1,"y":{"Key":2}}', 'b/in/2': '[{"Key":"own"}]' },
    {
      ...reader({ Transformation: 'LOAD_AND_FLATTEN', InputType: 'JSON' }, where, 'listObjectsV2'),
      ItemSelector: { 'item.$': '$$.Map.Item' },
    },
  );
  assert.deepEqual(
    (JSON.parse(output!) as { item: object }[]).map(({ item }) => item),
    [
      { Index: 0, Key: 'x', Value: 1, Source: 'S3://b/in/1' },
      { Index: 1, Key: 'y', Value: { Key: 2 }, Source: 'S3://b/in/1' },
      { Index: 2, Value: { Key: 'own' }, Source: 'S3://b/in/2' },
    ],
  );
});

test('a large JSON document is read while the server does other things, with the same items', async (t) => {
  const filler = 'x'.repeat(1000);
  const members = Array.from({ length: 2000 }, (_, n) => `"k${n}":{"n":${n}.0,"filler":"${filler}"}`);
  const objects = { 'b/k': `{"of":{${members.join(',')}}}`, 'b/cut': `[${members.join(',')}` };
  let turns = 0;
  const counter = setInterval(() => turns++, 1);
  t.after(() => clearInterval(counter));
  const { output } = await read(t, objects, {
    ...reader({ InputType: 'JSON', ItemsPointer: '/of', MaxItems: 1999 }),
    ItemSelector: { 'key.$': '$$.Map.Item.Key', 'n.$': '$$.Map.Item.Value.n' },
  });
  assert.ok(turns > 0);
  const items = JSON.parse(output!) as object[];
  assert.deepEqual(
    [items.length, items[0], items.at(-1)],
    [1999, { key: 'k0', n: 0 }, { key: 'k1998', n: 1998 }],
  );
  assert.match(output!, /"n":1998\.0/);
  const where = { Bucket: 'b', Key: 'cut' };
  const cut = await read(t, objects, reader({ InputType: 'JSON' }, where));
  assert.deepEqual([cut.status, cut.error], ['FAILED', 'States.ItemReaderFailed']);
  assert.match(cut.cause!, /^The JSON file is not valid JSON: /);
});

test('items are what a listing tells of objects, or what is in them', async (t) => {
  const objects = { 'b/in/1.json': '[1,2]', 'b/in/2.json': '[3]', 'b/out/3.json': '[4]' };
  const where = { Bucket: 'b', Prefix: 'in/' };
  const listed = await read(t, objects, {
    ...reader({}, where, 'listObjectsV2'),
    ItemSelector: { 'key.$': '$$.Map.Item.Value.Key', 'from.$': '$$.Map.Item.Source' },
  });
  assert.deepEqual(JSON.parse(listed.output!), [
    { key: 'in/1.json', from: 'S3://b' },
    { key: 'in/2.json', from: 'S3://b' },
  ]);
  const opened = await read(t, objects, {
    ...reader({ Transformation: 'LOAD_AND_FLATTEN', InputType: 'JSON' }, where, 'listObjectsV2'),
    ItemSelector: { 'n.$': '$$.Map.Item.Value', 'from.$': '$$.Map.Item.Source' },
  });
  assert.deepEqual(JSON.parse(opened.output!), [
    { n: 1, from: 'S3://b/in/1.json' },
    { n: 2, from: 'S3://b/in/1.json' },
    { n: 3, from: 'S3://b/in/2.json' },
  ]);
});

/** What items are, and where they are said to come from. */
const ItemSelector = { 'item.$': '$$.Map.Item.Value', 'from.$': '$$.Map.Item.Source' };
const numbers = readFileSync(join(import.meta.dirname, 'parquet/numbers.zstd.parquet'));

test('items are the rows of Parquet files, of which no more are opened than are wanted', async (t) => {
  const objects = { 'b/in/1.parquet': numbers, 'b/in/2.parquet': numbers, 'b/in/3.parquet': 'none' };
  const one = await read(
    t,
    objects,
    reader({ InputType: 'PARQUET', MaxItems: 2 }, { Bucket: 'b', Key: 'in/1.parquet' }),
  );
  assert.equal(one.output, '[{"n":0},{"n":1}]');
  const config = { InputType: 'PARQUET', Transformation: 'LOAD_AND_FLATTEN', MaxItems: 7 };
  const listed = await read(t, objects, {
    ...reader(config, { Bucket: 'b', Prefix: 'in/' }, 'listObjectsV2'),
    ItemSelector,
  });
  assert.deepEqual(JSON.parse(listed.output!).at(-1), { item: { n: 0 }, from: 'S3://b/in/2.parquet' });
});

test('the manifest of an Athena query names the files that are read, in any bucket', async (t) => {
  const objects = {
    'b/k': 's3://data/run/1.gz\ns3://data/run/2\n',
    'data/run/1.gz': gzipSync('{"n":1}\n{"n":2}\n'),
    'data/run/2': '{"n":3}\n',
  };
  const lines = await read(t, objects, {
    ...reader({ ManifestType: 'ATHENA_DATA', InputType: 'JSONL' }),
    ItemSelector,
  });
  assert.deepEqual(JSON.parse(lines.output!), [
    { item: { n: 1 }, from: 'S3://data/run/1.gz' },
    { item: { n: 2 }, from: 'S3://data/run/1.gz' },
    { item: { n: 3 }, from: 'S3://data/run/2' },
  ]);
  const rows = await read(
    t,
    { 'b/k': 's3://data/rows\n', 'data/rows': '1,2\n' },
    reader({
      ManifestType: 'ATHENA_DATA',
      InputType: 'CSV',
      CSVHeaderLocation: 'GIVEN',
      CSVHeaders: ['A', 'B'],
    }),
  );
  assert.equal(rows.output, '[{"A":"1","B":"2"}]');
  const parquet = await read(
    t,
    { 'b/k': 's3://data/n.parquet\n', 'data/n.parquet': numbers },
    reader({ ManifestType: 'ATHENA_DATA', InputType: 'PARQUET', MaxItems: 1 }),
  );
  assert.equal(parquet.output, '[{"n":0}]');
});

for (const config of [{ ManifestType: 'S3_INVENTORY' }, { InputType: 'MANIFEST' }])
  test(`an inventory gives what it says of each object: ${JSON.stringify(config)}`, async (t) => {
    const manifest = {
      sourceBucket: 'photos',
      destinationBucket: 'arn:aws:s3:::inventories',
      version: '2016-11-30',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, Size',
      files: [{ key: 'data/1.csv.gz', size: 60, MD5checksum: 'f11166069f1990abeb9c97ace9cdfabc' }],
    };
    const { output } = await read(
      t,
      {
        'b/k': JSON.stringify(manifest),
        'inventories/data/1.csv.gz': gzipSync('"photos","a+b.png","12"\n"photos","c%2Cd.png","0"\n'),
      },
      { ...reader(config), ItemSelector },
    );
    const from = 'S3://inventories/data/1.csv.gz';
    assert.deepEqual(JSON.parse(output!), [
      { item: { Bucket: 'photos', Key: 'a+b.png', Size: '12' }, from },
      { item: { Bucket: 'photos', Key: 'c%2Cd.png', Size: '0' }, from },
    ]);
  });

for (const [what, map, cause] of [
  [
    'repeated headers',
    reader({ ...csv, CSVHeaderLocation: 'GIVEN', CSVHeaders: ['A', 'A'] }),
    'CSV headers cannot contain duplicates.',
  ],
  [
    'a file that is not there',
    reader(csv, { Bucket: 'b', Key: 'other' }),
    'The specified key does not exist.',
  ],
  ['nothing to go over', reader({ InputType: 'JSON' }), 'Attempting to map over non-iterable node.'],
  [
    'a version of a Parquet file, that only an expression tells of',
    {
      QueryLanguage: 'JSONata',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        Arguments: "{% {'Bucket': 'b', 'Key': 'k', 'VersionId': 'v'} %}",
        ReaderConfig: { InputType: 'PARQUET' },
      },
    },
    'A VersionId cannot be given for Parquet files.',
  ],
  [
    'a file that is no Parquet',
    reader({ InputType: 'PARQUET' }),
    'The object k could not be read as Parquet: it does not end with PAR1.',
  ],
  [
    'a manifest without URIs',
    reader({ ManifestType: 'ATHENA_DATA', InputType: 'CSV' }),
    'Row 1 of the manifest must be one URI such as s3://bucket/key: "17".',
  ],
  [
    'an inventory that is none',
    reader({ InputType: 'MANIFEST' }),
    'The manifest of the inventory is no JSON object.',
  ],
] as const)
  test(`a reader fails the Map Run: ${what}`, async (t) => {
    const failed = await read(t, { 'b/k': '17' }, map);
    assert.deepEqual(
      [failed.status, failed.error, failed.cause],
      ['FAILED', 'States.ItemReaderFailed', cause],
    );
    assert.deepEqual((await typesOf(failed.world.host, failed.arn)).slice(2), [
      'MapStateStarted',
      'MapRunStarted',
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

test('a limit below zero fails the reader, one beyond a hundred million is cut', async (t) => {
  const limited = async (max: number) => {
    const objectStorage = new MemoryObjects();
    objectStorage.objects.set('b/k', '[1]');
    const world = await createWorld(t, undefined, { objectStorage });
    const arn = await world.begin('m', distributed(reader({ InputType: 'JSON', MaxItemsPath: '$.max' })), {
      max,
    });
    await world.settle();
    const { output, cause } = await world.host.describeExecution(arn);
    return output ?? cause;
  };
  assert.deepEqual(
    [await limited(-1), await limited(100_000_001)],
    ['field MaxItems must be positive', '[1]'],
  );
});

test('results go into files by how the children ended, and the state tells where', async (t) => {
  const objectStorage = new MemoryObjects();
  const world = await createWorld(
    t,
    ({ parameters }) =>
      parameters.includes('"bad"')
        ? { kind: 'failed', error: 'Broken' }
        : { kind: 'succeeded', output: '"fine"' },
    { objectStorage },
  );
  const arn = await world.begin(
    'm',
    distributed(
      {
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Parameters: { Bucket: 'results', Prefix: 'jobs' },
          WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSON' },
        },
        ToleratedFailureCount: 1,
      },
      { Work: work },
    ),
    ['a', 'bad', 'b'],
  );
  await world.settle();
  const { mapRun } = await mapRunOf(world.host, arn);
  const folder = `jobs/${mapRun.mapRunArn.split(':').at(-1)}`;
  const { output } = await world.host.describeExecution(arn);
  assert.deepEqual(JSON.parse(output!), {
    MapRunArn: mapRun.mapRunArn,
    ResultWriterDetails: { Bucket: 'results', Key: `${folder}/manifest.json` },
  });
  assert.deepEqual(objectStorage.json('results', `${folder}/SUCCEEDED_0.json`), ['fine', 'fine']);
  const [record] = objectStorage.json('results', `${folder}/FAILED_0.json`) as Record<string, unknown>[];
  assert.deepEqual([record?.['Status'], record?.['Error']], ['FAILED', 'Broken']);
  assert.equal((await world.host.describeMapRun(mapRun.mapRunArn)).areResultsWritten, true);
});

test('a storage that breaks fails the Map Run; one whose store refuses is asked again', async (t) => {
  const objectStorage = new MemoryObjects();
  objectStorage.objects.set('b/k', '[1]');
  const get = objectStorage.get.bind(objectStorage);
  let refusals = 2;
  objectStorage.get = async (caller, object) => {
    if (object.key === 'broken') throw new TypeError('a bug');
    if (refusals-- > 0) throw new StoreUnavailable('The disk is full.');
    return get(caller, object);
  };
  const world = await createWorld(t, undefined, { objectStorage });
  const of = (Key: string) => distributed(reader({ InputType: 'JSON' }, { Bucket: 'b', Key }));
  const arn = await world.begin('m', of('k'));
  const broken = await world.begin('n', of('broken'));
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '[1]');
  const { error, cause } = await world.host.describeExecution(broken);
  assert.deepEqual([error, cause], ['States.Runtime', 'TypeError: a bug']);
  assert.equal(world.problems.length, 3);
});

test('a bucket that takes nothing fails the Map Run by name', async (t) => {
  const world = await createWorld(t);
  const ResultWriter = { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'results' } };
  const arn = await world.begin('m', distributed({ ResultWriter }), [1]);
  await world.settle();
  const { error, cause } = await world.host.describeExecution(arn);
  assert.equal(error, 'States.ResultWriterFailed');
  assert.match(cause!, /no object storage/);
});
