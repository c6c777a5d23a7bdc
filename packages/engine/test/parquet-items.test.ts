import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Json } from '@riposte/asl';
import { parquetItems } from '../src/map-runs/parquet-items.ts';

/** Made by parquet/make.py. */
function file(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, 'parquet', `${name}.parquet`));
}

async function itemsOf(body: Uint8Array): Promise<Json[]> {
  const items: Json[] = [];
  for await (const item of parquetItems('the-key', body)) items.push(item);
  return items;
}

const failed = (reason: RegExp) => (error: Error & { error?: string }) => {
  assert.equal(error.error, 'States.ItemReaderFailed');
  assert.match(error.message, /^The object the-key could not be read as Parquet: /);
  assert.match(error.message, reason);
  return true;
};

test('rows are objects with the names of the columns, and lose no digit', async () => {
  const items = await itemsOf(file('findings.snappy'));
  assert.deepEqual(
    items.map((item) => JSON.stringify(item)),
    [
      '{"id":"f-1","count":1,"score":0.5,"open":true,"day":"2026-11-27","at":"2026-11-27T00:30:01.000250Z","cost":12.3,"digest":"AP8=","tags":["a","b"],"owner":{"name":"Ana","id":7}}',
      '{"id":"f-2","count":9007199254740993,"score":null,"open":false,"day":"1969-12-31","at":"1969-12-31T23:59:59.999999Z","cost":-0.01,"digest":"YWI=","tags":[],"owner":{"name":null,"id":8}}',
      '{"id":null,"count":null,"score":-2.25,"open":null,"day":null,"at":null,"cost":null,"digest":null,"tags":null,"owner":null}',
    ],
  );
});

for (const packing of ['gzip', 'zstd'])
  test(`pages packed with ${packing} are read, from all row groups in order`, async () => {
    const items = await itemsOf(file(`numbers.${packing}`));
    assert.deepEqual(items, [{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }, { n: 5 }]);
  });

test('what the service does not read is refused by name', async () => {
  await assert.rejects(itemsOf(file('numbers.brotli')), failed(/codec: BROTLI/));
  await assert.rejects(itemsOf(Buffer.from('id,count\n1,2\n')), failed(/does not end with PAR1/));
  await assert.rejects(itemsOf(Buffer.alloc(0)), failed(/does not end with PAR1/));
});

test('a footer beyond 5 MB is refused before it is read', async () => {
  const body = Buffer.alloc(6 * 1024 * 1024);
  body.writeUInt32LE(body.length - 12, body.length - 8);
  body.write('PAR1', body.length - 4);
  await assert.rejects(itemsOf(body), failed(/footer has 6291444 bytes, at most 5 MB/));
});

test('a row group beyond 256 MB is refused before it is unpacked', async () => {
  await assert.rejects(
    itemsOf(file('large-group.zstd')),
    failed(/row group 0 has 272\d{6} bytes, at most 256 MB/),
  );
});

test('a file that is broken anywhere fails the reader, and nothing else', async () => {
  for (const name of ['findings.snappy', 'numbers.gzip', 'numbers.zstd']) {
    const whole = file(name);
    for (let at = 0; at < whole.length; at += 3) {
      const broken = Buffer.from(whole);
      broken[at]! ^= 0xff; // below its length
      await itemsOf(broken).catch((error: Error & { error?: string }) => {
        assert.equal(error.error, 'States.ItemReaderFailed', `${name} at ${at}: ${error.stack}`);
      });
    }
  }
});
