import type { Archive } from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, text } from '../engine/columns.ts';
import { CONTENT_OF } from './archive-rows.ts';

export function storedEvents(sql: Sql): { events: number; bytes: number } {
  const row = sql.prepare('SELECT events, bytes FROM event_totals').get();
  return row ? { events: integer(row, 'events'), bytes: integer(row, 'bytes') } : { events: 0, bytes: 0 };
}

/** The oldest first. Deliveries, attempts and what else belongs to an event goes with it. */
const FORGET = `
  DELETE FROM events WHERE sequence IN (
    SELECT sequence FROM events
    WHERE received_at_ms < ? AND NOT EXISTS (
      SELECT 1 FROM event_deliveries d WHERE d.event_sequence = events.sequence AND d.status = 'pending')
    ORDER BY received_at_ms, sequence LIMIT ?)`;

export function forgetEvents(sql: Sql, beforeMs: number, limit: number): number {
  return Number(sql.prepare(FORGET).run(beforeMs, limit).changes);
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
