import type { Archive, EventStore } from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, text } from '../engine/columns.ts';
import { CONTENT_OF } from './archive-rows.ts';
import { FORGET_EVENT } from './settled-events.ts';

/** The text of each row of a table that takes of the limit. */
const TEXTS = {
  events: 'envelope',
  event_deliveries: 'target',
  event_attempts: 'error',
  event_rejects: 'body',
};

/** What is stored of events, kept by triggers; counted once in a file that had none. */
export const TOTALS = `
  -- as earlier versions had them, without all but events
  DROP TRIGGER IF EXISTS events_added;
  DROP TRIGGER IF EXISTS events_removed;
  DROP TABLE IF EXISTS event_totals;
  CREATE TABLE IF NOT EXISTS event_sizes (
    name TEXT PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  ${Object.entries(TEXTS).map(sizeOf).join('')}`;

function sizeOf([table, column]: [table: string, column: string]): string {
  const bytesOf = (row: string) => `coalesce(octet_length(${row}.${column}), 0)`;
  return `
  INSERT OR IGNORE INTO event_sizes (name, count, bytes)
    SELECT '${table}', count(*), coalesce(sum(${bytesOf(table)}), 0) FROM ${table}
    WHERE NOT EXISTS (SELECT 1 FROM event_sizes WHERE name = '${table}');
  CREATE TRIGGER IF NOT EXISTS ${table}_stored AFTER INSERT ON ${table} BEGIN
    UPDATE event_sizes SET count = count + 1, bytes = bytes + ${bytesOf('new')} WHERE name = '${table}';
  END;
  CREATE TRIGGER IF NOT EXISTS ${table}_forgotten AFTER DELETE ON ${table} BEGIN
    UPDATE event_sizes SET count = count - 1, bytes = bytes - ${bytesOf('old')} WHERE name = '${table}';
  END;`;
}

export function storedEvents(sql: Sql): { events: number; bytes: number } {
  const row = sql
    .prepare(
      "SELECT sum(bytes) AS bytes, sum(count) FILTER (WHERE name = 'events') AS events FROM event_sizes",
    )
    .get();
  return row ? { events: integer(row, 'events'), bytes: integer(row, 'bytes') } : { events: 0, bytes: 0 };
}

/** The oldest first. */
const OLDEST = {
  events: `
    SELECT sequence, received_at_ms FROM event_settled WHERE received_at_ms < ?
    ORDER BY received_at_ms, sequence LIMIT ?`,
  event_rejects: `
    SELECT sequence, received_at_ms FROM event_rejects WHERE received_at_ms < ?
    ORDER BY received_at_ms, sequence LIMIT ?`,
};

const FORGET = {
  events: FORGET_EVENT,
  event_rejects: 'DELETE FROM event_rejects WHERE sequence = ?',
};

/** Deliveries, attempts and what else belongs to an event goes with it. */
export function forgetEvents(
  sql: Sql,
  { beforeMs, limit, aboveBytes }: Parameters<EventStore['forgetEvents']>[0],
): number {
  const isEnough = (): boolean => aboveBytes !== undefined && storedEvents(sql).bytes <= aboveBytes;
  if (isEnough()) return 0;
  const oldest = (['events', 'event_rejects'] as const)
    .flatMap((table) => {
      const rows = sql.prepare(OLDEST[table]).all(beforeMs, limit);
      return rows.map((row) => ({
        table,
        sequence: integer(row, 'sequence'),
        receivedAtMs: integer(row, 'received_at_ms'),
      }));
    })
    .toSorted((a, b) => a.receivedAtMs - b.receivedAtMs)
    .slice(0, limit);
  let forgotten = 0;
  for (const { table, sequence } of oldest) {
    if (isEnough()) break;
    forgotten += Number(sql.prepare(FORGET[table]).run(sequence).changes);
  }
  return forgotten;
}

/** Archives that do not keep their events for ever. */
export function expiringArchives(sql: Sql): { region: string; archive: Archive }[] {
  return sql
    .prepare("SELECT region, document FROM event_archives WHERE document ->> '$.RetentionDays' > 0")
    .all()
    .map((row) => ({
      region: text(row, 'region'),
      archive: JSON.parse(text(row, 'document')) as Archive, // as writeArchive wrote it
    }));
}

const FORGET_ARCHIVED = `
  DELETE FROM event_archived WHERE sequence IN (
    SELECT sequence FROM event_archived WHERE region = ? AND archive = ${CONTENT_OF} AND received_at_ms < ?
    ORDER BY received_at_ms LIMIT ?)
  RETURNING bytes`;

export function forgetArchived(
  sql: Sql,
  region: string,
  name: string,
  beforeMs: number,
  limit: number,
): number {
  const gone = sql.prepare(FORGET_ARCHIVED).all(region, region, name, beforeMs, limit);
  const bytes = gone.reduce((sum, row) => sum + integer(row, 'bytes'), 0);
  sql
    .prepare('UPDATE event_archives SET events = events - ?, bytes = bytes - ? WHERE region = ? AND name = ?')
    .run(gone.length, bytes, region, name);
  return gone.length;
}
