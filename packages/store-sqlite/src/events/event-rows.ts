import { parseJson } from '@riposte/json';
import type { DeadLetter, EventEnvelope, EventRecord, StoredEvent, Target } from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, optionalInteger, optionalText, text } from '../engine/columns.ts';
import { archiveEvent } from './archive-rows.ts';
import { markAnnounced, noteMatches } from './watch-rows.ts';
import { queueAdded } from './lane-rows.ts';
import { noteSettled } from './settled-events.ts';
import { writeNextFire } from './rule-rows.ts';

type Row = Record<string, unknown>;

export function writeRecord(sql: Sql, record: EventRecord): void {
  if (record.forwardedBy !== undefined && wasForwarded(sql, record.forwardedBy)) return;
  const { lastInsertRowid } = sql
    .prepare(
      `INSERT INTO events (event_id, region, bus, received_at_ms, simulated, matched_rules, undecided_rules, envelope)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      record.event.id,
      record.region,
      record.eventBusName,
      record.receivedAtMs,
      record.simulated ? 1 : 0,
      JSON.stringify(record.matchedRuleArns),
      record.undecidedRuleArns === undefined ? null : JSON.stringify(record.undecidedRuleArns),
      JSON.stringify(record.event),
    );
  if (record.forwardedBy !== undefined)
    sql
      .prepare('INSERT INTO event_forwards (delivery_id, event_sequence) VALUES (?, ?)')
      .run(record.forwardedBy, lastInsertRowid);
  insertDeliveries(sql, Number(lastInsertRowid), record);
  if (record.deliveries.length === 0) noteSettled(sql, Number(lastInsertRowid));
  for (const archiveName of record.archiveNames) archiveEvent(sql, record, archiveName);
  noteMatches(sql, record);
  if (record.announces) markAnnounced(sql, record.announces);
  if (record.fired) writeNextFire(sql, record.fired, record.fired.nextFireMs);
}

export function insertDeliveries(sql: Sql, eventSequence: number, record: EventRecord): void {
  const insert = sql.prepare(
    `INSERT INTO event_deliveries (delivery_id, event_sequence, rule_arn, target, status, attempts, claimed, due_at_ms)
     VALUES (?, ?, ?, ?, 'pending', 0, 0, ?)`,
  );
  for (const { deliveryId, ruleArn, target } of record.deliveries) {
    insert.run(deliveryId, eventSequence, ruleArn, JSON.stringify(target), record.receivedAtMs);
    queueAdded(sql, { ruleArn, targetId: target.Id }, record.receivedAtMs);
  }
}

function wasForwarded(sql: Sql, deliveryId: string): boolean {
  return sql.prepare('SELECT 1 FROM event_forwards WHERE delivery_id = ?').get(deliveryId) !== undefined;
}

/**
 * The newest with that id that was put here, and what became of it on the buses it was forwarded to and in replays.
 */
export function putEventOf(sql: Sql, eventId: string): StoredEvent | undefined {
  const row = putEventRow(sql, eventId);
  if (!row) return undefined;
  const sequence = integer(row, 'sequence');
  const copies = sql
    .prepare(
      `SELECT events.* FROM event_deliveries
       JOIN event_forwards ON event_forwards.delivery_id = event_deliveries.delivery_id
       JOIN events ON events.sequence = event_forwards.event_sequence
       WHERE event_deliveries.event_sequence = ?
       UNION ALL
       SELECT * FROM events WHERE event_id = ? AND sequence > ? AND ${IS_REPLAY}
       ORDER BY sequence`,
    )
    .all(sequence, eventId, sequence);
  const event = eventOf(sql, row, attemptsOf);
  const all = [event, ...copies.map((copy) => eventOf(sql, copy, attemptsOf))];
  const forwardedTo = otherBuses(all);
  return {
    ...event,
    ...(forwardedTo.length > 0 && { forwardedTo }),
    matchedRuleArns: [...new Set(all.flatMap(({ matchedRuleArns }) => matchedRuleArns))],
    ...undecidedOf(all.flatMap(({ undecidedRuleArns = [] }) => undecidedRuleArns)),
    deliveries: all.flatMap(({ deliveries }) => deliveries),
  };
}

function undecidedOf(ruleArns: readonly string[]): Pick<StoredEvent, 'undecidedRuleArns'> {
  return ruleArns.length === 0 ? {} : { undecidedRuleArns: [...new Set(ruleArns)] };
}

/** The buses of the copies of an event but its own, on which its replays are, each once. */
function otherBuses([event, ...copies]: StoredEvent[]): NonNullable<StoredEvent['forwardedTo']> {
  const seen = new Set([busOf(event)]);
  return copies
    .filter((copy) => !seen.has(busOf(copy)) && seen.add(busOf(copy)))
    .map(({ region, eventBusName }) => ({ region, eventBusName }));
}

function busOf(event: StoredEvent | undefined): string {
  return `${event?.region} ${event?.eventBusName}`;
}

/** As text, where SQLite's JSON does not reach as deep as events may be: what a replay adds comes last, 82 characters at most. */
const IS_REPLAY = `iif(json_valid(envelope), envelope ->> '$."replay-name"' IS NOT NULL,
  substr(envelope, -82) GLOB '*,"replay-name":"*"}')`;

export function putEventRow(sql: Sql, eventId: string): Row | undefined {
  return sql
    .prepare(
      `SELECT events.* FROM events LEFT JOIN event_forwards ON event_sequence = events.sequence
       WHERE event_id = ? ORDER BY delivery_id IS NOT NULL, ${IS_REPLAY}, events.sequence DESC LIMIT 1`,
    )
    .get(eventId);
}

type AttemptLog = NonNullable<StoredEvent['deliveries'][number]['attemptLog']>;

/** @param attempts  reads the attempts of a delivery; left out in lists */
export function eventOf(
  sql: Sql,
  row: Row,
  attempts?: (sql: Sql, deliverySequence: number, ofTarget: number) => AttemptLog,
): StoredEvent {
  const deliveries = sql
    .prepare(
      `SELECT event_deliveries.*, json AS dead_letter, asked_at_ms FROM event_deliveries
       LEFT JOIN event_dead_letters USING (delivery_id) LEFT JOIN event_resends USING (delivery_id)
       WHERE event_sequence = ? ORDER BY sequence`,
    )
    .all(integer(row, 'sequence'));
  const event = parseJson(text(row, 'envelope')) as unknown as EventEnvelope; // as writeRecord wrote it
  const replayName = event['replay-name'];
  const forwarded = sql
    .prepare('SELECT 1 FROM event_forwards WHERE event_sequence = ?')
    .get(integer(row, 'sequence'));
  return {
    event,
    ...(forwarded && { forwarded: true }),
    region: text(row, 'region'),
    eventBusName: text(row, 'bus'),
    receivedAtMs: integer(row, 'received_at_ms'),
    simulated: row['simulated'] === 1,
    matchedRuleArns: JSON.parse(text(row, 'matched_rules')) as string[], // as writeRecord wrote it
    ...undecidedOf(JSON.parse(optionalText(row, 'undecided_rules') ?? '[]') as string[]), // likewise
    deliveries: deliveries.map((delivery) => {
      const shown = deliveryOf(delivery);
      if (replayName !== undefined) shown.replayName = replayName;
      if (attempts) shown.attemptLog = attempts(sql, integer(delivery, 'sequence'), shown.attempts);
      return shown;
    }),
  };
}

/** @param ofTarget  how many of them were the target's; what comes after them is its dead letter */
function attemptsOf(sql: Sql, deliverySequence: number, ofTarget: number): AttemptLog {
  return sql
    .prepare('SELECT * FROM event_attempts WHERE delivery_sequence = ? ORDER BY number')
    .all(deliverySequence)
    .map((row) => attemptOf(row, ofTarget));
}

function attemptOf(row: Row, ofTarget: number): AttemptLog[number] {
  const number = integer(row, 'number');
  const error = optionalText(row, 'error');
  return {
    number,
    endedAtMs: integer(row, 'ended_at_ms'),
    ...(error !== undefined && { error }),
    ...(number > ofTarget && { isOfDeadLetter: true }),
  };
}

function deliveryOf(row: Row): StoredEvent['deliveries'][number] {
  const target = JSON.parse(text(row, 'target')) as Target; // as writeRecord wrote it
  const lastError = optionalText(row, 'last_error');
  const resultArn = optionalText(row, 'result_arn');
  const letter = optionalText(row, 'dead_letter');
  const resentAtMs = optionalInteger(row, 'asked_at_ms');
  return {
    deliveryId: text(row, 'delivery_id'),
    ruleArn: text(row, 'rule_arn'),
    targetId: target.Id,
    targetArn: target.Arn,
    status: row['status'] as 'pending' | 'delivered' | 'dead', // nothing else is written
    // those of sending its dead letter are not the target's
    attempts: letter === undefined ? integer(row, 'attempts') : (JSON.parse(letter) as DeadLetter).attempts,
    ...(lastError !== undefined && { lastError }),
    ...(resultArn !== undefined && { resultArn }),
    ...(resentAtMs !== undefined && { resentAtMs }),
  };
}
