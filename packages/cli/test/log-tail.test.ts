import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogTail } from '../src/show/log-tail.ts';

const event = (eventId: string, timestamp: number) => ({
  eventId,
  timestamp,
  message: 'm',
  logStreamName: 's',
});

test('a line is printed once, also one that comes late', () => {
  const tail = new LogTail(100_000);
  assert.equal(tail.startTime, 100_000);
  const first = event('1', 120_000);
  assert.deepEqual(tail.fresh([first]), [first]);
  assert.equal(tail.startTime, 110_000);
  const late = event('2', 115_000);
  assert.deepEqual(tail.fresh([late, first]), [late]);
  const much = event('3', 140_000);
  assert.deepEqual(tail.fresh([late, first, much]), [much]);
  assert.equal(tail.startTime, 130_000);
  assert.deepEqual(tail.fresh([much]), []);
});
