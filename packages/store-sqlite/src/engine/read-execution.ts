import type { Effect, Execution, ExecutionFilter, ExecutionOrigin, ExecutionStatus } from '@riposte/engine';
import type { Sql } from '../database.ts';
import { toEffect } from './claims.ts';
import { integer, optionalInteger, optionalText, text } from './columns.ts';

interface ExecutionRow {
  id: number;
  execution: Execution;
  revision: number;
  nextEventId: number;
}

export function readExecution(sql: Sql, executionArn: string): ExecutionRow | undefined {
  const row = sql.prepare(`${SELECT} WHERE x.arn = ?`).get(executionArn);
  if (!row) return undefined;
  return {
    id: integer(row, 'id'),
    execution: toExecution(row, definitionText(sql, text(row, 'definition'))),
    revision: integer(row, 'revision'),
    nextEventId: integer(row, 'next_event_id'),
  };
}

export function readExecutions(
  sql: Sql,
  filter: ExecutionFilter,
  { cursor, limit }: { cursor?: string; limit: number },
): { executions: Execution[]; next?: string } {
  const conditions: [string, string | number | undefined][] = [
    ['x.id < ?', cursor === undefined ? undefined : Number(cursor)],
    ['x.state_machine_arn = ?', filter.stateMachineArn],
    ['x.version_arn = ?', filter.stateMachineVersionArn],
    ['x.alias_arn = ?', filter.stateMachineAliasArn],
    ['x.status = ?', filter.status],
    ['x.event_id = ?', filter.eventId],
    ['x.parent_arn = ?', filter.parentArn],
    ['x.map_run_arn = ?', filter.mapRunArn],
    ['(x.redrive_count > 0) = ?', filter.isRedriven === undefined ? undefined : Number(filter.isRedriven)],
  ];
  const given = conditions.filter(([, value]) => value !== undefined);
  const wanted = given.map(([condition]) => condition);
  if (filter.mapRunArn === undefined) wanted.push('x.map_run_arn IS NULL');
  const where = wanted.length === 0 ? '' : `WHERE ${wanted.join(' AND ')}`;
  const values = given.map(([, value]) => value!); // filtered above
  const rows = sql.prepare(`${SELECT} ${where} ORDER BY x.id DESC LIMIT ?`).all(...values, limit + 1);
  const definitions = new Map<string, string>();
  const executions = rows.slice(0, limit).map((row) => {
    const hash = text(row, 'definition');
    const definition = definitions.get(hash) ?? definitionText(sql, hash);
    definitions.set(hash, definition);
    return toExecution(row, definition);
  });
  if (rows.length <= limit) return { executions };
  return { executions, next: String(integer(rows[limit - 1]!, 'id')) }; // there are more than `limit` rows
}

export function readRecords(sql: Sql, execution: number): Map<string, string> {
  const rows = sql.prepare('SELECT key, record FROM engine_records WHERE execution = ?').all(execution);
  return new Map(rows.map((row) => [text(row, 'key'), text(row, 'record')]));
}

export function readEffects(sql: Sql, execution: number, executionArn: string): Effect[] {
  const rows = sql.prepare('SELECT * FROM engine_effects WHERE execution = ? ORDER BY due_at_ms, id');
  return rows.all(execution).map((row) => toEffect(row, executionArn));
}

const SELECT = `
  SELECT x.*, s.name, s.input, s.role_arn, s.origin, s.trace_header, s.machine, e.output, e.error, e.cause
  FROM engine_executions x
  JOIN engine_starts s ON s.execution = x.id
  LEFT JOIN engine_ends e ON e.execution = x.id`;

function definitionText(sql: Sql, hash: string): string {
  const row = sql.prepare('SELECT definition FROM engine_definitions WHERE hash = ?').get(hash);
  if (!row) throw new Error(`The store has lost the definition ${hash}.`);
  return text(row, 'definition');
}

function toExecution(row: Record<string, unknown>, definition: string): Execution {
  const stopDate = optionalInteger(row, 'stop_date');
  const redriveDate = optionalInteger(row, 'redrive_date');
  const machine = optionalText(row, 'machine');
  const redriveTokens = optionalText(row, 'redrive_tokens');
  const optional = {
    output: optionalText(row, 'output'),
    error: optionalText(row, 'error'),
    cause: optionalText(row, 'cause'),
    traceHeader: optionalText(row, 'trace_header'),
    stateMachineVersionArn: optionalText(row, 'version_arn'),
    stateMachineAliasArn: optionalText(row, 'alias_arn'),
  };
  const mapRunArn = optionalText(row, 'map_run_arn');
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    executionArn: text(row, 'arn'),
    stateMachineArn: text(row, 'state_machine_arn'),
    name: text(row, 'name'),
    status: text(row, 'status') as ExecutionStatus, // written from this type
    nextEventId: integer(row, 'next_event_id'),
    startDate: integer(row, 'start_date'),
    input: text(row, 'input'),
    roleArn: text(row, 'role_arn'),
    definition,
    origin: JSON.parse(text(row, 'origin')) as ExecutionOrigin, // written from this type
    ...(stopDate !== undefined && { stopDate }),
    ...(redriveDate !== undefined && { redriveCount: integer(row, 'redrive_count'), redriveDate }),
    ...(redriveTokens !== undefined && {
      redriveTokens: JSON.parse(redriveTokens) as NonNullable<Execution['redriveTokens']>, // written from this type
    }),
    ...(machine !== undefined && { machine: JSON.parse(machine) as NonNullable<Execution['machine']> }), // written from this type
    ...(mapRunArn !== undefined && {
      mapRun: { mapRunArn, index: integer(row, 'item_index'), itemCount: integer(row, 'item_count') },
    }),
    ...(Object.fromEntries(given) as Partial<Execution>), // members by their own names
  };
}
