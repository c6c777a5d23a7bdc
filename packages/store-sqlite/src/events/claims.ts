import { parseJson } from '@riposte/json';
import type {
  ClaimedDelivery,
  DeadLetter,
  EventEnvelope,
  EventStore,
  Settlement,
  Target,
} from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, optionalText, text } from '../engine/columns.ts';
import { queueAllLanes, queueLane } from './lane-rows.ts';
import { PAGE_BYTES } from './page-bytes.ts';
import { noteSettled } from './settled-events.ts';
import { noteTarget } from './target-rows.ts';

/** A claim moves the due time to the end of its lease: one that has passed is due again. */
const DUE = `
  SELECT sequence FROM event_deliveries
  WHERE status = 'pending' AND rule_arn = ? AND target ->> '$.Id' = ? AND due_at_ms <= ?
  ORDER BY due_at_ms, sequence LIMIT ?`;

export function claimDue(
  sql: Sql,
  { nowMs, leaseUntilMs, shares }: Parameters<EventStore['claimDeliveries']>[0],
): ClaimedDelivery[] {
  const waiting = shares.map(({ deliveries, ruleArn, targetId }) =>
    sql
      .prepare(DUE)
      .all(ruleArn, targetId, nowMs, deliveries)
      .map((row) => integer(row, 'sequence')),
  );
  const claimed: ClaimedDelivery[] = [];
  let bytes = 0;
  for (const sequence of inTurns(waiting)) {
    if (bytes >= PAGE_BYTES) break;
    sql
      .prepare('UPDATE event_deliveries SET claimed = 1, due_at_ms = ? WHERE sequence = ?')
      .run(leaseUntilMs, sequence);
    const row = deliveryRow(sql, sequence);
    bytes += integer(row, 'bytes');
    claimed.push(claimedOf(row));
  }
  for (const { ruleArn, targetId } of shares) queueLane(sql, { ruleArn, targetId }, { nowMs });
  return claimed;
}

/** The first of each, then the second of each, and so on. */
function* inTurns<T>(lists: readonly (readonly T[])[]): Iterable<T> {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  for (let turn = 0; turn < longest; turn += 1)
    for (const list of lists) if (turn < list.length) yield list[turn]!;
}

/** Nobody holds a lease. */
export function releaseClaims(sql: Sql, nowMs: number): void {
  sql
    .prepare(
      "UPDATE event_deliveries SET claimed = 0, due_at_ms = ? WHERE status = 'pending' AND claimed = 1",
    )
    .run(nowMs);
  queueAllLanes(sql);
}

type Row = Record<string, unknown>;

function deliveryRow(sql: Sql, sequence: number): Row {
  const row = sql
    .prepare(
      `SELECT *, EXISTS (SELECT 1 FROM event_forwards f WHERE f.event_sequence = events.sequence) AS forwarded,
         coalesce((SELECT asked_at_ms FROM event_resends r WHERE r.delivery_id = event_deliveries.delivery_id),
           received_at_ms) AS wanted_at_ms,
         (SELECT json FROM event_dead_letters d WHERE d.delivery_id = event_deliveries.delivery_id) AS dead_letter,
         octet_length(envelope) + octet_length(target) AS bytes
       FROM event_deliveries JOIN events ON events.sequence = event_deliveries.event_sequence
       WHERE event_deliveries.sequence = ?`,
    )
    .get(sequence);
  if (!row) throw new Error(`Delivery ${sequence} vanished while it was handed out.`);
  return row;
}

function claimedOf(row: Row): ClaimedDelivery {
  const envelope = text(row, 'envelope');
  const deadLetter = optionalText(row, 'dead_letter');
  return {
    deliveryId: text(row, 'delivery_id'),
    eventId: text(row, 'event_id'),
    get event() {
      return parseJson(envelope) as unknown as EventEnvelope; // as writeRecord wrote it
    },
    receivedAtMs: integer(row, 'wanted_at_ms'),
    simulated: row['simulated'] === 1,
    forwarded: row['forwarded'] === 1,
    region: text(row, 'region'),
    ruleArn: text(row, 'rule_arn'),
    target: JSON.parse(text(row, 'target')) as Target, // as writeRecord wrote it
    attempts: integer(row, 'attempts'),
    ...(deadLetter !== undefined && { deadLetter: JSON.parse(deadLetter) as DeadLetter }), // as settle wrote it
  };
}

/** Of what is kept of an error, in characters: a delivery may have 185 of them. */
const ERROR_MAX = 2000;
/** Its end says what became of the dead letter, or what ran out. */
const ERROR_END = 500;

/** Without its middle where it is longer than is kept. */
function cut(error: string): string {
  if (error.length <= ERROR_MAX) return error;
  const omission = ' […] ';
  const start = error.slice(0, ERROR_MAX - ERROR_END - omission.length);
  return `${start}${omission}${error.slice(-ERROR_END)}`.toWellFormed();
}

function withErrorsCut(settlement: Settlement): Settlement {
  if (!('error' in settlement)) return settlement;
  const error = cut(settlement.error);
  if (settlement.kind !== 'dead-letter') return { ...settlement, error };
  const { deadLetter } = settlement;
  return { ...settlement, error, deadLetter: { ...deadLetter, errorMessage: cut(deadLetter.errorMessage) } };
}

export function settle(sql: Sql, deliveryId: string, attempts: number, ended: Settlement): void {
  const settlement = withErrorsCut(ended);
  const isLater = settlement.kind === 'later';
  const isPending = isLater || settlement.kind === 'retry' || settlement.kind === 'dead-letter';
  const settled = sql
    .prepare(
      `UPDATE event_deliveries
       SET status = ?, attempts = attempts + ?, claimed = 0, due_at_ms = ?, last_error = iif(?, last_error, ?),
         result_arn = ?
       WHERE delivery_id = ? AND status = 'pending' AND attempts = ?
       RETURNING sequence, event_sequence, rule_arn, target ->> '$.Id' AS target_id,
         (SELECT simulated FROM events WHERE events.sequence = event_sequence) AS simulated`,
    )
    .get(
      isPending ? 'pending' : settlement.kind,
      isLater ? 0 : 1,
      'dueAtMs' in settlement ? settlement.dueAtMs : 0,
      isLater ? 1 : 0,
      errorOf(settlement),
      settlement.kind === 'delivered' ? (settlement.resultArn ?? null) : null,
      deliveryId,
      attempts,
    );
  if (!settled) return;
  const lane = { ruleArn: text(settled, 'rule_arn'), targetId: text(settled, 'target_id') };
  queueLane(sql, lane, { nowMs: settlement.atMs, tookMs: settlement.tookMs });
  if (!isPending) noteSettled(sql, integer(settled, 'event_sequence'));
  if (isLater) return;
  sql
    .prepare('INSERT INTO event_attempts (delivery_sequence, number, ended_at_ms, error) VALUES (?, ?, ?, ?)')
    .run(integer(settled, 'sequence'), attempts + 1, settlement.atMs, errorOf(settlement));
  const isLetter = sql.prepare('SELECT 1 FROM event_dead_letters WHERE delivery_id = ?').get(deliveryId);
  if (!isLetter) noteTarget(sql, { ...lane, simulated: settled['simulated'] === 1 }, settlement);
  if (settlement.kind === 'dead-letter')
    sql
      .prepare('INSERT INTO event_dead_letters (delivery_id, json) VALUES (?, ?)')
      .run(deliveryId, JSON.stringify(settlement.deadLetter));
}

function errorOf(settlement: Settlement): string | null {
  return 'error' in settlement ? settlement.error : null;
}
