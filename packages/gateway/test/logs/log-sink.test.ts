import assert from 'node:assert/strict';
import test from 'node:test';
import { openWorld } from '../support/world.ts';

test('lines of a function are read back from its log group, in order', async (t) => {
  const world = openWorld(t);
  const place = { region: 'us-east-1', logGroup: '/aws/lambda/f', logStream: '2026/11/23/[$LATEST]1' };
  const start = Date.parse('2026-11-23T06:00:00Z');
  for (let count = 0; count < 3; count++)
    world.gateway.logSink.append({
      ...place,
      events: [{ timestampMs: start + count, message: `line ${count}` }],
    });
  await world.gateway.idle();
  const read = await world.call('logs', 'GetLogEvents', {
    logGroupName: place.logGroup,
    logStreamName: place.logStream,
    startFromHead: true,
  });
  const events = read['events'] as { message: string; timestamp: number }[];
  assert.deepEqual(
    events.map(({ message, timestamp }) => [message, timestamp - start]),
    [
      ['line 0', 0],
      ['line 1', 1],
      ['line 2', 2],
    ],
  );
});
