import type {
  ItemStatus,
  MapRun,
  MapRunChange,
  MapRunCounts,
  MapRunLimits,
  MapRunPhase,
  MapRunStatus,
  NewMapRun,
} from '@riposte/engine';
import type { Sql } from '../database.ts';
import { integer, optionalInteger, text } from './columns.ts';
import { changeItemsWhere, countOf } from './map-items.ts';

/** Applies what a transition of the parent does to one of its Map Runs. */
export function applyMapRunChange(sql: Sql, execution: number, change: MapRunChange): void {
  if (change.type === 'started') return insertMapRun(sql, execution, change.mapRun);
  const id = mapRunId(sql, change.mapRunArn);
  if (id === undefined) throw new Error(`The store has lost the Map Run ${change.mapRunArn}.`);
  if (change.type === 'redriven') redrive(sql, id, change);
  else end(sql, id, change);
}

export function mapRunId(sql: Sql, mapRunArn: string): number | undefined {
  const row = sql.prepare('SELECT id FROM engine_map_runs WHERE arn = ?').get(mapRunArn);
  return row && integer(row, 'id');
}

function insertMapRun(sql: Sql, execution: number, mapRun: NewMapRun): void {
  sql
    .prepare(
      `INSERT INTO engine_map_runs (arn, execution, effect, state_machine_arn, execution_type, status, phase,
         start_date, max_concurrency, tolerated_count, tolerated_percentage, plan)
       VALUES (?, ?, ?, ?, ?, 'RUNNING', 'READING', ?, ?, ?, ?, ?)`,
    )
    .run(
      mapRun.mapRunArn,
      execution,
      mapRun.effectId,
      mapRun.stateMachineArn,
      mapRun.executionType,
      mapRun.startDate,
      mapRun.maxConcurrency,
      mapRun.toleratedFailureCount ?? null,
      mapRun.toleratedFailurePercentage ?? null,
      mapRun.plan,
    );
}

/** Events beyond which nothing is redriven. */
const HISTORY_FULL = 24_999;
const UNSUCCESSFUL = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;

/** One whose items had not all been written down reads them again. */
function redrive(
  sql: Sql,
  id: number,
  { effectId, redriveDate, childNotice }: Extract<MapRunChange, { type: 'redriven' }>,
): void {
  sql
    .prepare(
      `UPDATE engine_map_runs SET status = 'RUNNING', stop_date = NULL, effect = ?, redrive_date = ?,
         redrive_count = redrive_count + 1, phase = iif(phase = 'READING', 'READING', 'RUNNING') WHERE id = ?`,
    )
    .run(effectId, redriveDate, id);
  changeItemsWhere(sql, id, UNSUCCESSFUL, 'PENDING_REDRIVE', { childNotice, eventsMax: HISTORY_FULL });
}

function end(
  sql: Sql,
  id: number,
  { status, stopDate, childNotice }: Extract<MapRunChange, { type: 'ended' }>,
): void {
  sql.prepare('UPDATE engine_map_runs SET status = ?, stop_date = ? WHERE id = ?').run(status, stopDate, id);
  changeItemsWhere(sql, id, ['PENDING_REDRIVE'], 'ABORTED', { childNotice });
}

/** Map Runs that have ended, and have express children of which the store does not know an end. */
export function lostItems(sql: Sql): number[] {
  return sql
    .prepare(
      `SELECT m.id FROM engine_map_runs m JOIN engine_map_counts c ON c.map_run = m.id
       WHERE m.execution_type = 'EXPRESS' AND m.status <> 'RUNNING' AND c.status = 'RUNNING' AND c.executions > 0`,
    )
    .all()
    .map((row) => integer(row, 'id'));
}

export function abortLostItems(sql: Sql, stopDate: number): void {
  for (const id of lostItems(sql)) {
    sql
      .prepare("UPDATE engine_map_items SET stop_date = ? WHERE map_run = ? AND status = 'RUNNING'")
      .run(stopDate, id);
    changeItemsWhere(sql, id, ['RUNNING'], 'ABORTED', {});
  }
}

/** Those that a redrive would leave as they are. */
export function countNotRedrivable(sql: Sql, mapRunArn: string): { executions: number; items: number } {
  const row = sql
    .prepare(
      `SELECT count(*) AS executions, coalesce(sum(i.item_count), 0) AS items FROM engine_map_runs m
       JOIN engine_map_items i ON i.map_run = m.id JOIN engine_executions x ON x.arn = i.arn
       WHERE m.arn = ? AND i.status IN (?, ?, ?) AND x.next_event_id > ?`,
    )
    .get(mapRunArn, ...UNSUCCESSFUL, HISTORY_FULL);
  return countOf(row!); // an aggregate without groups has one row
}

export function readMapRun(sql: Sql, mapRunArn: string): MapRun | undefined {
  const row = sql.prepare(`${SELECT} WHERE m.arn = ?`).get(mapRunArn);
  return row && toMapRun(sql, row);
}

export function readMapRuns(
  sql: Sql,
  executionArn: string,
  { cursor, limit }: { cursor?: string; limit: number },
): { mapRuns: MapRun[]; next?: string } {
  const rows = sql
    .prepare(`${SELECT} WHERE x.arn = ? AND m.id < ? ORDER BY m.id DESC LIMIT ?`)
    .all(executionArn, cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor), limit + 1);
  const mapRuns = rows.slice(0, limit).map((row) => toMapRun(sql, row));
  if (rows.length <= limit) return { mapRuns };
  return { mapRuns, next: String(integer(rows[limit - 1]!, 'id')) }; // there are more than `limit` rows
}

export function changeMapRun(
  sql: Sql,
  mapRunArn: string,
  change: Partial<MapRunLimits> & { phase?: MapRunPhase },
): boolean {
  const { phase, maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = change;
  const { changes } = sql
    .prepare(
      `UPDATE engine_map_runs SET phase = coalesce(?, phase), max_concurrency = coalesce(?, max_concurrency),
         tolerated_count = coalesce(?, tolerated_count),
         tolerated_percentage = coalesce(?, tolerated_percentage)
       WHERE arn = ? AND status = 'RUNNING'`,
    )
    .run(
      phase ?? null,
      maxConcurrency ?? null,
      toleratedFailureCount ?? null,
      toleratedFailurePercentage ?? null,
      mapRunArn,
    );
  return changes > 0;
}

const SELECT = `
  SELECT m.id, m.arn, m.effect, m.state_machine_arn, m.execution_type, m.status, m.phase, m.start_date,
    m.stop_date, m.max_concurrency, m.tolerated_count, m.tolerated_percentage, m.redrive_count, m.redrive_date,
    x.arn AS execution_arn
  FROM engine_map_runs m JOIN engine_executions x ON x.id = m.execution`;

function toMapRun(sql: Sql, row: Record<string, unknown>): MapRun {
  const stopDate = optionalInteger(row, 'stop_date');
  const redriveDate = optionalInteger(row, 'redrive_date');
  const toleratedFailureCount = optionalInteger(row, 'tolerated_count');
  const toleratedFailurePercentage = optionalInteger(row, 'tolerated_percentage');
  return {
    mapRunArn: text(row, 'arn'),
    executionArn: text(row, 'execution_arn'),
    effectId: text(row, 'effect'),
    stateMachineArn: text(row, 'state_machine_arn'),
    // the next three were written from these types
    executionType: text(row, 'execution_type') as MapRun['executionType'],
    status: text(row, 'status') as MapRunStatus,
    phase: text(row, 'phase') as MapRunPhase,
    startDate: integer(row, 'start_date'),
    ...(stopDate !== undefined && { stopDate }),
    maxConcurrency: integer(row, 'max_concurrency'),
    ...(toleratedFailureCount !== undefined && { toleratedFailureCount }),
    ...(toleratedFailurePercentage !== undefined && { toleratedFailurePercentage }),
    redriveCount: integer(row, 'redrive_count'),
    ...(redriveDate !== undefined && { redriveDate }),
    counts: countsOf(sql, integer(row, 'id')),
  };
}

function countsOf(sql: Sql, mapRun: number): MapRunCounts {
  const rows = sql.prepare('SELECT * FROM engine_map_counts WHERE map_run = ?').all(mapRun);
  const counts: MapRunCounts = {};
  for (const row of rows) counts[text(row, 'status') as ItemStatus] = countOf(row); // written from this type
  return counts;
}
