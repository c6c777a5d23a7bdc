import type { Signal } from '@riposte/asl';
import { invalidToken } from '../checks.ts';
import type { Execution } from '../ports/executions.ts';
import { ServiceError } from '../ports/service-error.ts';
import type { TaskOutcome } from '../ports/tasks.ts';
import type { Opening } from './execution-loop.ts';
import type { LiveExecution } from './live-execution.ts';

/** An outcome that ends the attempt. */
export type TaskAnswer = Exclude<TaskOutcome, { kind: 'submitted' }>;

const nothing = () => undefined;
type OpenSignal = (live: LiveExecution | undefined) => Opening<undefined>;

/** The answer of a task; of no interest once the execution no longer waits for it. */
export function taskAnswered(
  taskId: string,
  outcome: TaskAnswer,
  { whileParked }: { whileParked: boolean },
): OpenSignal {
  return (live) => {
    const effect = live?.effects.get(taskId);
    if (!effect || effect.isParked !== whileParked) return { answer: nothing };
    return { signal: toSignal(taskId, outcome), consumes: taskId, reply: nothing };
  };
}

/** The task was accepted elsewhere: by a holder of its token, or by a child execution. */
export function taskSubmitted(taskId: string, output: string, childArn: string | undefined): OpenSignal {
  return (live) => {
    const effect = live?.effects.get(taskId);
    if (!effect || effect.isParked) return { answer: nothing };
    return {
      signal: { type: 'task-submitted', taskId, output },
      parks: { effectId: taskId, ...(childArn !== undefined && { childArn }) },
      reply: nothing,
    };
  };
}

/** A worker takes the task of an activity. The reply says whether it was still there to take. */
export function activityTaken(taskId: string, workerName: string | undefined) {
  return (live: LiveExecution | undefined): Opening<boolean> => {
    const effect = live?.effects.get(taskId);
    if (!effect || effect.isParked) return { answer: () => false };
    return {
      signal: { type: 'activity-started', taskId, ...(workerName !== undefined && { workerName }) },
      parks: { effectId: taskId },
      reply: () => true,
    };
  };
}

/** The end of a Map Run; of no interest once the execution no longer waits for it. */
export function mapRunEnded(
  { effectId, mapRunArn }: { effectId: string; mapRunArn: string },
  end: { output: string } | { error: string; cause: string },
): OpenSignal {
  return (live) => {
    if (live?.effects.get(effectId)?.mapRunArn !== mapRunArn) return { answer: nothing };
    const signal: Signal =
      'output' in end
        ? { type: 'map-run-succeeded', taskId: effectId, ...end }
        : { type: 'map-run-failed', taskId: effectId, ...end };
    return { signal, consumes: effectId, reply: nothing };
  };
}

/**
 * Work that was claimed, in its execution's turn: what came before it may have ended it.
 * @param start called unless nobody waits for it any more
 */
export function takenUp(effectId: string, start: (execution: Execution) => void) {
  return (live: LiveExecution | undefined): Opening<'started' | 'of no use' | 'uncertain'> => {
    const isOpen = () => live?.effects.get(effectId)?.isParked === false;
    if (!isOpen()) return { answer: () => 'of no use' };
    return {
      answer: () => {
        // what came after it in the same chain of transitions may be on disk, or was stale
        if (!live || !isOpen()) return 'uncertain';
        start(live.execution);
        return 'started';
      },
    };
  };
}

export function timerFired(timerId: string, nowMs: number): OpenSignal {
  return (live) => {
    const effect = live?.effects.get(timerId);
    // a later timer may have taken its place since it was claimed
    if (!effect || effect.dueAtMs > nowMs) return { answer: nothing };
    return { signal: { type: 'timer-fired', timerId }, consumes: timerId, reply: nothing };
  };
}

/** An answer by token. It may come before the request that handed the token out has returned. */
export function tokenAnswered(taskId: string, outcome: TaskAnswer): OpenSignal {
  return (live) => {
    if (!live?.effects.has(taskId)) throw taskTimedOut();
    return { signal: toSignal(taskId, outcome), consumes: taskId, reply: nothing };
  };
}

export function tokenHeartbeat(taskId: string): OpenSignal {
  return (live) => {
    if (!live?.effects.has(taskId)) throw taskTimedOut();
    return { signal: { type: 'task-heartbeat', taskId }, reply: nothing };
  };
}

/** @throws ServiceError `InvalidToken` for one that was never given out, `TaskTimedOut` for a closed one */
export function checkTokenFound<T extends { open: boolean }>(found: T | undefined): T {
  if (!found) throw invalidToken();
  if (!found.open) throw taskTimedOut();
  return found;
}

function taskTimedOut(): ServiceError {
  return new ServiceError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}

/** The end of an attempt as the language hears of it. */
export function toSignal(taskId: string, outcome: TaskAnswer): Signal {
  if (outcome.kind === 'succeeded') return { type: 'task-succeeded', taskId, output: outcome.output };
  const { error, cause } = outcome;
  return {
    type: 'task-failed',
    taskId,
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
}
