import type { EventFilter, EventPage, EventPosition, EventRecord } from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer } from '../engine/columns.ts';
import { eventOf, insertDeliveries, putEventRow } from './event-rows.ts';

/** Events that one page looks at, so that a search for what is rare does not hold up everything else. */
const SCAN = 20_000;

/** SQL conditions, each with its values. */
function conditionsOf(filter: EventFilter): [condition: string, ...values: string[]][] {
  const { source, detailType, eventBusName, rule, status, text } = filter;
  const given: [string, ...(string | undefined)[]][] = [
    ["envelope ->> '$.source' = ?", source],
    [`envelope ->> '$."detail-type"' = ?`, detailType],
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
    ['instr(lower(envelope), lower(?)) > 0', text],
  ];
  return given.filter((one): one is [string, ...string[]] => one.every((part) => part !== undefined));
}

/** Between two places, newest first: one index has the time and the number. */
const BETWEEN = '(received_at_ms, sequence) > (?, ?) AND (received_at_ms, sequence) < (?, ?)';
const NEWEST_FIRST = 'ORDER BY received_at_ms DESC, sequence DESC';

export function searchEvents(
  sql: Sql,
  filter: EventFilter,
  { limit, before }: { limit: number; before?: EventPosition },
): EventPage {
  const { fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = filter;
  const conditions = conditionsOf(filter);
  const above = { receivedAtMs: fromMs, sequence: -1 };
  const below = before && before.receivedAtMs < toMs ? before : { receivedAtMs: toMs, sequence: -1 };
  const unseen = sql
    .prepare(`SELECT received_at_ms, sequence FROM events WHERE ${BETWEEN} ${NEWEST_FIRST} LIMIT 1 OFFSET ?`)
    .get(...valuesOf(above), ...valuesOf(below), conditions.length === 0 ? limit : SCAN);
  const end = unseen && positionOf(unseen);
  const rows = sql
    .prepare(
      `SELECT * FROM events WHERE ${[BETWEEN, ...conditions.map(([condition]) => condition)].join(' AND ')}
       ${NEWEST_FIRST} LIMIT ?`,
    )
    .all(
      ...valuesOf(end ?? above),
      ...valuesOf(below),
      ...conditions.flatMap(([, ...values]) => values),
      limit + 1, // one more tells whether there are more
    );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last ? positionOf(last) : end && { ...end, sequence: end.sequence + 1 };
  return { events: shown.map((row) => eventOf(sql, row)), ...(next && { before: next }) };
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
