import type { HistoryEvent } from '@riposte/engine';
import type { Sql } from '../database.ts';
import { text } from './columns.ts';

/** So that a page need not read the thousands of events with which a large Map starts. */
const EVENTS_PER_ROW_MAX = 100;

export function appendHistory(sql: Sql, execution: number, events: readonly HistoryEvent[]): void {
  for (let start = 0; start < events.length; start += EVENTS_PER_ROW_MAX) {
    const row = events.slice(start, start + EVENTS_PER_ROW_MAX);
    sql
      .prepare('INSERT INTO engine_history (execution, first_id, events) VALUES (?, ?, ?)')
      .run(execution, row[0]!.id, JSON.stringify(row)); // start < length: there is a first
  }
}

/** Events from id `from` on, or down from it; at most `limit`. */
export function readHistory(
  sql: Sql,
  executionArn: string,
  { from, limit, reverse }: { from?: number; limit: number; reverse: boolean },
): HistoryEvent[] {
  const rows = sql
    .prepare(reverse ? DOWN : UP)
    .iterate(executionArn, ...(reverse ? [from ?? Number.MAX_SAFE_INTEGER] : [from ?? 1]));
  const events: HistoryEvent[] = [];
  for (const row of rows) {
    const part = JSON.parse(text(row, 'events')) as HistoryEvent[]; // written by appendHistory
    if (reverse) part.reverse();
    for (const event of part) {
      if (from !== undefined && (reverse ? event.id > from : event.id < from)) continue;
      if (events.length === limit) return events;
      events.push(event);
    }
  }
  return events;
}

const OF_EXECUTION = `SELECT events FROM engine_history h JOIN engine_executions x ON x.id = h.execution
  WHERE x.arn = ?1 AND`;
const DOWN = `${OF_EXECUTION} first_id <= ?2 ORDER BY first_id DESC`;
// the row that holds the wanted event begins at or before it
const UP = `${OF_EXECUTION} first_id >= coalesce(
    (SELECT max(first_id) FROM engine_history WHERE execution = x.id AND first_id <= ?2), 0)
  ORDER BY first_id`;
