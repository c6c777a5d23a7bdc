import type { StateMachine } from '@riposte/engine';
import type { Sql } from '../database.ts';
import { integer, optionalText, text } from './columns.ts';

/** What of a state machine no query asks for. */
type Details = Pick<
  StateMachine,
  'status' | 'tags' | 'versionsCount' | 'published' | 'description' | 'settings'
>;

export function writeStateMachine(sql: Sql, machine: StateMachine, region: string, revision: number): void {
  const { stateMachineArn, name, type, definition, roleArn, creationDate, updateDate, revisionId, ...rest } =
    machine;
  const details: Details = rest;
  sql
    .prepare(
      `INSERT OR REPLACE INTO engine_state_machines
       (arn, region, name, type, definition, role_arn, creation_date, update_date, revision_id, revision, details)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      stateMachineArn,
      region,
      name,
      type,
      definition,
      roleArn,
      creationDate,
      updateDate,
      revisionId ?? null,
      revision,
      JSON.stringify(details),
    );
}

export function toStateMachine(row: Record<string, unknown>): StateMachine {
  const revisionId = optionalText(row, 'revision_id');
  const details = optionalText(row, 'details');
  return {
    stateMachineArn: text(row, 'arn'),
    name: text(row, 'name'),
    type: text(row, 'type') as StateMachine['type'], // written from this type
    definition: text(row, 'definition'),
    roleArn: text(row, 'role_arn'),
    creationDate: integer(row, 'creation_date'),
    updateDate: integer(row, 'update_date'),
    ...(revisionId !== undefined && { revisionId }),
    ...(details !== undefined && (JSON.parse(details) as Details)), // written above
  };
}
