import { lanePlace, type EventStore, type Lane, type LanePlace, type ReadyLane } from '@riposte/events';
import type { Sql } from '../database.ts';
import { integer, optionalInteger, text } from '../engine/columns.ts';

const READY = `
  SELECT rule_arn, target_id, (
    SELECT count(*) FROM (
      SELECT 1 FROM event_deliveries d
      WHERE d.status = 'pending' AND d.rule_arn = event_lanes.rule_arn AND d.target ->> '$.Id' = event_lanes.target_id
        AND d.due_at_ms <= ?1
      LIMIT ?2)) AS due
  FROM event_lanes WHERE ready_at_ms <= ?1 ORDER BY ready_at_ms, rule_arn, target_id LIMIT ?3`;

export function readyLanes(
  sql: Sql,
  nowMs: number,
  { lanes, deliveries }: Parameters<EventStore['readyLanes']>[1],
): ReadyLane[] {
  return sql
    .prepare(READY)
    .all(nowMs, deliveries, lanes)
    .map((row) => ({
      ruleArn: text(row, 'rule_arn'),
      targetId: text(row, 'target_id'),
      due: integer(row, 'due'),
    }));
}

export function nextReadyMs(sql: Sql, nowMs: number): number | undefined {
  const row = sql
    .prepare('SELECT min(ready_at_ms) AS next FROM event_lanes WHERE ready_at_ms > ?')
    .get(nowMs);
  return row && optionalInteger(row, 'next');
}

const FIRST_DUE = `
  SELECT min(due_at_ms) AS due_at_ms FROM event_deliveries
  WHERE status = 'pending' AND rule_arn = ? AND target ->> '$.Id' = ?`;

/** After a delivery of it was added that is due. One that waits has its place: so the rest is asked only of others. */
export function queueAdded(sql: Sql, lane: Lane, nowMs: number): void {
  const before = placeOf(sql, lane);
  if (!before || before.readyAtMs > nowMs) queue(sql, lane, before, { nowMs });
}

/**
 * After deliveries of it were handed out or settled.
 * @param change.tookMs  of the attempt that has ended
 */
export function queueLane(sql: Sql, lane: Lane, change: { nowMs: number; tookMs?: number }): void {
  queue(sql, lane, placeOf(sql, lane), change);
}

function placeOf(sql: Sql, { ruleArn, targetId }: Lane): LanePlace | undefined {
  const row = sql
    .prepare('SELECT ready_at_ms, used_ms FROM event_lanes WHERE rule_arn = ? AND target_id = ?')
    .get(ruleArn, targetId);
  return row && { readyAtMs: integer(row, 'ready_at_ms'), usedMs: integer(row, 'used_ms') };
}

function queue(
  sql: Sql,
  { ruleArn, targetId }: Lane,
  before: LanePlace | undefined,
  change: { nowMs: number; tookMs?: number },
): void {
  const due = sql.prepare(FIRST_DUE).get(ruleArn, targetId);
  const firstDueMs = due && optionalInteger(due, 'due_at_ms');
  if (firstDueMs === undefined) {
    sql.prepare('DELETE FROM event_lanes WHERE rule_arn = ? AND target_id = ?').run(ruleArn, targetId);
    return;
  }
  const { readyAtMs, usedMs } = lanePlace(before, { firstDueMs, ...change });
  if (readyAtMs === before?.readyAtMs && usedMs === before.usedMs) return;
  sql
    .prepare(
      'INSERT OR REPLACE INTO event_lanes (rule_arn, target_id, ready_at_ms, used_ms) VALUES (?, ?, ?, ?)',
    )
    .run(ruleArn, targetId, readyAtMs, usedMs);
}

export function queueAllLanes(sql: Sql): void {
  sql.prepare('DELETE FROM event_lanes').run();
  sql
    .prepare(
      `INSERT INTO event_lanes (rule_arn, target_id, ready_at_ms, used_ms)
       SELECT rule_arn, target ->> '$.Id', min(due_at_ms), 0 FROM event_deliveries WHERE status = 'pending'
       GROUP BY rule_arn, target ->> '$.Id'`,
    )
    .run();
}
