import { quietAfterMs, type Announcement, type EventRecord, type StoredRule } from '@riposte/events';
import type { Sql } from '../database.ts';
import { INSTANT_MAX_MS, integer, text } from '../engine/columns.ts';
import { markTargetAnnounced, targetAnnouncements } from './target-rows.ts';

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

/** Rules that are not watched have no row. A rehearsal does not tell that what really happens comes. */
export function noteMatches(sql: Sql, { matchedRuleArns, receivedAtMs, simulated }: EventRecord): void {
  if (simulated) return;
  for (const ruleArn of matchedRuleArns)
    sql
      .prepare(
        `UPDATE event_rule_watch SET last_ms = ?, state = iif(state = ${QUIET}, ${AGAIN}, state) WHERE rule_arn = ?`,
      )
      .run(receivedAtMs, ruleArn);
}

export function announcements(sql: Sql, nowMs: number): Announcement[] {
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
  return [...targetAnnouncements(sql), ...rules];
}

/** The event that tells of it is written in the same transaction. */
export function markAnnounced(sql: Sql, announcement: Announcement): void {
  if ('targetId' in announcement) return markTargetAnnounced(sql, announcement);
  sql
    .prepare('UPDATE event_rule_watch SET state = ? WHERE rule_arn = ?')
    .run(announcement.kind === 'rule-quiet' ? QUIET : WATCHED, announcement.ruleArn);
}

/** An earlier version took hours that make times too large to be read: such a rule is never quiet. */
export function nextQuietMs(sql: Sql): number | undefined {
  const row = sql
    .prepare(
      `SELECT min(last_ms + after_ms) AS next FROM event_rule_watch
       WHERE state = ${WATCHED} AND after_ms <= ${INSTANT_MAX_MS}`,
    )
    .get();
  const next = row?.['next'];
  return typeof next === 'number' ? next : undefined;
}
