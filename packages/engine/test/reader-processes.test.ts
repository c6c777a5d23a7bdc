import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Json } from '@riposte/asl';
import { ReaderProcesses } from '../src/map-runs/reader-processes.ts';

const HEAP_MIB = 64;
const numbers = readFileSync(join(import.meta.dirname, 'parquet/numbers.zstd.parquet'));
const parquet = { key: 'k', bytes: numbers, format: undefined };
const json = (text: string) => ({
  key: 'k',
  bytes: Buffer.from(text),
  format: { inputType: 'JSON' } as const,
});
const nothing = () => undefined;
const never = new AbortController().signal;

function runningCount(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
}

/** They have been killed: their ends come in. */
async function allEnded(): Promise<void> {
  while (runningCount() > 0) await setImmediate();
}

test('one process reads the objects of a reading one after the other, also after one that it cannot read', async () => {
  const processes = new ReaderProcesses(HEAP_MIB);
  async function* objects(): AsyncGenerator<Json> {
    for (const object of [parquet, json('{"a":1}'), parquet]) {
      yield* processes.items(object, nothing, never);
      assert.equal(runningCount(), 1);
    }
    await assert.rejects(processes.items(json('['), nothing, never).next(), /is not valid JSON/);
    assert.equal(runningCount(), 1);
    yield* processes.items(json('[2]'), nothing, never);
    assert.equal(runningCount(), 1);
  }
  const items: Json[] = [];
  for await (const item of processes.during(objects())) items.push(item);
  const rows = [0, 1, 2, 3, 4, 5].map((n) => ({ n }));
  assert.deepEqual(items, [...rows, { Key: 'a', Value: 1 }, ...rows, 2]);
  await allEnded();
});

test('a process that was left in the middle of an object reads no other', async () => {
  const processes = new ReaderProcesses(HEAP_MIB);
  async function* objects(): AsyncGenerator<Json> {
    for await (const item of processes.items(json(`[${'1,'.repeat(500_000)}1]`), nothing, never)) {
      yield item;
      break;
    }
    yield* processes.items(json('["other"]'), nothing, never);
  }
  const items: Json[] = [];
  for await (const item of processes.during(objects())) items.push(item);
  assert.deepEqual(items, [1, 'other']);
  await allEnded();
});

test('an abort does not wait for what the process is at', async () => {
  const processes = new ReaderProcesses(HEAP_MIB);
  const abort = new AbortController();
  const told: boolean[] = [];
  const items = processes.items(json('[1]'), (isKeyed) => told.push(isKeyed), abort.signal);
  const first = items.next();
  abort.abort();
  await assert.rejects(first, { name: 'AbortError' });
  assert.deepEqual(told, [false]);
  await allEnded();
});
