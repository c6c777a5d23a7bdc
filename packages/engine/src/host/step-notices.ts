import type { HistoryEvent } from '@riposte/asl';
import type { Execution } from '../ports/executions.ts';
import type { Ids } from '../ports/ids.ts';
import type { NewNotice, Transition } from '../ports/store.ts';
import type { Orphan } from './child-executions.ts';
import { logNotice } from './execution-log-notices.ts';
import type { LiveExecution } from './live-execution.ts';
import { statusChangeOf } from './status-changes.ts';

/** An execution before and after one step. */
interface Step {
  before: Execution;
  after: Execution;
  nowMs: number;
  /** It was made by this step, or opened again. */
  isOpened: boolean;
}

/** What is to be told of a step, in order: one step can open an execution and end it. */
export function noticesOf(
  { before, after, nowMs, isOpened }: Step,
  events: readonly HistoryEvent[],
  { tellsStatus, tellsLogs, ids }: { tellsStatus: boolean; tellsLogs: boolean; ids: Ids },
): NewNotice[] {
  const log = tellsLogs ? logNotice(after, events) : undefined;
  const changed = [...(isOpened ? [before] : []), ...(after.status === 'RUNNING' ? [] : [after])];
  return [
    ...(log === undefined ? [] : [{ kind: 'log' as const, body: log }]),
    ...(tellsStatus ? changed : []).map((each) => ({
      kind: 'status' as const,
      body: JSON.stringify(statusChangeOf(each, nowMs, ids.uuid())),
    })),
  ];
}

/**
 * Children whose waiting step was dropped, by a timeout, a failed sibling or a stop.
 * @param live  as it was before the transition
 */
export function orphansOf(live: LiveExecution, { consumes, cancelled, head }: Transition): Orphan[] {
  const { executionArn } = live.execution;
  const dropped = head.status === 'RUNNING' ? cancelled : [...live.effects.keys()];
  return dropped
    .filter((effectId) => effectId !== consumes && live.effects.get(effectId)?.startsChild === true)
    .map((effectId) => ({ executionArn, effectId }));
}
