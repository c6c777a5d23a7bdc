import { parseJson } from '@riposte/json';
import type {
  ActiveReplay,
  Archive,
  ArchivedEvent,
  ArchiveSize,
  EventEnvelope,
  EventRecord,
  EventStore,
  Replay,
} from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, optionalInteger, text } from '../engine/columns.ts';
import { PAGE_BYTES } from './page-bytes.ts';

type Row = Record<string, unknown>;

/** What AWS counts for the time and the account of each event. */
const ENVELOPE_BYTES = 26;

/** What its copies name an archive by, so that one of the same name does not find them. Earlier versions used the name. */
const CONTENT = 'coalesce(content, name)';
export const CONTENT_OF = `(SELECT ${CONTENT} FROM event_archives WHERE region = ? AND name = ?)`;

/** Keeps a copy. An archive that was deleted meanwhile keeps nothing. */
export function archiveEvent(sql: Sql, record: EventRecord, archiveName: string): void {
  const { event, region } = record;
  const bytes = archivedBytes(event);
  const archive = sql
    .prepare(
      `UPDATE event_archives SET events = events + 1, bytes = bytes + ? WHERE region = ? AND name = ?
       RETURNING ${CONTENT} AS content`,
    )
    .get(bytes, region, archiveName);
  if (!archive) return;
  sql
    .prepare(
      `INSERT INTO event_archived (region, archive, event_time_ms, received_at_ms, bytes, simulated, envelope)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      region,
      text(archive, 'content'),
      Date.parse(event.time),
      record.receivedAtMs,
      bytes,
      record.simulated ? 1 : 0,
      JSON.stringify(event),
    );
}

/** As AWS's SizeBytes of recorded archives comes out: texts, detail as compact JSON, and a constant for the rest. */
function archivedBytes(event: EventEnvelope): number {
  const texts = [event.source, event['detail-type'], JSON.stringify(event.detail), ...event.resources];
  return texts.reduce((sum, part) => sum + Buffer.byteLength(part), ENVELOPE_BYTES);
}

export function archiveOf(row: Row): Archive & ArchiveSize {
  const archive = JSON.parse(text(row, 'document')) as Archive; // as writeArchive wrote it
  return { ...archive, events: integer(row, 'events'), bytes: integer(row, 'bytes') };
}

/** No name has a slash, and between two archives of one name lies a deletion: so what is behind it tells them apart. */
export function writeArchive(sql: Sql, region: string, archive: Archive): void {
  sql
    .prepare(
      `INSERT INTO event_archives (region, name, document, events, bytes, content)
       VALUES (?1, ?2, ?3, 0, 0, ?2 || '/' || coalesce(
         (SELECT seq FROM sqlite_sequence WHERE name = 'event_archives_deleted'), 0))
       ON CONFLICT (region, name) DO UPDATE SET document = excluded.document`,
    )
    .run(region, archive.ArchiveName, JSON.stringify(archive));
}

/** Its copies are left to `forgetDeletedArchives`. */
export function removeArchive(sql: Sql, region: string, name: string): void {
  sql
    .prepare(
      `INSERT INTO event_archives_deleted (region, content)
       SELECT region, ${CONTENT} FROM event_archives WHERE region = ? AND name = ?`,
    )
    .run(region, name);
  sql.prepare('DELETE FROM event_archives WHERE region = ? AND name = ?').run(region, name);
}

export function hasDeletedArchives(sql: Sql): boolean {
  return sql.prepare('SELECT 1 FROM event_archives_deleted LIMIT 1').get() !== undefined;
}

export function forgetDeletedArchives(sql: Sql, limit: number): void {
  const deleted = sql.prepare('SELECT * FROM event_archives_deleted ORDER BY id LIMIT 1').get();
  if (!deleted) return;
  const { changes } = sql
    .prepare(
      `DELETE FROM event_archived WHERE sequence IN (
         SELECT sequence FROM event_archived WHERE region = ? AND archive = ? LIMIT ?)`,
    )
    .run(text(deleted, 'region'), text(deleted, 'content'), limit);
  if (Number(changes) < limit)
    sql.prepare('DELETE FROM event_archives_deleted WHERE id = ?').run(integer(deleted, 'id'));
}

/** Row values compare like the pair that the index holds: no row is read twice. */
const PAGE = `
  SELECT sequence, event_time_ms, simulated, envelope, octet_length(envelope) AS text_bytes FROM event_archived
  WHERE region = ? AND archive = ${CONTENT_OF} AND (event_time_ms, sequence) > (?, ?) AND event_time_ms < ?
  ORDER BY event_time_ms, sequence LIMIT ?`;

export function archivedEvents(
  sql: Sql,
  region: string,
  name: string,
  { fromMs, toMs, after, limit }: Parameters<EventStore['archivedEvents']>[2],
): ArchivedEvent[] {
  const start = after ?? { eventTimeMs: fromMs, sequence: 0 };
  const rows = sql
    .prepare(PAGE)
    .iterate(region, region, name, start.eventTimeMs, start.sequence, toMs, limit);
  const events: ArchivedEvent[] = [];
  let bytes = 0;
  for (const row of rows) {
    events.push({
      event: parseJson(text(row, 'envelope')) as unknown as EventEnvelope, // as archiveEvent wrote it
      simulated: row['simulated'] === 1,
      position: { eventTimeMs: integer(row, 'event_time_ms'), sequence: integer(row, 'sequence') },
    });
    bytes += integer(row, 'text_bytes');
    if (bytes >= PAGE_BYTES) break;
  }
  return events;
}

const ENDED: readonly string[] = ['COMPLETED', 'CANCELLED', 'FAILED'] satisfies Replay['State'][];

export function writeReplay(sql: Sql, { region, replay, dueAtMs, after }: ActiveReplay): void {
  sql
    .prepare(
      `INSERT OR REPLACE INTO event_replays (region, name, document, due_at_ms, after_time_ms, after_sequence)
       VALUES (?, ?, ?, ?, ?, ?)`,
    )
    .run(
      region,
      replay.ReplayName,
      JSON.stringify(replay),
      ENDED.includes(replay.State) ? null : dueAtMs,
      after?.eventTimeMs ?? null,
      after?.sequence ?? null,
    );
}

export function replayOf(row: Row): Replay {
  return JSON.parse(text(row, 'document')) as Replay; // as writeReplay wrote it
}

export function activeReplayOf(row: Row): ActiveReplay {
  const eventTimeMs = optionalInteger(row, 'after_time_ms');
  const sequence = optionalInteger(row, 'after_sequence');
  return {
    region: text(row, 'region'),
    replay: replayOf(row),
    dueAtMs: integer(row, 'due_at_ms'),
    ...(eventTimeMs !== undefined && sequence !== undefined && { after: { eventTimeMs, sequence } }),
  };
}
