import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface DeliveryRow {
  eventId: string;
  rule: string;
  status: string;
  attempts: number;
  lastError: string | null;
  receivedAtMs: number;
  /** When attempts ended, by their number. */
  endedAtMs: Map<number, number>;
}

/** What the server wrote down about the soak's events, read from its file once it has ended. */
export interface Records {
  /** Ids of the events that were put, by the number in their detail. */
  eventIds: Map<number, string>;
  deliveries: DeliveryRow[];
  /** Numbers that the file itself gives, 1 to N where nothing was taken away. */
  eventSequences: number[];
  deliverySequences: number[];
}

interface Row {
  sequence: number;
  event_id: string;
  rule_arn: string;
  status: string;
  attempts: number;
  last_error: string | null;
  received_at_ms: number;
}

export function readRecords(dataFolder: string): Records {
  const database = new DatabaseSync(join(dataFolder, 'riposte.sqlite'), { readOnly: true });
  try {
    const sequencesOf = (table: string) =>
      database
        .prepare(`SELECT sequence FROM ${table} ORDER BY sequence`)
        .all()
        .map((row) => Number(row['sequence']));
    const put = database
      .prepare(
        `SELECT event_id, envelope FROM events WHERE bus = 'default' AND envelope LIKE '%"source":"soak"%'`,
      )
      .all() as unknown as { event_id: string; envelope: string }[]; // as the schema has them
    const rows = database
      .prepare(
        `SELECT d.sequence, e.event_id, d.rule_arn, d.status, d.attempts, d.last_error, e.received_at_ms
         FROM event_deliveries d JOIN events e ON e.sequence = d.event_sequence ORDER BY d.sequence`,
      )
      .all() as unknown as Row[]; // as the schema has them
    const attemptsOf = database.prepare(
      'SELECT number, ended_at_ms FROM event_attempts WHERE delivery_sequence = ? ORDER BY number',
    );
    return {
      eventIds: new Map(put.map(({ event_id, envelope }) => [numberOf(envelope), event_id])),
      deliveries: rows.map((row) => ({
        eventId: row.event_id,
        rule: row.rule_arn.slice(row.rule_arn.lastIndexOf('/') + 1),
        status: row.status,
        attempts: row.attempts,
        lastError: row.last_error,
        receivedAtMs: row.received_at_ms,
        endedAtMs: new Map(
          attemptsOf.all(row.sequence).map((one) => [Number(one['number']), Number(one['ended_at_ms'])]),
        ),
      })),
      eventSequences: sequencesOf('events'),
      deliverySequences: sequencesOf('event_deliveries'),
    };
  } finally {
    database.close();
  }
}

function numberOf(envelope: string): number {
  return (JSON.parse(envelope) as { detail: { number: number } }).detail.number; // the soak put it so
}
