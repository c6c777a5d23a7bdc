import type { EventEnvelope, EventRecord, StoredEvent, Target } from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, optionalText, text } from '../engine/columns.ts';
import { writeNextFire } from './rule-rows.ts';

type Row = Record<string, unknown>;

export function writeRecord(sql: Sql, record: EventRecord): void {
  const { lastInsertRowid } = sql
    .prepare(
      `INSERT INTO events (event_id, region, bus, received_at_ms, simulated, matched_rules, envelope)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      record.event.id,
      record.region,
      record.eventBusName,
      record.receivedAtMs,
      record.simulated ? 1 : 0,
      JSON.stringify(record.matchedRuleArns),
      JSON.stringify(record.event),
    );
  const insert = sql.prepare(
    `INSERT INTO event_deliveries (delivery_id, event_sequence, rule_arn, target, status, attempts, claimed, due_at_ms)
     VALUES (?, ?, ?, ?, 'pending', 0, 0, ?)`,
  );
  for (const delivery of record.deliveries)
    insert.run(
      delivery.deliveryId,
      lastInsertRowid,
      delivery.ruleArn,
      JSON.stringify(delivery.target),
      record.receivedAtMs,
    );
  if (record.fired) writeNextFire(sql, record.fired, record.fired.nextFireMs);
}

export function eventOf(sql: Sql, row: Row): StoredEvent {
  const deliveries = sql
    .prepare('SELECT * FROM event_deliveries WHERE event_sequence = ? ORDER BY sequence')
    .all(integer(row, 'sequence'));
  return {
    event: JSON.parse(text(row, 'envelope')) as EventEnvelope, // as writeRecord wrote it
    eventBusName: text(row, 'bus'),
    receivedAtMs: integer(row, 'received_at_ms'),
    simulated: row['simulated'] === 1,
    matchedRuleArns: JSON.parse(text(row, 'matched_rules')) as string[], // as writeRecord wrote it
    deliveries: deliveries.map(deliveryOf),
  };
}

function deliveryOf(row: Row): StoredEvent['deliveries'][number] {
  const target = JSON.parse(text(row, 'target')) as Target; // as writeRecord wrote it
  const lastError = optionalText(row, 'last_error');
  const resultArn = optionalText(row, 'result_arn');
  return {
    deliveryId: text(row, 'delivery_id'),
    ruleArn: text(row, 'rule_arn'),
    targetId: target.Id,
    targetArn: target.Arn,
    status: row['status'] as 'pending' | 'delivered' | 'dead', // nothing else is written
    attempts: integer(row, 'attempts'),
    ...(lastError !== undefined && { lastError }),
    ...(resultArn !== undefined && { resultArn }),
  };
}
