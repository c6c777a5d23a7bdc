import type { ExecutionStreamMessage } from './shapes.ts';

/**
 * Events and calls of the past, which were read one after the other, as they would have come one among the other. A
 * call stands where it began; at the same millisecond an event goes first.
 */
export function inOrderOfTime(messages: readonly ExecutionStreamMessage[]): ExecutionStreamMessage[] {
  const timed = messages.flatMap((message): { atMs: number; message: ExecutionStreamMessage }[] => {
    if (message.type === 'events')
      return message.events.map((event) => ({
        atMs: event.timestamp,
        message: { type: 'events', events: [event] },
      }));
    return [{ atMs: message.type === 'call' ? message.call.timeMs : Number.POSITIVE_INFINITY, message }];
  });
  // toSorted keeps the order of what is equal, and events were read before calls.
  return timed.toSorted((a, b) => (a.atMs === b.atMs ? 0 : a.atMs - b.atMs)).map(({ message }) => message);
}
