import type { Failure } from '../errors/failure.ts';
import type { Machine } from '../machine.ts';
import type { Decision, Environment, ExecutionContext, Signal, Snapshot } from './contract.ts';
import { childEnded, childFailed } from './joins.ts';
import { mapRunFailed, mapRunSucceeded } from './map-runs.ts';
import { begin, complete, enter, fail, failExecution, standAtStart } from './moves.ts';
import type { AttemptName, Scope, TaskTimer } from './scopes.ts';
import { CONTINUE_TIMER, EXECUTION_TIMEOUT_TIMER, parseAttemptId, ROOT, RUN } from './scopes.ts';
import {
  activityStarted,
  taskFailed,
  taskHeartbeat,
  taskSubmitted,
  taskSucceeded,
  taskTimedOut,
} from './tasks.ts';
import { emitRedriven, redrive } from './redrive.ts';
import type { Move } from './turn.ts';
import { HistoryFull, Turn } from './turn.ts';

/** States entered in one decision; a longer run goes on in the next, so that no commit is without a bound. */
const ENTRIES_MAX = 200;

/**
 * Decides what follows from a signal: events, commands and changed records. Pure but for what `environment` brings.
 *
 * T1  A failure of the workflow is data in the decision; nothing is thrown for any definition, input or signal.
 * T2  A signal for a task or timer that nobody awaits gives an empty decision.
 * T3  The snapshot and the same inputs give the same decision.
 */
export async function step(
  machine: Machine,
  execution: ExecutionContext,
  snapshot: Snapshot,
  signal: Signal,
  environment: Environment,
): Promise<Decision> {
  const turn = new Turn(machine, execution, snapshot, environment);
  try {
    const wasReady = turn.ready.length > 0;
    if (!receive(turn, signal)) return turn.decision();
    await run(turn);
    keepReady(turn, wasReady);
    return turn.decision();
  } catch (error) {
    return failedDecision(machine, execution, snapshot, environment, error, turn, signal);
  }
}

/**
 * Turns the signal into work on the agenda.
 * @returns whether anybody awaited it
 */
function receive(turn: Turn, signal: Signal): boolean {
  switch (signal.type) {
    case 'start':
      return start(turn);
    case 'stop':
      stop(turn, signal);
      return true;
    case 'redrive':
      redrive(turn);
      return true;
    case 'timer-fired':
      return timerFired(turn, signal.timerId);
    case 'task-succeeded':
    case 'task-failed':
    case 'task-submitted':
    case 'task-heartbeat':
    case 'activity-started':
    case 'map-run-succeeded':
    case 'map-run-failed': {
      const name = parseAttemptId(signal.taskId);
      const awaits = signal.type.startsWith('map-run') ? 'map-run' : 'task';
      if (name === undefined || name.timer !== undefined || awaited(turn, name)?.awaits !== awaits)
        return false;
      taskAnswered(turn, name.scope, signal);
      return true;
    }
  }
}

function start(turn: Turn): boolean {
  if (turn.findScope(ROOT) !== undefined) return false;
  const { execution, machine } = turn;
  emitStarted(turn);
  standAtStart(turn, 0); // the first state's Entered has previousEventId 0 too, as on AWS
  if (machine.TimeoutSeconds !== undefined)
    turn.command({
      type: 'start-timer',
      timerId: EXECUTION_TIMEOUT_TIMER,
      atMs: execution.startTimeMs + machine.TimeoutSeconds * 1000,
    });
  return true;
}

/** The input is shown as it was given, whatever its layout. */
function emitStarted(turn: Turn): void {
  const { input, roleArn, stateMachineAliasArn, stateMachineVersionArn } = turn.execution;
  turn.emit('ExecutionStarted', 0, {
    input,
    inputDetails: { truncated: false },
    roleArn,
    ...(stateMachineAliasArn !== undefined && { stateMachineAliasArn }),
    ...(stateMachineVersionArn !== undefined && { stateMachineVersionArn }),
  });
}

function stop(turn: Turn, signal: Extract<Signal, { type: 'stop' }>): void {
  const told = {
    ...(signal.error !== undefined && { error: signal.error }),
    ...(signal.cause !== undefined && { cause: signal.cause }),
  };
  turn.emit('ExecutionAborted', 0, told);
  turn.outcome = { status: 'ABORTED', ...told };
}

function timerFired(turn: Turn, timerId: string): boolean {
  if (timerId === CONTINUE_TIMER) return turn.ready.length > 0;
  if (timerId === EXECUTION_TIMEOUT_TIMER) {
    turn.emit('ExecutionTimedOut', 0, {});
    turn.outcome = { status: 'TIMED_OUT' };
    return true;
  }
  const name = parseAttemptId(timerId);
  const visit = name === undefined ? undefined : awaited(turn, name);
  if (name === undefined || visit === undefined) return false;
  if (name.timer === 'wait' && visit.awaits === 'wait')
    turn.agenda.push({ do: 'complete', scope: name.scope, result: null });
  else if (name.timer === 'retry' && visit.awaits === 'retry')
    turn.agenda.push({ do: 'begin', scope: name.scope });
  else if (visit.awaits === 'task' && visit.timers?.includes(name.timer as TaskTimer) === true)
    taskTimedOut(turn, name.scope, name.timer as TaskTimer); // one of the visit's own
  else return false;
  return true;
}

/** The visit that a task or timer belongs to, if it is still this visit and this attempt. */
function awaited(turn: Turn, name: AttemptName): Scope['visit'] {
  const visit = turn.findScope(name.scope)?.visit;
  const isCurrent = visit?.enteredEventId === name.enteredEventId && visit.attempt === name.attempt;
  return isCurrent ? visit : undefined;
}

function taskAnswered(turn: Turn, key: string, signal: Extract<Signal, { taskId: string }>): void {
  switch (signal.type) {
    case 'task-succeeded':
      return taskSucceeded(turn, key, signal.output);
    case 'task-submitted':
      return taskSubmitted(turn, key, signal.output);
    case 'task-heartbeat':
      return taskHeartbeat(turn, key);
    case 'activity-started':
      return activityStarted(turn, key, signal.workerName);
    case 'map-run-succeeded':
      return mapRunSucceeded(turn, key, signal.output);
    case 'map-run-failed':
      return mapRunFailed(turn, key, signal);
    case 'task-failed': {
      const failure: Failure = {
        ...(signal.error !== undefined && { error: signal.error }),
        ...(signal.cause !== undefined && { cause: signal.cause }),
        ...(signal.error === 'States.Runtime' && { isFatal: true }),
      };
      return taskFailed(turn, key, failure);
    }
  }
}

/** Works until nothing is left to do without the outside, the execution has ended, or the bound is reached. */
async function run(turn: Turn): Promise<void> {
  for (let entries = 0; turn.outcome === undefined;) {
    const move = turn.agenda.shift();
    if (move !== undefined) {
      await carryOut(turn, move);
      continue;
    }
    if (entries >= ENTRIES_MAX) return;
    const key = turn.ready.shift();
    if (key === undefined) return;
    const scope = turn.findScope(key);
    if (scope === undefined) continue; // abandoned while it stood ready
    if (scope.visit === undefined) enter(turn, key);
    else turn.agenda.push({ do: 'begin', scope: key }); // redriven
    entries++;
  }
}

async function carryOut(turn: Turn, move: Move): Promise<void> {
  switch (move.do) {
    case 'begin':
      return begin(turn, move.scope, move.entered);
    case 'complete':
      return complete(turn, move.scope, move.result);
    case 'fail':
      return fail(turn, move.scope, move.failure);
    case 'child-ended':
      return childEnded(turn, move.scope, move.index, move.childEventId, move.output);
    case 'child-failed':
      return childFailed(turn, move.scope, move.index, move.childEventId, move.failure);
  }
}

/** Scopes that still stand ready are kept, and a timer that is due at once brings the next decision. */
function keepReady(turn: Turn, wasReady: boolean): void {
  if (turn.outcome !== undefined) return;
  if (turn.ready.length > 0) {
    turn.write(RUN, { ready: turn.ready });
    turn.command({ type: 'start-timer', timerId: CONTINUE_TIMER, atMs: turn.environment.nowMs });
  } else if (wasReady) turn.remove(RUN);
}

/** The history is full, or the data are nested too deeply for the interpreter: the execution fails. Bugs go on up. */
function failedDecision(
  machine: Machine,
  execution: ExecutionContext,
  snapshot: Snapshot,
  environment: Environment,
  error: unknown,
  turn: Turn,
  signal: Signal,
): Decision {
  if (error instanceof HistoryFull) {
    const cause = 'The execution reached the maximum number of history events (25000).';
    failExecution(turn, { error: 'States.Runtime', cause }, error.previousEventId);
    return turn.decision();
  }
  if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
  const failed = new Turn(machine, execution, snapshot, environment);
  if (signal.type === 'start') emitStarted(failed);
  if (signal.type === 'redrive') emitRedriven(failed);
  const cause = `The execution's data could not be processed: ${error.message}`;
  failExecution(failed, { error: 'States.Runtime', cause }, failed.lastEventId);
  return failed.decision();
}
