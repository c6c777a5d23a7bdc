import { stringifyJson, type Command, type Decision, type Outcome } from '@riposte/asl';
import { isActivityArn } from '../arn.ts';
import type { MapRunStatus } from '../ports/map-runs.ts';
import type {
  Claim,
  EffectKind,
  ExecutionHead,
  NewEffect,
  NewExecution,
  ParkedEffect,
  Transition,
} from '../ports/store.ts';
import type { LiveExecution, Redrive } from './live-execution.ts';
import { mapRunChanges } from './map-run-changes.ts';

type ScheduleTask = Extract<Command, { type: 'schedule-task' }>;
/** What of a task's schedule its effect carries, as JSON text. */
export type TaskPayload = Omit<ScheduleTask, 'type' | 'taskId' | 'taskToken'>;

interface Cause {
  created?: NewExecution;
  consumes?: string;
  parks?: ParkedEffect;
  redrive?: Redrive;
  nowMs: number;
  /** What the Map Run comes to whose end the signal tells. */
  endsAs: MapRunStatus;
  /** Body of what is told of each child whose status a change of its Map Run changes. */
  childNotice?: string;
  /** Gives a lease while work of this kind can be taken up at once. */
  claim: (kind: EffectKind) => Claim | undefined;
}

/** Turns a decision of the language into what the store writes. */
export function toTransition(live: LiveExecution, decision: Decision, cause: Cause): Transition {
  const { created, consumes, parks } = cause;
  const { effects, cancelled } = toEffects(decision, cause);
  return {
    executionArn: live.execution.executionArn,
    expectedRevision: live.revision,
    ...(created && { created }),
    ...(consumes !== undefined && { consumes }),
    ...(parks && { parks }),
    head: toHead(live, decision, cause),
    events: decision.events,
    records: new Map(
      Array.from(decision.changes, ([key, record]) => [key, record === null ? null : stringifyJson(record)]),
    ),
    effects,
    cancelled,
    mapRuns: mapRunChanges(live, decision, cause),
  };
}

function toHead(live: LiveExecution, { outcome, nextEventId }: Decision, cause: Cause): ExecutionHead {
  const { redrive } = cause;
  if (!outcome) return { status: 'RUNNING', nextEventId, ...redrive };
  return { ...toEnd(outcome), nextEventId, ...redrive, stopDate: stopDateOf(live, outcome, cause) };
}

function toEnd(outcome: Outcome) {
  if (outcome.status === 'SUCCEEDED') return { status: outcome.status, output: outcome.output };
  if (outcome.status === 'TIMED_OUT') return { status: outcome.status };
  const { status, error, cause } = outcome;
  return { status, ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}

/** A timed-out execution stopped when its time was up, however late that was noticed; the timer that fired says when. */
function stopDateOf(live: LiveExecution, outcome: Outcome, { consumes, nowMs }: Cause): number {
  if (outcome.status !== 'TIMED_OUT' || consumes === undefined) return nowMs;
  return live.effects.get(consumes)?.dueAtMs ?? nowMs;
}

/** Commands in order: the last word about an id counts. */
function toEffects(
  { commands, outcome }: Decision,
  { nowMs, claim }: Cause,
): { effects: NewEffect[]; cancelled: string[] } {
  if (outcome) return { effects: [], cancelled: [] };
  const effects = new Map<string, NewEffect>();
  const cancelled = new Set<string>();
  for (const command of commands) {
    if (command.type === 'cancel') {
      effects.delete(command.id);
      cancelled.add(command.id);
      continue;
    }
    const effect = toEffect(command, nowMs);
    effects.set(effect.id, effect);
  }
  for (const effect of effects.values()) {
    const lease = claim(effect.kind);
    if (lease) effect.claim = lease;
  }
  return { effects: [...effects.values()], cancelled: [...cancelled] };
}

function toEffect(command: Exclude<Command, { type: 'cancel' }>, nowMs: number): NewEffect {
  if (command.type === 'start-timer')
    return { id: command.timerId, kind: 'timer', dueAtMs: Math.ceil(command.atMs) };
  if (command.type !== 'schedule-task')
    return { id: command.taskId, kind: 'map-run', dueAtMs: nowMs, mapRunArn: command.mapRunArn };
  const { type: _, taskId, taskToken, ...payload } = command;
  const activity = isActivityArn(payload.resource) ? payload.resource : undefined;
  return {
    id: taskId,
    kind: activity === undefined ? 'task' : 'activity',
    dueAtMs: nowMs,
    payload: JSON.stringify(payload satisfies TaskPayload),
    ...(taskToken !== undefined && { taskToken }),
    ...(activity !== undefined && { activityArn: activity }),
  };
}
