import type { EventBusDescription, RuleKey, StoredRule, Target } from '@riposte/events';
import type { Sql } from '../database.ts';
import { INSTANT_MAX_MS, integer, optionalInteger, text } from '../engine/columns.ts';
import { forgetIdleTargets, keepTargets } from './target-rows.ts';
import { unwatchRule, watchRule } from './watch-rows.ts';

type Row = Record<string, unknown>;

export function busOf(row: Row): EventBusDescription {
  return JSON.parse(text(row, 'document')) as EventBusDescription; // as putEventBus wrote it
}

/**
 * The columns that `ruleOf` reads. An earlier version wrote next times that node:sqlite refuses to read, and one such
 * row kept every rule of its bus from being read, changed and deleted.
 */
export const RULE_COLUMNS = `region, rule, targets, created_at_ms,
  iif(next_fire_ms <= ${INSTANT_MAX_MS}, next_fire_ms, NULL) AS next_fire_ms`;

export function writeRule(sql: Sql, stored: StoredRule): void {
  watchRule(sql, stored);
  keepTargets(sql, stored);
  const { rule, tags, archiveName, simulated } = stored;
  sql
    .prepare(
      `INSERT OR REPLACE INTO event_rules (region, bus, name, rule, targets, created_at_ms, next_fire_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      stored.region,
      rule.EventBusName,
      rule.Name,
      JSON.stringify({ ...rule, tags, archiveName, simulated }),
      JSON.stringify(stored.targets),
      stored.createdAtMs,
      stored.nextFireMs ?? null,
    );
}

/** @param row  the columns of `RULE_COLUMNS` */
export function ruleOf(row: Row): StoredRule {
  const nextFireMs = optionalInteger(row, 'next_fire_ms');
  // as writeRule wrote it
  const { tags, archiveName, simulated, ...rule } = JSON.parse(text(row, 'rule')) as StoredRule['rule'] &
    Pick<StoredRule, 'tags' | 'archiveName' | 'simulated'>;
  return {
    region: text(row, 'region'),
    rule,
    ...(tags && { tags }),
    ...(archiveName !== undefined && { archiveName }),
    ...(simulated && { simulated }),
    targets: JSON.parse(text(row, 'targets')) as Target[], // as writeRule wrote it
    createdAtMs: integer(row, 'created_at_ms'),
    ...(nextFireMs !== undefined && { nextFireMs }),
  };
}

export function removeRule(sql: Sql, key: RuleKey): void {
  const removed = sql
    .prepare(
      "DELETE FROM event_rules WHERE region = ? AND bus = ? AND name = ? RETURNING rule ->> '$.Arn' AS arn",
    )
    .get(key.region, key.eventBusName, key.name);
  if (!removed) return;
  unwatchRule(sql, text(removed, 'arn'));
  forgetIdleTargets(sql, text(removed, 'arn'));
}

export function writeNextFire(sql: Sql, key: RuleKey, nextFireMs: number | undefined): void {
  sql
    .prepare('UPDATE event_rules SET next_fire_ms = ? WHERE region = ? AND bus = ? AND name = ?')
    .run(nextFireMs ?? null, key.region, key.eventBusName, key.name);
}
