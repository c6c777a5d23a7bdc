import { createHash } from 'node:crypto';
import type { CommitResult, ExecutionHead, NewEffect, NewExecution, Transition } from '@riposte/engine';
import type { Sql } from '../database.ts';
import { integer, optionalText, text } from './columns.ts';
import { appendHistory } from './history.ts';
import { setItemStatus } from './map-items.ts';
import { applyMapRunChange } from './map-runs.ts';
import { addNotices } from './notices.ts';

/** Applies one transition whole, or writes nothing and says that it is stale. */
export function applyTransition(sql: Sql, transition: Transition): CommitResult {
  const execution = transition.expectedRevision === 0 ? create(sql, transition) : claimed(sql, transition);
  if (execution === undefined) return 'stale';
  appendHistory(sql, execution, transition.events);
  if (transition.head.status === 'RUNNING') changeEffects(sql, execution, transition);
  else end(sql, execution, transition);
  if (transition.head.status !== 'SUCCEEDED') changeRecords(sql, execution, transition.records);
  addNotices(sql, transition.notices ?? []);
  for (const change of transition.mapRuns ?? []) applyMapRunChange(sql, execution, change);
  return 'applied';
}

function create(sql: Sql, { created, head, executionArn }: Transition): number | undefined {
  if (!created) throw new Error(`The transition that creates ${executionArn} does not say what it creates.`);
  const taken = sql
    .prepare('SELECT 1 FROM engine_executions WHERE arn = ? OR request_key = ?')
    .get(executionArn, created.requestKey ?? null);
  if (taken) return undefined;
  const { lastInsertRowid } = sql
    .prepare(
      `INSERT INTO engine_executions (arn, state_machine_arn, status, revision, next_event_id, start_date,
         stop_date, event_id, parent_arn, request_key, definition, version_arn, alias_arn, map_run_arn,
         item_index, item_count)
       VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      executionArn,
      created.stateMachineArn,
      head.status,
      head.nextEventId,
      created.startDate,
      head.stopDate ?? null,
      created.origin.eventId ?? null,
      // children of a Map Run may be many: they are found by that
      created.mapRun ? null : (created.origin.parent?.executionArn ?? null),
      created.requestKey ?? null,
      keepDefinition(sql, created.definition),
      created.stateMachineVersionArn ?? null,
      created.stateMachineAliasArn ?? null,
      created.mapRun?.mapRunArn ?? null,
      created.mapRun?.index ?? null,
      created.mapRun?.itemCount ?? null,
    );
  if (created.mapRun)
    setItemStatus(sql, created.mapRun.mapRunArn, { index: created.mapRun.index, status: head.status });
  insertStart(sql, Number(lastInsertRowid), created);
  return Number(lastInsertRowid);
}

function insertStart(sql: Sql, execution: number, created: NewExecution): void {
  sql
    .prepare(
      `INSERT INTO engine_starts (execution, name, input, role_arn, origin, trace_header, machine)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      execution,
      created.name,
      created.input,
      created.roleArn,
      JSON.stringify(created.origin),
      created.traceHeader ?? null,
      created.machine === undefined ? null : JSON.stringify(created.machine),
    );
}

function keepDefinition(sql: Sql, definition: string): string {
  const hash = createHash('sha256').update(definition).digest('base64url');
  sql
    .prepare('INSERT OR IGNORE INTO engine_definitions (hash, definition) VALUES (?, ?)')
    .run(hash, definition);
  return hash;
}

/** Moves the head on, if revision and effect are as expected. */
function claimed(sql: Sql, transition: Transition): number | undefined {
  const { executionArn, expectedRevision, head } = transition;
  const row = sql
    .prepare('SELECT id, revision, status, map_run_arn, item_index FROM engine_executions WHERE arn = ?')
    .get(executionArn);
  if (!row || integer(row, 'revision') !== expectedRevision) return undefined;
  const execution = integer(row, 'id');
  const answered = transition.consumes ?? transition.parks?.effectId;
  if (answered !== undefined && !isOpen(sql, execution, answered)) return undefined;
  sql
    .prepare(
      `UPDATE engine_executions SET revision = revision + 1, status = ?, next_event_id = ?, stop_date = ?
       WHERE id = ?`,
    )
    .run(head.status, head.nextEventId, head.stopDate ?? null, execution);
  if (head.redriveCount !== undefined) reopen(sql, execution, head);
  const mapRunArn = optionalText(row, 'map_run_arn');
  if (mapRunArn !== undefined && text(row, 'status') !== head.status)
    setItemStatus(sql, mapRunArn, { index: integer(row, 'item_index'), status: head.status });
  return execution;
}

/** A redrive. */
function reopen(
  sql: Sql,
  execution: number,
  { redriveCount, redriveDate, redriveTokens }: ExecutionHead,
): void {
  sql.prepare('DELETE FROM engine_ends WHERE execution = ?').run(execution);
  sql
    .prepare(
      'UPDATE engine_executions SET redrive_count = ?, redrive_date = ?, redrive_tokens = ? WHERE id = ?',
    )
    .run(
      redriveCount ?? 0,
      redriveDate ?? null,
      redriveTokens ? JSON.stringify(redriveTokens) : null,
      execution,
    );
}

function isOpen(sql: Sql, execution: number, effect: string): boolean {
  return (
    sql.prepare('SELECT 1 FROM engine_effects WHERE execution = ? AND id = ?').get(execution, effect) !==
    undefined
  );
}

function changeEffects(sql: Sql, execution: number, transition: Transition): void {
  const { consumes, parks, cancelled, effects } = transition;
  const drop = sql.prepare('DELETE FROM engine_effects WHERE execution = ? AND id = ?');
  if (consumes !== undefined) drop.run(execution, consumes);
  for (const id of cancelled) drop.run(execution, id);
  if (parks)
    sql
      .prepare(
        'UPDATE engine_effects SET parked = 1, worker = NULL, child_arn = ? WHERE execution = ? AND id = ?',
      )
      .run(parks.childArn ?? null, execution, parks.effectId);
  for (const effect of effects) insertEffect(sql, execution, effect);
}

function insertEffect(sql: Sql, execution: number, effect: NewEffect): void {
  sql
    .prepare(
      `INSERT OR REPLACE INTO engine_effects
         (execution, id, kind, due_at_ms, available_at_ms, worker, token, payload, activity_arn, map_run_arn)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      execution,
      effect.id,
      effect.kind,
      effect.dueAtMs,
      effect.claim?.untilMs ?? effect.dueAtMs,
      effect.claim?.worker ?? null,
      effect.taskToken ?? null,
      effect.payload ?? null,
      effect.activityArn ?? null,
      effect.mapRunArn ?? null,
    );
  if (effect.taskToken !== undefined)
    sql
      .prepare('INSERT OR REPLACE INTO engine_tokens (token, execution, effect) VALUES (?, ?, ?)')
      .run(effect.taskToken, execution, effect.id);
}

function changeRecords(sql: Sql, execution: number, records: Transition['records']): void {
  for (const [key, record] of records)
    if (record === null)
      sql.prepare('DELETE FROM engine_records WHERE execution = ? AND key = ?').run(execution, key);
    else
      sql
        .prepare('INSERT OR REPLACE INTO engine_records (execution, key, record) VALUES (?, ?, ?)')
        .run(execution, key, record);
}

function end(sql: Sql, execution: number, { head }: Transition): void {
  sql
    .prepare('INSERT INTO engine_ends (execution, output, error, cause) VALUES (?, ?, ?, ?)')
    .run(execution, head.output ?? null, head.error ?? null, head.cause ?? null);
  sql.prepare('DELETE FROM engine_effects WHERE execution = ?').run(execution);
  if (head.status === 'SUCCEEDED')
    sql.prepare('DELETE FROM engine_records WHERE execution = ?').run(execution);
}
