import { parseJson, type ExecutionContext, type Json } from '@riposte/asl';
import { parseExecutionArn } from '../arn.ts';
import type { Execution } from '../ports/executions.ts';
import { isSyncStart } from './child-executions.ts';
import type { TaskPayload } from './transition.ts';
import type { EffectKind, ExecutionHead, NewExecution, StoredExecution, Transition } from '../ports/store.ts';

/** What the host keeps of an open effect. */
interface OpenEffect {
  kind: EffectKind;
  dueAtMs: number;
  childArn?: string;
  /** Its work is the start of an execution that it waits for, whose ARN is known once it is parked. */
  startsChild?: boolean;
  mapRunArn?: string;
  isParked: boolean;
}

/**
 * One execution in memory: the last committed state, and beyond it what a transition under way has changed. Whoever
 * fails to commit must drop it and load it again.
 */
export interface LiveExecution {
  execution: Execution;
  /** 0 before the execution is stored. */
  revision: number;
  nextEventId: number;
  records: Map<string, Json>;
  effects: Map<string, OpenEffect>;
}

export function newLiveExecution(created: NewExecution): LiveExecution {
  return {
    execution: { ...created, status: 'RUNNING' },
    revision: 0,
    nextEventId: 1,
    records: new Map(),
    effects: new Map(),
  };
}

export function toLiveExecution(stored: StoredExecution): LiveExecution {
  return {
    execution: stored.execution,
    revision: stored.revision,
    nextEventId: stored.nextEventId,
    records: new Map(Array.from(stored.records, ([key, record]) => [key, parseJson(record)])),
    effects: new Map(
      stored.effects.map(({ id, kind, dueAtMs, payload, parked, mapRunArn }) => [
        id,
        {
          kind,
          dueAtMs,
          isParked: parked !== undefined,
          ...(startsChild(payload) && { startsChild: true }),
          ...(mapRunArn !== undefined && { mapRunArn }),
          ...(parked?.childArn !== undefined && { childArn: parked.childArn }),
        },
      ]),
    ),
  };
}

/** Brings an execution to where a transition leads; in place, since a Map of 10,000 has 10,000 records. */
export function advance(
  live: LiveExecution,
  transition: Transition,
  changes: ReadonlyMap<string, Json | null>,
): void {
  const { nextEventId, ...outcome } = transition.head;
  live.execution = { ...live.execution, ...outcome, nextEventId };
  live.revision += 1;
  live.nextEventId = nextEventId;
  if (outcome.status !== 'RUNNING') {
    live.effects.clear();
    live.records.clear(); // nothing reads them before a redrive, which loads afresh
    return;
  }
  for (const [key, record] of changes)
    if (record === null) live.records.delete(key);
    else live.records.set(key, record);
  if (transition.consumes !== undefined) live.effects.delete(transition.consumes);
  for (const id of transition.cancelled) live.effects.delete(id);
  const { parks } = transition;
  const parked = parks && live.effects.get(parks.effectId);
  if (parked) {
    parked.isParked = true;
    if (parks.childArn !== undefined) parked.childArn = parks.childArn;
  }
  for (const { id, kind, dueAtMs, payload, mapRunArn } of transition.effects)
    live.effects.set(id, {
      kind,
      dueAtMs,
      isParked: false,
      ...(startsChild(payload) && { startsChild: true }),
      ...(mapRunArn !== undefined && { mapRunArn }),
    });
}

function startsChild(payload: string | undefined): boolean {
  // looked at before it is parsed: it may be large, and few are
  if (payload?.includes('states:::states:startExecution.sync') !== true) return false;
  return isSyncStart((JSON.parse(payload) as TaskPayload).resource); // written by toTransition
}

export type Redrive = Required<Pick<ExecutionHead, 'redriveCount' | 'redriveDate' | 'redriveTokens'>>;

/** Opens an execution that had ended. */
export function reopen(live: LiveExecution, redrive: Redrive): void {
  const { stopDate: _, output: __, error: ___, cause: ____, ...kept } = live.execution;
  live.execution = { ...kept, ...redrive, status: 'RUNNING' };
}

/** What the states of an execution may see of it. */
export function contextOf(execution: Execution): ExecutionContext {
  const { executionArn, name, input, roleArn, startDate, stateMachineArn } = execution;
  const { stateMachineVersionArn, stateMachineAliasArn, redriveDate } = execution;
  const arn = parseExecutionArn(executionArn);
  return {
    executionArn,
    name,
    input,
    roleArn,
    startTimeMs: startDate,
    redriveCount: execution.redriveCount ?? 0,
    ...(redriveDate !== undefined && { redriveTimeMs: redriveDate }),
    stateMachineArn,
    stateMachineName: arn.name,
    region: arn.region,
    ...(stateMachineVersionArn !== undefined && { stateMachineVersionArn }),
    ...(stateMachineAliasArn !== undefined && { stateMachineAliasArn }),
  };
}
