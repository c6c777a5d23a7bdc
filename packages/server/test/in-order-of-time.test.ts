import assert from 'node:assert/strict';
import test from 'node:test';
import { inOrderOfTime } from '../src/people/in-order-of-time.ts';
import type { CallSummary, ExecutionStreamMessage } from '@riposte/server';

const event = (id: number, timestamp: number) => ({ id, previousEventId: id - 1, timestamp, type: `E${id}` });
// of a call only its time is looked at
const call = (timeMs: number): ExecutionStreamMessage => ({ type: 'call', call: { timeMs } as CallSummary });

test('calls of the past stand among the events where they began', () => {
  const ordered = inOrderOfTime([
    { type: 'events', events: [event(1, 10), event(2, 20), event(3, 40)] },
    call(20),
    call(30),
  ]);
  const told = ordered.map((message) => (message.type === 'events' ? message.events[0]?.type : 'call'));
  assert.deepEqual(told, ['E1', 'E2', 'call', 'call', 'E3']);
});
