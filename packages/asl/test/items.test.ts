/** Files as items, items in batches, children as result files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  batchesOf,
  itemFormat,
  ItemReaderFailure,
  itemsMax,
  listingItem,
  readItems,
  ResultFiles,
  StateFailure,
  writtenResult,
  type Batch,
  type ChildRecord,
  type Json,
  type JsonObject,
  type ResultFile,
  type ResultTarget,
} from '@riposte/asl';

interface ReaderCase {
  name: string;
  config: JsonObject;
  objects: string[];
  maxItems?: number;
  /** As JSON; a column named `__proto__` can only be told as text. */
  gives?: Json[] | { text: string };
  /** The cause, or a pattern in slashes where V8 says the rest. */
  fails?: string;
}

const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, 'cases', 'item-readers.json'), 'utf8'),
) as ReaderCase[];

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function read({ config, objects, maxItems = 0 }: ReaderCase, pieces: (text: string) => string[]) {
  return collected(readItems(itemFormat(config), objects.map(pieces), itemsMax(maxItems)));
}

const CUTS: Record<string, (text: string) => string[]> = {
  whole: (text) => [text],
  'a character at a time': (text) => [...text],
};

describe('an item reader', () => {
  for (const given of cases)
    for (const [cut, pieces] of Object.entries(CUTS))
      test(`${given.name} (${cut})`, async () => {
        const { gives, fails } = given;
        if (fails === undefined) {
          const items = await read(given, pieces);
          if (Array.isArray(gives)) assert.deepEqual(items, gives);
          else assert.equal(JSON.stringify(items), gives?.text);
          return;
        }
        await assert.rejects(read(given, pieces), (error: unknown) => {
          assert.ok(error instanceof ItemReaderFailure, String(error));
          assert.equal(error.error, 'States.ItemReaderFailed');
          if (fails.startsWith('/')) assert.match(error.message, new RegExp(fails.slice(1, -1)));
          else assert.equal(error.message, fails);
          return true;
        });
      });

  test('prints the columns of a row as the service was recorded to', async () => {
    const rows = ['0,True,{}\nValue4,Value5,Value6\n'];
    const config = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };
    const [item] = await read({ name: '', config, objects: rows }, CUTS['whole']!);
    assert.equal(JSON.stringify(item), '{"0":"Value4","{}":"Value6","True":"Value5"}');
  });

  test('asks for no further object once it has enough', async () => {
    const asked: number[] = [];
    function* objects() {
      for (let i = 0; ; i++) {
        asked.push(i);
        yield ['1\n2\n'];
      }
    }
    const items = readItems(itemFormat({ InputType: 'JSONL' }), objects(), 4);
    assert.equal((await collected(items)).length, 4);
    assert.deepEqual(asked, [0, 1]);
  });

  for (const [what, inputType, endless] of [
    ['line', 'JSONL', 'x'.repeat(1024 * 1024)],
    ['field', 'CSV', `"${'x'.repeat(1024 * 1024)}`],
    ['row of empty fields', 'CSV', ','.repeat(1024 * 1024)],
  ] as const)
    test(`collects no ${what} of ${inputType} without end`, async () => {
      let pieces = 0;
      function* text() {
        for (;;) {
          pieces++;
          yield pieces === 1 ? endless : endless.slice(1);
        }
      }
      const config = { InputType: inputType, CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a'] };
      const items = readItems(itemFormat(config), [text()], itemsMax(0));
      await assert.rejects(collected(items), /is longer than 8388608 characters/);
      assert.ok(pieces < 20);
    });

  test('tells of listed objects as the service does', () => {
    const object = {
      key: 'a/b.json',
      etag: '"d41d8cd98f00b204e9800998ecf8427e"',
      lastModifiedMs: 1_732_000_000_999,
      sizeBytes: 0,
      storageClass: 'STANDARD',
    };
    assert.equal(
      JSON.stringify(listingItem(object)),
      '{"Etag":"\\"d41d8cd98f00b204e9800998ecf8427e\\"","Key":"a/b.json","LastModified":1732000000,"Size":0,"StorageClass":"STANDARD"}',
    );
  });
});

async function batches(...args: Parameters<typeof batchesOf>): Promise<Batch[]> {
  return collected(batchesOf(...args));
}

describe('an item batcher', () => {
  test('puts so many items together', async () => {
    assert.deepEqual(await batches([1, 2, 3], { itemsMax: 2 }, { p: 1 }), [
      { input: '{"BatchInput":{"p":1},"Items":[1,2]}', itemCount: 2 },
      { input: '{"BatchInput":{"p":1},"Items":[3]}', itemCount: 1 },
    ]);
  });

  test('counts the bytes of the whole input, and the smaller limit wins', async () => {
    const limit = '{"Items":["é","é"]}'.length + 2; // é has two bytes
    assert.deepEqual(
      (await batches(['é', 'é', 'é'], { itemsMax: 3, inputBytesMax: limit })).map(
        ({ itemCount }) => itemCount,
      ),
      [2, 1],
    );
    assert.deepEqual(
      (await batches(['é', 'é', 'é'], { inputBytesMax: limit - 1 })).map(({ itemCount }) => itemCount),
      [1, 1, 1],
    );
    assert.equal((await batches(['é', 'é', 'é'], { itemsMax: 1, inputBytesMax: limit })).length, 3);
  });

  test('never makes an input that a child execution cannot have', async () => {
    const made = await batches(Array<Json>(3).fill('x'.repeat(100_000)), { itemsMax: 100 });
    assert.deepEqual(
      made.map(({ itemCount }) => itemCount),
      [2, 1],
    );
  });

  test('refuses an item that fits into no batch', async () => {
    await assert.rejects(batches([1, 'xxxxxxxxxx'], { inputBytesMax: 20 }), (error: unknown) => {
      assert.ok(error instanceof StateFailure);
      assert.equal(error.error, 'States.DataLimitExceeded');
      assert.match(error.message, /^The item at index 1 has 12 bytes/);
      return true;
    });
  });

  test('makes no batch of nothing', async () => {
    assert.deepEqual(await batches([], { itemsMax: 2 }), []);
  });
});

const MAP_RUN = 'arn:aws:states:us-east-1:111111111111:mapRun:machine/label:0b1c';

function child(name: string, more: Partial<ChildRecord> = {}): ChildRecord {
  return {
    executionArn: `arn:aws:states:us-east-1:111111111111:execution:machine/label:${name}`,
    name,
    stateMachineArn: 'arn:aws:states:us-east-1:111111111111:stateMachine:machine/label',
    status: 'SUCCEEDED',
    input: '{"n":1}',
    output: '[1,2]',
    startDateMs: 0,
    stopDateMs: 1500,
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    ...more,
  };
}

function failedChild(name: string): ChildRecord {
  const { output: _, redriveStatusReason: __, ...rest } = child(name);
  return { ...rest, status: 'FAILED', error: 'Boom', cause: 'why', redriveStatus: 'REDRIVABLE' };
}

function written(children: ChildRecord[], target: Partial<ResultTarget> = {}): ResultFile[] {
  const files = new ResultFiles({
    bucket: 'results',
    prefix: 'jobs',
    mapRunArn: MAP_RUN,
    transformation: 'NONE',
    outputType: 'JSON',
    fileBytesMax: 1_000_000,
    ...target,
  });
  return [...children.flatMap((one) => files.add(one)), ...files.end()];
}

describe('a result writer', () => {
  test('writes the record of each child, and the manifest last', () => {
    const [file, manifest, ...rest] = written([child('one')]);
    assert.deepEqual(rest, []);
    assert.equal(file?.key, 'jobs/0b1c/SUCCEEDED_0.json');
    assert.equal(
      file?.text,
      `[{"ExecutionArn":"arn:aws:states:us-east-1:111111111111:execution:machine/label:one","Input":"{\\"n\\":1}","InputDetails":{"Included":true},"Name":"one","Output":"[1,2]","OutputDetails":{"Included":true},"RedriveCount":0,"RedriveStatus":"NOT_REDRIVABLE","RedriveStatusReason":"Execution is SUCCEEDED and cannot be redriven","StartDate":"1970-01-01T00:00:00.000Z","StateMachineArn":"arn:aws:states:us-east-1:111111111111:stateMachine:machine/label","Status":"SUCCEEDED","StopDate":"1970-01-01T00:00:01.500Z"}]`,
    );
    assert.equal(manifest?.key, 'jobs/0b1c/manifest.json');
    assert.deepEqual(JSON.parse(manifest?.text ?? ''), {
      DestinationBucket: 'results',
      MapRunArn: MAP_RUN,
      ResultFiles: {
        FAILED: [],
        PENDING: [],
        SUCCEEDED: [{ Key: file?.key, Size: Buffer.byteLength(file?.text ?? '') }],
      },
    });
  });

  test('writes outputs, or what is in them, and failed children by their record', () => {
    const children = [child('one'), child('two', { output: '{"a":"é"}' }), failedChild('three')];
    const compact = written(children, { transformation: 'COMPACT' });
    assert.deepEqual(
      compact.map(({ key }) => key),
      ['jobs/0b1c/FAILED_0.json', 'jobs/0b1c/SUCCEEDED_0.json', 'jobs/0b1c/manifest.json'],
    );
    assert.equal(compact[1]?.text, '[[1,2],{"a":"é"}]');
    assert.equal(compact[1]?.sizeBytes, 18);
    assert.match(compact[0]?.text ?? '', /"Status":"FAILED".*"Error":"Boom","Cause":"why"/);
    const flat = written(children, { transformation: 'FLATTEN', outputType: 'JSONL' });
    assert.equal(flat[1]?.text, '1\n2\n{"a":"é"}\n');
    const types = (files: ResultFile[]) => files.map(({ contentType }) => contentType);
    assert.deepEqual(types(compact), ['application/json', 'application/json', 'application/json']);
    assert.deepEqual(types(flat), ['application/jsonl', 'application/jsonl', 'application/json']);
  });

  test('puts what was stopped under FAILED, what never began under PENDING', () => {
    const states = ['TIMED_OUT', 'ABORTED', 'PENDING'] as const;
    const files = written(states.map((status) => Object.assign(failedChild(status), { status })));
    const namesIn = (key: string): unknown[] =>
      (JSON.parse(files.find((file) => file.key.endsWith(key))?.text ?? '') as { Name: string }[]).map(
        ({ Name }) => Name,
      );
    assert.deepEqual(namesIn('FAILED_0.json'), ['TIMED_OUT', 'ABORTED']);
    assert.deepEqual(namesIn('PENDING_0.json'), ['PENDING']);
  });

  for (const outputType of ['JSON', 'JSONL'] as const)
    test(`begins a new file of ${outputType} before one becomes too large`, () => {
      const children = ['10', '20', '30', '"a text that is too long for any file"'].map((output, i) =>
        child(`${i}`, { output }),
      );
      const files = written(children, { transformation: 'COMPACT', outputType, fileBytesMax: 7 });
      const texts = files.slice(0, -1).map(({ text }) => text.trim());
      assert.deepEqual(
        texts,
        outputType === 'JSON'
          ? ['[10,20]', '[30]', '["a text that is too long for any file"]']
          : ['10\n20', '30', '"a text that is too long for any file"'],
      );
      assert.deepEqual(
        files.slice(0, -1).map(({ key }) => key),
        [0, 1, 2].map((n) => `jobs/0b1c/SUCCEEDED_${n}.json`),
      );
    });

  test('tells the state where the manifest is', () => {
    assert.deepEqual(writtenResult({ bucket: 'b', prefix: 'p', mapRunArn: MAP_RUN }), {
      MapRunArn: MAP_RUN,
      ResultWriterDetails: { Bucket: 'b', Key: 'p/0b1c/manifest.json' },
    });
    assert.deepEqual(writtenResult({ bucket: 'b', mapRunArn: MAP_RUN }), {
      MapRunArn: MAP_RUN,
      ResultWriterDetails: { Bucket: 'b', Key: '0b1c/manifest.json' },
    });
  });
});
