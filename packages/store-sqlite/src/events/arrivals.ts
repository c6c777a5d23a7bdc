import type { ArrivalOutcome, Intake, RejectedArrival, SourceCounts } from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, optionalInteger, text } from '../engine/columns.ts';
import { writeRecord } from './event-rows.ts';
import { pageOf } from './page-bytes.ts';

/** What came by sources: the keys that are known, what was no event, and counts. */
export const ARRIVAL_TABLES = `
  CREATE TABLE IF NOT EXISTS event_arrivals (
    key TEXT PRIMARY KEY, arrived_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS event_arrivals_by_time ON event_arrivals (arrived_at_ms);
  CREATE TABLE IF NOT EXISTS event_rejects (
    sequence INTEGER PRIMARY KEY, source TEXT NOT NULL, key TEXT NOT NULL, received_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (source, key)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS event_rejects_by_time ON event_rejects (received_at_ms);
  CREATE INDEX IF NOT EXISTS event_rejects_of_source ON event_rejects (source, sequence);
  CREATE TABLE IF NOT EXISTS event_source_counts (
    source TEXT PRIMARY KEY, events INTEGER NOT NULL, duplicates INTEGER NOT NULL, rejected INTEGER NOT NULL,
    last_event_ms INTEGER
  ) STRICT, WITHOUT ROWID;
`;

/** Runs inside one write: the key, the event and its deliveries are on disk together. */
export function takeIn(sql: Sql, intake: Intake): ArrivalOutcome[] {
  sql.prepare('DELETE FROM event_arrivals WHERE arrived_at_ms < ?').run(intake.forgetBeforeMs);
  const outcomes = intake.arrivals.map((arrival) => takeOne(sql, intake, arrival));
  const count = (wanted: ArrivalOutcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  const events = count('stored');
  sql
    .prepare(
      `INSERT INTO event_source_counts (source, events, duplicates, rejected, last_event_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (source) DO UPDATE SET events = events + excluded.events,
         duplicates = duplicates + excluded.duplicates, rejected = rejected + excluded.rejected,
         last_event_ms = coalesce(excluded.last_event_ms, last_event_ms)`,
    )
    .run(intake.source, events, count('duplicate'), count('rejected'), events > 0 ? intake.atMs : null);
  return outcomes;
}

function takeOne(sql: Sql, { source, atMs }: Intake, arrival: Intake['arrivals'][number]): ArrivalOutcome {
  if (arrival.kind === 'rejected') {
    const { changes } = sql
      .prepare(
        'INSERT OR IGNORE INTO event_rejects (source, key, received_at_ms, reason, body) VALUES (?, ?, ?, ?, ?)',
      )
      .run(source, arrival.key, atMs, arrival.reason, arrival.body);
    return changes === 0 ? 'duplicate' : 'rejected';
  }
  if (arrival.key !== undefined) {
    const { changes } = sql
      .prepare('INSERT OR IGNORE INTO event_arrivals (key, arrived_at_ms) VALUES (?, ?)')
      .run(arrival.key, atMs);
    if (changes === 0) return 'duplicate';
  }
  writeRecord(sql, arrival.record);
  return 'stored';
}

export function sourceCounts(sql: Sql): Map<string, SourceCounts> {
  const rows = sql.prepare('SELECT * FROM event_source_counts').all();
  return new Map(
    rows.map((row) => {
      const lastEventMs = optionalInteger(row, 'last_event_ms');
      const counts: SourceCounts = {
        events: integer(row, 'events'),
        duplicates: integer(row, 'duplicates'),
        rejected: integer(row, 'rejected'),
        ...(lastEventMs !== undefined && { lastEventMs }),
      };
      return [text(row, 'source'), counts];
    }),
  );
}

export function rejectedArrivals(sql: Sql, source: string, limit: number): RejectedArrival[] {
  const newest = sql.prepare(
    `SELECT *, octet_length(reason) + octet_length(body) AS bytes FROM event_rejects
     WHERE source = ? ORDER BY sequence DESC LIMIT ?`,
  );
  return pageOf(newest.iterate(source, limit)).map((row) => ({
    source,
    key: text(row, 'key'),
    receivedAtMs: integer(row, 'received_at_ms'),
    reason: text(row, 'reason'),
    body: text(row, 'body'),
  }));
}
