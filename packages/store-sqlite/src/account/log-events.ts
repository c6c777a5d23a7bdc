import type {
  LogEvent,
  LogEventQuery,
  LogEvents,
  LogPlace,
  LogPosition,
  NewLogEvent,
} from '@riposte/account';
import type { Database, Sql } from '../database.ts';

export const LOG_TABLES = `
  -- groups and streams by a number, which their events carry: <region>/<group>, <region>/<group>:<stream>
  CREATE TABLE IF NOT EXISTS account_log_places (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL UNIQUE
  ) STRICT;
  -- AUTOINCREMENT: a sequence is never used again
  CREATE TABLE IF NOT EXISTS account_log_events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    log_group INTEGER NOT NULL,
    stream INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    ingested_ms INTEGER NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS account_log_events_group ON account_log_events (log_group, time_ms, sequence);
  CREATE INDEX IF NOT EXISTS account_log_events_stream ON account_log_events (stream, time_ms, sequence);
`;

const FIRST: LogPosition = { timestampMs: 0, sequence: -1 };
const LAST: LogPosition = { timestampMs: Number.MAX_SAFE_INTEGER, sequence: Number.MAX_SAFE_INTEGER };
/** What CloudWatch Logs adds to the text of each event when it counts bytes. */
const EVENT_BYTES = 26;

export class SqliteLogEvents implements LogEvents {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  add({ region, logGroup, logStream }: LogPlace, events: readonly NewLogEvent[], ingestedAtMs: number): void {
    const group = this.#numberOf(`${region}/${logGroup}`);
    const stream = this.#numberOf(`${region}/${logGroup}:${logStream}`);
    const insert = this.#sql.prepare(
      'INSERT INTO account_log_events (log_group, stream, time_ms, ingested_ms, message) VALUES (?, ?, ?, ?, ?)',
    );
    for (const { timestampMs, message } of events)
      insert.run(group, stream, timestampMs, ingestedAtMs, message);
  }

  find(query: LogEventQuery): LogEvent[] {
    const { region, logGroup, logStreams, newestFirst, limit } = query;
    const group = this.#find(`${region}/${logGroup}`);
    const streams = logStreams?.map((name) => this.#find(`${region}/${logGroup}:${name}`)) ?? [];
    const [where, which] = streams.length === 1 ? ['stream = ?', streams[0]!] : ['log_group = ?', group]; // one: there is a first
    const low = laterOf(query.after ?? FIRST, { timestampMs: query.fromMs ?? 0, sequence: -1 });
    const high = earlierOf(query.before ?? LAST, {
      timestampMs: query.toMs ?? LAST.timestampMs,
      sequence: -1,
    });
    const order = newestFirst ? 'DESC' : 'ASC';
    return this.#sql
      .prepare(
        `SELECT e.sequence, e.time_ms, e.ingested_ms, e.message, p.place
         FROM account_log_events e JOIN account_log_places p ON p.id = e.stream
         WHERE ${where} AND (time_ms, sequence) > (?, ?) AND (time_ms, sequence) < (?, ?)
           AND (? OR stream IN (SELECT value FROM json_each(?)))
         ORDER BY time_ms ${order}, sequence ${order} LIMIT ?`,
      )
      .all(
        which,
        low.timestampMs,
        low.sequence,
        high.timestampMs,
        high.sequence,
        logStreams === undefined ? 1 : 0,
        JSON.stringify(streams),
        limit,
      )
      .map((row) => ({
        sequence: Number(row['sequence']),
        timestampMs: Number(row['time_ms']),
        ingestedAtMs: Number(row['ingested_ms']),
        message: String(row['message']),
        logStreamName: String(row['place']).slice(`${region}/${logGroup}:`.length),
      }));
  }

  remove(where: { region: string; logGroup: string; logStream?: string; beforeMs?: number }): number {
    const { region, logGroup, logStream, beforeMs = Number.MAX_SAFE_INTEGER } = where;
    const group = `${region}/${logGroup}`;
    const [column, number] =
      logStream === undefined
        ? ['log_group', this.#find(group)]
        : ['stream', this.#find(`${group}:${logStream}`)];
    const condition = `${column} = ? AND time_ms < ?`;
    const row = this.#sql
      .prepare(
        `SELECT coalesce(sum(octet_length(message) + ${EVENT_BYTES}), 0) AS bytes FROM account_log_events
         WHERE ${condition}`,
      )
      .get(number, beforeMs);
    this.#sql.prepare(`DELETE FROM account_log_events WHERE ${condition}`).run(number, beforeMs);
    if (where.beforeMs === undefined) this.#forget(logStream === undefined ? group : `${group}:${logStream}`);
    return Number(row?.['bytes']);
  }

  /** The place and what lies in it. */
  #forget(place: string): void {
    this.#sql
      .prepare(
        `DELETE FROM account_log_places WHERE place = ?1 OR (place >= ?1 || ':' AND place < ?1 || ';')`,
      )
      .run(place);
  }

  #find(place: string): number {
    const row = this.#sql.prepare('SELECT id FROM account_log_places WHERE place = ?').get(place);
    return Number(row?.['id'] ?? -1);
  }

  #numberOf(place: string): number {
    const known = this.#find(place);
    if (known !== -1) return known;
    const { lastInsertRowid } = this.#sql
      .prepare('INSERT INTO account_log_places (place) VALUES (?)')
      .run(place);
    return Number(lastInsertRowid);
  }
}

function laterOf(one: LogPosition, other: LogPosition): LogPosition {
  return isBefore(one, other) ? other : one;
}

function earlierOf(one: LogPosition, other: LogPosition): LogPosition {
  return isBefore(one, other) ? one : other;
}

function isBefore(one: LogPosition, other: LogPosition): boolean {
  return (
    one.timestampMs < other.timestampMs ||
    (one.timestampMs === other.timestampMs && one.sequence < other.sequence)
  );
}

/** Earlier versions kept events in batches among the resources: they become rows when such a file is opened. */
export function moveLogBatches(database: Database): void {
  const batches = database.read((sql) =>
    sql.prepare(`SELECT id, json FROM account_resources WHERE type = 'logs:events' ORDER BY id`).all(),
  );
  if (batches.length === 0) return;
  database.migrate('BEGIN IMMEDIATE');
  try {
    database.read((sql) => {
      const events = new SqliteLogEvents(sql);
      for (const row of batches) events.add(...readBatch(String(row['id']), String(row['json'])));
      sql.prepare(`DELETE FROM account_resources WHERE type = 'logs:events'`).run();
    });
    database.migrate('COMMIT');
  } catch (error) {
    database.migrate('ROLLBACK');
    throw error;
  }
}

/** Id: `<region>/<group>:<stream>:<batch>`. */
function readBatch(id: string, json: string): Parameters<LogEvents['add']> {
  const [, region = '', logGroup = '', logStream = ''] = /^([^/]*)\/([^:]*):(.*):\d+$/.exec(id) ?? [];
  const { ingestedAtMs, events } = JSON.parse(json) as { ingestedAtMs: number; events: NewLogEvent[] }; // as they were written
  return [{ region, logGroup, logStream }, events, ingestedAtMs];
}
