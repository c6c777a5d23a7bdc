import {
  quietAfterMs,
  type Announcement,
  type EventRecord,
  type Settlement,
  type StoredRule,
} from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, text } from '../engine/columns.ts';

/** A target fails for good with one delivery that is given up, or with so many attempts one after the other. */
const FAILING_AFTER = 5;

/** States of a target that has failed: below the limit, to be told, told, and well again but not told. */
const COUNTING = 0;
const FAILING = 1;
const TOLD = 2;
const RECOVERED = 3;

/** Notes how an attempt to reach a target ended; sending a dead letter is none. */
export function noteTarget(
  sql: Sql,
  { ruleArn, targetId }: { ruleArn: string; targetId: string },
  settlement: Settlement,
): void {
  if (settlement.kind === 'later') return;
  if (settlement.kind === 'delivered') {
    sql
      .prepare(
        `DELETE FROM event_target_health WHERE rule_arn = ? AND target_id = ? AND state IN (${COUNTING}, ${FAILING})`,
      )
      .run(ruleArn, targetId);
    sql
      .prepare(
        `UPDATE event_target_health SET state = ${RECOVERED} WHERE rule_arn = ? AND target_id = ? AND state = ${TOLD}`,
      )
      .run(ruleArn, targetId);
    return;
  }
  const isHopeless = settlement.kind !== 'retry';
  sql
    .prepare(
      `INSERT INTO event_target_health (rule_arn, target_id, state, failures, error, since_ms)
       VALUES (?, ?, ?, 1, ?, ?)
       ON CONFLICT (rule_arn, target_id) DO UPDATE SET failures = failures + 1, error = excluded.error,
         state = CASE WHEN state = ${COUNTING} AND (? OR failures + 1 >= ${FAILING_AFTER}) THEN ${FAILING}
           WHEN state = ${RECOVERED} THEN ${TOLD} ELSE state END`,
    )
    .run(
      ruleArn,
      targetId,
      isHopeless ? FAILING : COUNTING,
      settlement.error,
      settlement.atMs,
      isHopeless ? 1 : 0,
    );
}

/** States of a watched rule: it may become quiet, it was told to be, and it has matched again but that is not told. */
const WATCHED = 0;
const QUIET = 1;
const AGAIN = 2;

/** Begins or ends to watch a rule, as its tags say. */
export function watchRule(sql: Sql, { rule, tags, createdAtMs }: StoredRule): void {
  const afterMs = rule.State === 'DISABLED' ? undefined : quietAfterMs(tags);
  if (afterMs === undefined) return unwatchRule(sql, rule.Arn);
  sql
    .prepare(
      `INSERT INTO event_rule_watch (rule_arn, state, after_ms, last_ms) VALUES (?, ${WATCHED}, ?, ?)
       ON CONFLICT (rule_arn) DO UPDATE SET after_ms = excluded.after_ms`,
    )
    .run(rule.Arn, afterMs, createdAtMs);
}

export function unwatchRule(sql: Sql, ruleArn: string): void {
  sql.prepare('DELETE FROM event_rule_watch WHERE rule_arn = ?').run(ruleArn);
}

/** Rules that are not watched have no row. */
export function noteMatches(sql: Sql, { matchedRuleArns, receivedAtMs }: EventRecord): void {
  for (const ruleArn of matchedRuleArns)
    sql
      .prepare(
        `UPDATE event_rule_watch SET last_ms = ?, state = iif(state = ${QUIET}, ${AGAIN}, state) WHERE rule_arn = ?`,
      )
      .run(receivedAtMs, ruleArn);
}

export function announcements(sql: Sql, nowMs: number): Announcement[] {
  const targets = sql
    .prepare(`SELECT * FROM event_target_health WHERE state IN (${FAILING}, ${RECOVERED})`)
    .all()
    .map((row): Announcement => ({
      kind: row['state'] === FAILING ? 'target-failing' : 'target-recovered',
      ruleArn: text(row, 'rule_arn'),
      targetId: text(row, 'target_id'),
      failures: integer(row, 'failures'),
      error: text(row, 'error'),
      sinceMs: integer(row, 'since_ms'),
    }));
  const rules = sql
    .prepare(
      `SELECT * FROM event_rule_watch WHERE state = ${AGAIN} OR (state = ${WATCHED} AND last_ms + after_ms <= ?)`,
    )
    .all(nowMs)
    .map((row): Announcement => ({
      kind: row['state'] === AGAIN ? 'rule-matched-again' : 'rule-quiet',
      ruleArn: text(row, 'rule_arn'),
      sinceMs: integer(row, 'last_ms'),
      afterMs: integer(row, 'after_ms'),
    }));
  return [...targets, ...rules];
}

/** The event that tells of it is written in the same transaction. */
export function markAnnounced(sql: Sql, announcement: Announcement): void {
  const { kind, ruleArn } = announcement;
  if (kind === 'target-failing')
    sql
      .prepare(
        `UPDATE event_target_health SET state = ${TOLD} WHERE rule_arn = ? AND target_id = ? AND state = ${FAILING}`,
      )
      .run(ruleArn, announcement.targetId);
  else if (kind === 'target-recovered')
    sql
      .prepare(
        `DELETE FROM event_target_health WHERE rule_arn = ? AND target_id = ? AND state = ${RECOVERED}`,
      )
      .run(ruleArn, announcement.targetId);
  else
    sql
      .prepare('UPDATE event_rule_watch SET state = ? WHERE rule_arn = ?')
      .run(kind === 'rule-quiet' ? QUIET : WATCHED, ruleArn);
}

export function nextQuietMs(sql: Sql): number | undefined {
  const row = sql
    .prepare(`SELECT min(last_ms + after_ms) AS next FROM event_rule_watch WHERE state = ${WATCHED}`)
    .get();
  const next = row?.['next'];
  return typeof next === 'number' ? next : undefined;
}
