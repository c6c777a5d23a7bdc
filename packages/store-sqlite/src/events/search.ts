import type {
  EventEnvelope,
  EventFilter,
  EventPage,
  EventPosition,
  EventRecord,
  StoredEvent,
} from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer } from '../engine/columns.ts';
import { PAGE_BYTES } from './page-bytes.ts';
import { eventOf, insertDeliveries, putEventRow } from './event-rows.ts';
import { noteUnsettled } from './settled-events.ts';

/** Events that one page looks at, so that a search for what is rare does not hold up everything else. */
const SCAN = 20_000;
/** Likewise, of the texts that are searched: as many as take a tenth of a second. */
const SCAN_BYTES = 2 ** 25;

/** SQL conditions, each with its values. NULL: it cannot tell, since the event is nested more deeply than SQLite's JSON. */
function conditionsOf(filter: EventFilter): [condition: string, ...values: string[]][] {
  const { source, detailType, eventBusName, rule, status, text } = filter;
  const given: [string, ...(string | undefined)[]][] = [
    ["iif(json_valid(envelope), envelope ->> '$.source' = ?, NULL)", source],
    [`iif(json_valid(envelope), envelope ->> '$."detail-type"' = ?, NULL)`, detailType],
    ['bus = ?', eventBusName],
    [
      'EXISTS (SELECT 1 FROM json_each(matched_rules) r WHERE r.value = ? OR substr(r.value, -length(?)) = ?)',
      rule,
      rule && `/${rule}`,
      rule && `/${rule}`,
    ],
    [
      'EXISTS (SELECT 1 FROM event_deliveries d WHERE d.event_sequence = events.sequence AND d.status = ?)',
      status,
    ],
    [
      '(SELECT instr(capitals, ?) > 0 OR instr(capitals, ?) > 0 FROM (SELECT upper_case(envelope) AS capitals))',
      text?.toUpperCase(),
      text === undefined ? undefined : JSON.stringify(text).slice(1, -1).toUpperCase(), // as it stands within JSON
    ],
  ];
  return given.filter((one): one is [string, ...string[]] => one.every((part) => part !== undefined));
}

/** Between two places, newest first: one index has the time and the number. */
const BETWEEN = '(received_at_ms, sequence) > (?, ?) AND (received_at_ms, sequence) < (?, ?)';
const NEWEST_FIRST = 'ORDER BY received_at_ms DESC, sequence DESC';

/** With the bytes of all texts that a found event is read from. */
const FOUND = `
  SELECT *, octet_length(envelope) + octet_length(matched_rules) + coalesce((
    SELECT sum(octet_length(target) + coalesce(octet_length(last_error), 0) + coalesce(octet_length(json), 0))
    FROM event_deliveries d LEFT JOIN event_dead_letters USING (delivery_id)
    WHERE d.event_sequence = events.sequence), 0) AS bytes
  FROM events WHERE sequence = ?`;

export function searchEvents(
  sql: Sql,
  filter: EventFilter,
  { limit, before }: { limit: number; before?: EventPosition },
): EventPage {
  const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = filter;
  const conditions = conditionsOf(filter);
  const readsTexts = [filter.source, filter.detailType, filter.text].some((part) => part !== undefined);
  const above = { receivedAtMs: fromMs, sequence: -1 };
  const below = before && before.receivedAtMs < toMs ? before : { receivedAtMs: toMs, sequence: -1 };
  const wanted = conditions.map(([condition]) => condition).join(' AND ') || '1';
  const rows = sql
    .prepare(
      `SELECT received_at_ms, sequence, octet_length(envelope) AS bytes, ${wanted} AS wanted
       FROM events WHERE ${BETWEEN} ${NEWEST_FIRST}`,
    )
    .iterate(...conditions.flatMap(([, ...values]) => values), ...valuesOf(above), ...valuesOf(below));
  const events: StoredEvent[] = [];
  const seen = { events: 0, bytes: 0 };
  let found = 0; // bytes
  let last: EventPosition | undefined;
  for (const row of rows) {
    const isFull = seen.events >= SCAN || seen.bytes >= SCAN_BYTES;
    if (last && (isFull || (row['wanted'] !== 0 && (events.length >= limit || found >= PAGE_BYTES))))
      return { events, before: last };
    if (row['wanted'] !== 0) {
      const whole = sql.prepare(FOUND).get(integer(row, 'sequence'))!; // read in this turn
      const stored = eventOf(sql, whole);
      if (row['wanted'] === 1 || isOf(stored.event, filter)) events.push(stored);
      found += integer(whole, 'bytes');
    }
    seen.events += 1;
    if (readsTexts) seen.bytes += integer(row, 'bytes');
    last = positionOf(row);
  }
  return { events };
}

/** As the conditions on what stands in its text. */
function isOf(event: EventEnvelope, { source, detailType }: EventFilter): boolean {
  return (
    (source === undefined || event.source === source) &&
    (detailType === undefined || event['detail-type'] === detailType)
  );
}

function valuesOf({ receivedAtMs, sequence }: EventPosition): [number, number] {
  return [receivedAtMs, sequence];
}

function positionOf(row: Record<string, unknown>): EventPosition {
  return { receivedAtMs: integer(row, 'received_at_ms'), sequence: integer(row, 'sequence') };
}

/** Adds deliveries to an event that is there: the newest that was put here with that id. */
export function writeResend(sql: Sql, record: EventRecord): void {
  const row = putEventRow(sql, record.event.id);
  if (!row) return; // forgotten meanwhile
  const eventSequence = integer(row, 'sequence');
  insertDeliveries(sql, eventSequence, record);
  if (record.deliveries.length > 0) noteUnsettled(sql, eventSequence);
  for (const { deliveryId } of record.deliveries)
    sql
      .prepare('INSERT INTO event_resends (delivery_id, asked_at_ms) VALUES (?, ?)')
      .run(deliveryId, record.receivedAtMs);
  sql
    .prepare(
      `UPDATE events SET matched_rules = (SELECT json_group_array(value) FROM (
         SELECT value FROM json_each(matched_rules) UNION SELECT value FROM json_each(?)))
       WHERE sequence = ?`,
    )
    .run(JSON.stringify(record.matchedRuleArns), eventSequence);
}
