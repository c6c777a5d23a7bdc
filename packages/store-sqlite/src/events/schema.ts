import type { Database } from '../database.ts';
import { ARRIVAL_TABLES } from './arrivals.ts';
import { TOTALS } from './retention.ts';
import { createSettledEvents } from './settled-events.ts';
import { createTargetTables } from './target-rows.ts';
import { createRuleWatch } from './watch-rows.ts';

/** Makes the tables of buses, rules, schedules, events and deliveries, and what a file of an earlier version lacks of them. */
export function createEventTables(database: Database): void {
  database.migrate(TABLES);
  createTargetTables(database);
  createRuleWatch(database);
  database.migrate(ARRIVAL_TABLES);
  database.migrate(TOTALS);
  createSettledEvents(database);
  database.addColumns('event_archives', ['content TEXT']);
  database.addColumns('events', ['undecided_rules TEXT']);
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS event_buses (
    region TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (region, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS event_rules (
    region TEXT NOT NULL, bus TEXT NOT NULL, name TEXT NOT NULL,
    rule TEXT NOT NULL, targets TEXT NOT NULL, created_at_ms INTEGER NOT NULL, next_fire_ms INTEGER,
    PRIMARY KEY (region, bus, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS event_rules_due ON event_rules (next_fire_ms) WHERE next_fire_ms IS NOT NULL;
  CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY, event_id TEXT NOT NULL, region TEXT NOT NULL, bus TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL, simulated INTEGER NOT NULL, matched_rules TEXT NOT NULL, envelope TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_by_id ON events (event_id);
  CREATE INDEX IF NOT EXISTS events_by_time ON events (received_at_ms, sequence);
  CREATE TABLE IF NOT EXISTS event_deliveries (
    sequence INTEGER PRIMARY KEY, delivery_id TEXT NOT NULL UNIQUE,
    event_sequence INTEGER NOT NULL REFERENCES events (sequence) ON DELETE CASCADE,
    rule_arn TEXT NOT NULL, target TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL,
    claimed INTEGER NOT NULL, due_at_ms INTEGER NOT NULL, last_error TEXT, result_arn TEXT
  ) STRICT;
  -- an event that came from another bus, and the delivery that brought it
  CREATE TABLE IF NOT EXISTS event_forwards (
    delivery_id TEXT PRIMARY KEY,
    event_sequence INTEGER NOT NULL UNIQUE REFERENCES events (sequence) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  -- a delivery that its target was given up for, and what its dead-letter queue is to be told
  CREATE TABLE IF NOT EXISTS event_dead_letters (
    delivery_id TEXT PRIMARY KEY REFERENCES event_deliveries (delivery_id) ON DELETE CASCADE,
    json TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS event_deliveries_of_event ON event_deliveries (event_sequence);
  -- as earlier versions had them
  DROP INDEX IF EXISTS event_deliveries_pending;
  DROP INDEX IF EXISTS event_deliveries_claimed;
  DROP INDEX IF EXISTS event_deliveries_due;
  CREATE INDEX IF NOT EXISTS event_deliveries_of_lane
    ON event_deliveries (rule_arn, target ->> '$.Id', due_at_ms, sequence) WHERE status = 'pending';
  -- lanes with pending deliveries, each in its place in the queue; made anew at each start
  CREATE TABLE IF NOT EXISTS event_lanes (
    rule_arn TEXT NOT NULL, target_id TEXT NOT NULL, ready_at_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL,
    PRIMARY KEY (rule_arn, target_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS event_lanes_ready ON event_lanes (ready_at_ms);
  -- a delivery that was asked for by hand
  CREATE TABLE IF NOT EXISTS event_resends (
    delivery_id TEXT PRIMARY KEY REFERENCES event_deliveries (delivery_id) ON DELETE CASCADE,
    asked_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS event_attempts (
    delivery_sequence INTEGER NOT NULL REFERENCES event_deliveries (sequence) ON DELETE CASCADE,
    number INTEGER NOT NULL, ended_at_ms INTEGER NOT NULL, error TEXT, PRIMARY KEY (delivery_sequence, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS event_archives (
    region TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, events INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (region, name)
  ) STRICT, WITHOUT ROWID;
  -- archives that were deleted, until their copies are gone
  CREATE TABLE IF NOT EXISTS event_archives_deleted (
    id INTEGER PRIMARY KEY AUTOINCREMENT, region TEXT NOT NULL, content TEXT NOT NULL
  ) STRICT;
  -- copies: an archive keeps its events as long as it says, whatever becomes of the events themselves
  CREATE TABLE IF NOT EXISTS event_archived (
    sequence INTEGER PRIMARY KEY, region TEXT NOT NULL, archive TEXT NOT NULL, event_time_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL, bytes INTEGER NOT NULL, simulated INTEGER NOT NULL, envelope TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS event_archived_by_age ON event_archived (region, archive, received_at_ms);
  CREATE INDEX IF NOT EXISTS event_archived_by_time ON event_archived (region, archive, event_time_ms, sequence);
  CREATE TABLE IF NOT EXISTS event_replays (
    region TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
    due_at_ms INTEGER, after_time_ms INTEGER, after_sequence INTEGER, PRIMARY KEY (region, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS event_replays_active ON event_replays (due_at_ms) WHERE due_at_ms IS NOT NULL;
  CREATE TABLE IF NOT EXISTS event_documents (
    kind TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (kind, region, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS schedule_groups (
    region TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (region, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS schedules (
    region TEXT NOT NULL, group_name TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, fire_ms INTEGER,
    PRIMARY KEY (region, group_name, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS schedules_due ON schedules (fire_ms) WHERE fire_ms IS NOT NULL;
`;
