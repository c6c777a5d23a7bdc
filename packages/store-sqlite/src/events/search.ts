import type { EventFilter, EventPage, EventRecord } from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, optionalInteger } from '../engine/columns.ts';
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

export function searchEvents(
  sql: Sql,
  filter: EventFilter,
  { limit, before }: { limit: number; before?: number },
): EventPage {
  const { fromMs, toMs } = filter;
  const oldest = boundary(sql, 'min', 'received_at_ms >= ?', fromMs ?? 0);
  const newest = boundary(sql, 'max', 'received_at_ms < ?', toMs ?? Number.MAX_SAFE_INTEGER);
  if (oldest === undefined || newest === undefined) return { events: [] };
  const below = Math.min(before ?? Infinity, newest + 1);
  const from = Math.max(oldest, below - SCAN);
  const conditions = conditionsOf(filter);
  const rows = sql
    .prepare(
      `SELECT * FROM events WHERE ${['sequence < ?', 'sequence >= ?', ...conditions.map(([condition]) => condition)].join(' AND ')}
       ORDER BY sequence DESC LIMIT ?`,
    )
    .all(below, from, ...conditions.flatMap(([, ...values]) => values), limit);
  const last = rows.at(-1);
  const next = rows.length === limit && last ? integer(last, 'sequence') : from;
  return { events: rows.map((row) => eventOf(sql, row)), ...(next > oldest && { before: next }) };
}

/** Events are numbered in the order in which they came. */
function boundary(sql: Sql, end: 'min' | 'max', condition: string, value: number): number | undefined {
  const row = sql.prepare(`SELECT ${end}(sequence) AS sequence FROM events WHERE ${condition}`).get(value);
  return row && optionalInteger(row, 'sequence');
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
