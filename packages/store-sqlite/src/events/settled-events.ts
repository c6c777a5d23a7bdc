import type { Database, Sql } from '../database.ts';

/**
 * Events none of whose deliveries is still to be made, by their age: what may be forgotten is found without passing over
 * all that may not.
 */
const TABLE = `
  CREATE INDEX IF NOT EXISTS event_deliveries_pending_of_event ON event_deliveries (event_sequence)
    WHERE status = 'pending';
  CREATE TABLE IF NOT EXISTS event_settled (
    received_at_ms INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (received_at_ms, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER IF NOT EXISTS events_settled_forgotten AFTER DELETE ON events BEGIN
    DELETE FROM event_settled WHERE received_at_ms = old.received_at_ms AND sequence = old.sequence;
  END;
`;

const HAS_PENDING = `EXISTS (
  SELECT 1 FROM event_deliveries d WHERE d.event_sequence = events.sequence AND d.status = 'pending')`;

/** Once, for a file that an earlier version made. */
const TAKE_OVER = `
  BEGIN IMMEDIATE;
  ${TABLE}
  INSERT INTO event_settled (received_at_ms, sequence) SELECT received_at_ms, sequence FROM events WHERE NOT ${HAS_PENDING};
  COMMIT;
`;

export function createSettledEvents(database: Database): void {
  const known = "SELECT 1 FROM sqlite_schema WHERE name = 'event_settled'";
  if (!database.read((sql) => sql.prepare(known).get())) database.migrate(TAKE_OVER);
}

/** After a delivery of it has ended, or when it was stored without any. */
export function noteSettled(sql: Sql, eventSequence: number): void {
  sql
    .prepare(
      `INSERT OR IGNORE INTO event_settled (received_at_ms, sequence)
       SELECT received_at_ms, sequence FROM events WHERE sequence = ? AND NOT ${HAS_PENDING}`,
    )
    .run(eventSequence);
}

/** After a delivery was added to an event that was there. */
export function noteUnsettled(sql: Sql, eventSequence: number): void {
  sql
    .prepare(
      `DELETE FROM event_settled WHERE sequence = ?1
       AND received_at_ms = (SELECT received_at_ms FROM events WHERE events.sequence = ?1)`,
    )
    .run(eventSequence);
}

/** One that has a delivery to be made stays, whatever was noted. */
export const FORGET_EVENT = `DELETE FROM events WHERE sequence = ? AND NOT ${HAS_PENDING}`;
