import {
  ruleAnnouncement,
  tellAtMs,
  watchAfterChange,
  watchAfterMatch,
  watchAfterTelling,
  type Announcement,
  type EventRecord,
  type RuleWatch,
  type StoredRule,
} from '@riposte/events';
import type { Database, Sql } from '../database.ts';
import { INSTANT_MAX_MS, integer, optionalInteger, text } from '../engine/columns.ts';
import { markTargetAnnounced, targetAnnouncements } from './target-rows.ts';

/** Rules whose tags ask to be told when they are quiet. */
const TABLE = `
  CREATE TABLE IF NOT EXISTS event_rule_watch (
    rule_arn TEXT PRIMARY KEY, state INTEGER NOT NULL, after_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
    tell_at_ms INTEGER
  ) STRICT, WITHOUT ROWID;
`;
const TO_TELL = `
  CREATE INDEX IF NOT EXISTS event_rule_watch_to_tell ON event_rule_watch (tell_at_ms) WHERE tell_at_ms IS NOT NULL;
`;

/** As they stand in the column. */
const STATES = ['matching', 'quiet', 'matched-again'] as const satisfies RuleWatch['state'][];

export function createRuleWatch(database: Database): void {
  database.migrate(TABLE);
  const known = "SELECT 1 FROM pragma_table_info('event_rule_watch') WHERE name = 'tell_at_ms'";
  if (!database.read((sql) => sql.prepare(known).get())) takeOver(database);
  database.migrate(TO_TELL);
}

/** Earlier versions asked each rule whether it is quiet by now. */
function takeOver(database: Database): void {
  database.migrate('BEGIN IMMEDIATE; ALTER TABLE event_rule_watch ADD COLUMN tell_at_ms INTEGER');
  for (const row of database.prepare(`SELECT ${COLUMNS} FROM event_rule_watch`).all())
    write(database, text(row, 'rule_arn'), watchOf(row));
  database.migrate('COMMIT');
}

/** Begins or ends to watch a rule, as its tags say. */
export function watchRule(sql: Sql, stored: StoredRule): void {
  const { Arn } = stored.rule;
  const before = watchOfRule(sql, Arn);
  const after = watchAfterChange(before, stored);
  if (after) write(sql, Arn, after);
  else if (before) unwatchRule(sql, Arn);
}

export function unwatchRule(sql: Sql, ruleArn: string): void {
  sql.prepare('DELETE FROM event_rule_watch WHERE rule_arn = ?').run(ruleArn);
}

/** Rules that are not watched have no row. */
export function noteMatches(sql: Sql, { matchedRuleArns, receivedAtMs, simulated }: EventRecord): void {
  if (simulated) return;
  for (const ruleArn of matchedRuleArns) {
    const before = watchOfRule(sql, ruleArn);
    if (before) write(sql, ruleArn, watchAfterMatch(before, receivedAtMs));
  }
}

export function announcements(sql: Sql, nowMs: number): Announcement[] {
  const rules = sql
    .prepare(`SELECT ${COLUMNS} FROM event_rule_watch WHERE tell_at_ms <= ? ORDER BY tell_at_ms, rule_arn`)
    .all(nowMs)
    .map((row) => ruleAnnouncement(text(row, 'rule_arn'), watchOf(row)));
  return [...targetAnnouncements(sql), ...rules];
}

/** The event that tells of it is written in the same transaction. */
export function markAnnounced(sql: Sql, announcement: Announcement): void {
  if ('targetId' in announcement) return markTargetAnnounced(sql, announcement);
  const { ruleArn } = announcement;
  const before = watchOfRule(sql, ruleArn);
  if (before) write(sql, ruleArn, watchAfterTelling(before, announcement));
}

export function nextQuietMs(sql: Sql): number | undefined {
  const row = sql
    .prepare('SELECT min(tell_at_ms) AS next FROM event_rule_watch WHERE tell_at_ms IS NOT NULL')
    .get();
  return row && optionalInteger(row, 'next');
}

type Row = Record<string, unknown>;

/** An earlier version took hours that make times too large to be read: such a rule is never quiet. */
const COLUMNS = `rule_arn, state, min(after_ms, ${INSTANT_MAX_MS}) AS after_ms, last_ms`;

function watchOfRule(sql: Sql, ruleArn: string): RuleWatch | undefined {
  const row = sql.prepare(`SELECT ${COLUMNS} FROM event_rule_watch WHERE rule_arn = ?`).get(ruleArn);
  return row && watchOf(row);
}

function watchOf(row: Row): RuleWatch {
  return {
    state: STATES[integer(row, 'state')] ?? 'matching', // nothing else is written
    afterMs: integer(row, 'after_ms'),
    lastMs: integer(row, 'last_ms'),
  };
}

function write(sql: Sql, ruleArn: string, watch: RuleWatch): void {
  sql
    .prepare(
      `INSERT OR REPLACE INTO event_rule_watch (rule_arn, state, after_ms, last_ms, tell_at_ms)
       VALUES (?, ?, ?, ?, ?)`,
    )
    .run(ruleArn, STATES.indexOf(watch.state), watch.afterMs, watch.lastMs, tellAtMs(watch) ?? null);
}
