import {
  healthAfterAttempt,
  healthAfterTelling,
  ruleOfArn,
  scheduleOfArn,
  type Announcement,
  type Lane,
  type Settlement,
  type StoredRule,
  type TargetHealth,
} from '@riposte/events';
import type { Database, Sql } from '../database.ts';
import { integer, text } from '../engine/columns.ts';

/**
 * Targets that have failed, until they work again. Rehearsals are apart: what they break or mend says nothing of what
 * really happens.
 */
const TARGET_TABLES = `
  CREATE TABLE IF NOT EXISTS event_target_states (
    rule_arn TEXT NOT NULL, target_id TEXT NOT NULL, simulated INTEGER NOT NULL, state TEXT NOT NULL,
    failures INTEGER NOT NULL, error TEXT NOT NULL, since_ms INTEGER NOT NULL,
    PRIMARY KEY (rule_arn, target_id, simulated)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS event_target_states_to_tell ON event_target_states (state)
    WHERE state IN ('failing', 'recovered');
`;

/** Earlier versions kept rehearsals and the rest in one row. */
const TAKE_OVER = `
  BEGIN IMMEDIATE;
  INSERT OR IGNORE INTO event_target_states (rule_arn, target_id, simulated, state, failures, error, since_ms)
    SELECT rule_arn, target_id, 0,
      CASE state WHEN 0 THEN 'unsteady' WHEN 1 THEN 'failing' WHEN 2 THEN 'told' ELSE 'recovered' END,
      failures, error, since_ms
    FROM event_target_health;
  DROP TABLE event_target_health;
  COMMIT;
`;

export function createTargetTables(database: Database): void {
  database.migrate(TARGET_TABLES);
  const before = "SELECT 1 FROM sqlite_schema WHERE name = 'event_target_health'";
  if (database.read((sql) => sql.prepare(before).get())) database.migrate(TAKE_OVER);
}

/** A target as it is seen by what really happens, or by rehearsals. */
interface WatchedTarget extends Lane {
  simulated: boolean;
}

/** Notes how an attempt to reach a target ended; sending a dead letter is none. */
export function noteTarget(sql: Sql, target: WatchedTarget, settlement: Settlement): void {
  const before = healthOf(sql, target);
  const after = healthAfterAttempt(before, settlement, settlement.atMs);
  if (after !== before) write(sql, target, isOver(sql, target, after) ? undefined : after);
}

/** Of a rule as it is now: targets that it has no longer are forgotten. */
export function keepTargets(sql: Sql, { rule, targets }: StoredRule): void {
  sql
    .prepare(
      'DELETE FROM event_target_states WHERE rule_arn = ? AND target_id NOT IN (SELECT value FROM json_each(?))',
    )
    .run(rule.Arn, JSON.stringify(targets.map(({ Id }) => Id)));
}

/** Of a rule or schedule that is made anew: what stood of an earlier one of its name is not its own. */
export function forgetTargets(sql: Sql, ruleArn: string): void {
  sql.prepare('DELETE FROM event_target_states WHERE rule_arn = ?').run(ruleArn);
}

/** Of a rule or schedule that is gone: of deliveries that are still to be made is told yet. */
export function forgetIdleTargets(sql: Sql, ruleArn: string): void {
  sql
    .prepare(
      `DELETE FROM event_target_states WHERE rule_arn = ? AND NOT EXISTS (
         SELECT 1 FROM event_lanes l
         WHERE l.rule_arn = event_target_states.rule_arn AND l.target_id = event_target_states.target_id)`,
    )
    .run(ruleArn);
}

type TargetAnnouncement = Extract<Announcement, { targetId: string }>;

export function targetAnnouncements(sql: Sql): TargetAnnouncement[] {
  return sql
    .prepare("SELECT * FROM event_target_states WHERE state IN ('failing', 'recovered')")
    .all()
    .map((row) => ({
      kind: row['state'] === 'failing' ? 'target-failing' : 'target-recovered',
      ruleArn: text(row, 'rule_arn'),
      targetId: text(row, 'target_id'),
      simulated: row['simulated'] === 1,
      failures: integer(row, 'failures'),
      error: text(row, 'error'),
      sinceMs: integer(row, 'since_ms'),
    }));
}

/** The event that tells of it is written in the same transaction. */
export function markTargetAnnounced(sql: Sql, announcement: TargetAnnouncement): void {
  const before = healthOf(sql, announcement);
  const told = announcement.kind === 'target-failing' ? 'failing' : 'recovered';
  if (before?.state !== told) return;
  const after = healthAfterTelling(before);
  write(sql, announcement, isOver(sql, announcement, after) ? undefined : after);
}

/** Whether nothing can come after what was told: the rule or schedule is gone, and nothing of it is still to be made. */
function isOver(sql: Sql, { ruleArn, targetId }: Lane, health: TargetHealth | undefined): boolean {
  if (health?.state !== 'told') return false;
  const lane = sql.prepare('SELECT 1 FROM event_lanes WHERE rule_arn = ? AND target_id = ?');
  if (lane.get(ruleArn, targetId)) return false;
  const rule = ruleOfArn(ruleArn);
  if (rule)
    return !sql
      .prepare('SELECT 1 FROM event_rules WHERE region = ? AND bus = ? AND name = ?')
      .get(rule.region, rule.eventBusName, rule.name);
  const schedule = scheduleOfArn(ruleArn);
  return (
    schedule !== undefined &&
    !sql
      .prepare('SELECT 1 FROM schedules WHERE region = ? AND group_name = ? AND name = ?')
      .get(schedule.region, schedule.groupName, schedule.name)
  );
}

function healthOf(sql: Sql, { ruleArn, targetId, simulated }: WatchedTarget): TargetHealth | undefined {
  const row = sql
    .prepare('SELECT * FROM event_target_states WHERE rule_arn = ? AND target_id = ? AND simulated = ?')
    .get(ruleArn, targetId, simulated ? 1 : 0);
  return (
    row && {
      state: row['state'] as TargetHealth['state'], // nothing else is written
      failures: integer(row, 'failures'),
      error: text(row, 'error'),
      sinceMs: integer(row, 'since_ms'),
    }
  );
}

function write(
  sql: Sql,
  { ruleArn, targetId, simulated }: WatchedTarget,
  health: TargetHealth | undefined,
): void {
  if (health)
    sql
      .prepare(
        `INSERT OR REPLACE INTO event_target_states
           (rule_arn, target_id, simulated, state, failures, error, since_ms) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(ruleArn, targetId, simulated ? 1 : 0, health.state, health.failures, health.error, health.sinceMs);
  else
    sql
      .prepare('DELETE FROM event_target_states WHERE rule_arn = ? AND target_id = ? AND simulated = ?')
      .run(ruleArn, targetId, simulated ? 1 : 0);
}
