import type { HistoryEvent } from '@riposte/asl';

/**
 * A history as text for people and diffs, one event a line: id, the id before it, type, name or resource, and how
 * it ended. Times are left out.
 */
export function formatHistory(events: readonly HistoryEvent[]): string {
  return events.map(formatEvent).join('\n');
}

function formatEvent(event: HistoryEvent): string {
  const details = detailsOf(event);
  const words = ['name', 'resource', 'index', 'error', 'output'].flatMap((member) => {
    const value = details[member];
    if (value === undefined) return [];
    return [member === 'name' ? String(value) : `${member}=${String(value)}`];
  });
  return [`${event.id}←${event.previousEventId}`, event.type, ...words].join(' ');
}

/** The one member of an event that carries its details. */
function detailsOf(event: HistoryEvent): Record<string, unknown> {
  const name = Object.keys(event).find((key) => key.endsWith('EventDetails'));
  return (name !== undefined && event[name as `${string}EventDetails`]) || {}; // found by that ending
}
