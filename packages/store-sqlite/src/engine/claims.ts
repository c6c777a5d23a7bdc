import type { Claim, Effect, EffectKind } from '@riposte/engine';
import type { Sql } from '../database.ts';
import { integer, optionalText, text } from './columns.ts';

/** Takes due effects of one kind, oldest first. */
export function claimEffects(
  sql: Sql,
  kind: EffectKind,
  claim: Claim,
  nowMs: number,
  limit: number,
): Effect[] {
  if (limit <= 0) return [];
  const due = sql
    .prepare(
      `SELECT x.arn, e.* FROM engine_effects e JOIN engine_executions x ON x.id = e.execution
       WHERE e.parked = 0 AND e.kind = ? AND e.available_at_ms <= ? ORDER BY e.available_at_ms LIMIT ?`,
    )
    .all(kind, nowMs, limit);
  for (const row of due)
    sql
      .prepare('UPDATE engine_effects SET worker = ?, available_at_ms = ? WHERE execution = ? AND id = ?')
      .run(claim.worker, claim.untilMs, integer(row, 'execution'), text(row, 'id'));
  return due.map((row) => toEffect(row, text(row, 'arn')));
}

/** An effect without its lease. */
export function toEffect(row: Record<string, unknown>, executionArn: string): Effect {
  const payload = optionalText(row, 'payload');
  const taskToken = optionalText(row, 'token');
  const childArn = optionalText(row, 'child_arn');
  const activityArn = optionalText(row, 'activity_arn');
  const mapRunArn = optionalText(row, 'map_run_arn');
  const id = text(row, 'id');
  return {
    executionArn,
    id,
    kind: text(row, 'kind') as EffectKind, // written from this type
    dueAtMs: integer(row, 'due_at_ms'),
    ...(payload !== undefined && { payload }),
    ...(taskToken !== undefined && { taskToken }),
    ...(activityArn !== undefined && { activityArn }),
    ...(mapRunArn !== undefined && { mapRunArn }),
    ...(row['parked'] === 1 && {
      parked: { effectId: id, ...(childArn !== undefined && { childArn }) },
    }),
  };
}
