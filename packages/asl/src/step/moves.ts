import { caughtBy, matchingCatcher } from '../errors/catch.ts';
import type { Failure } from '../errors/failure.ts';
import { outputLimitFailure, StateFailure } from '../errors/failure.ts';
import { nextRetry } from '../errors/retry.ts';
import type { Left } from '../data/flow.ts';
import type { Json } from '@riposte/json';
import { stringifyJson, utf8Length } from '@riposte/json';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { Catcher, Retrier, State } from '../machine.ts';
import type { StateHandler, Transition } from '../states/handler.ts';
import { stateHandlers } from '../states/index.ts';
import { isDistributed } from '../states/map.ts';
import { startBranches, startIterations } from './joins.ts';
import { startMapRun } from './map-runs.ts';
import type { VisitRecord } from './scopes.ts';
import { attemptId, ROOT } from './scopes.ts';
import { scheduleTask, takesToken } from './tasks.ts';
import type { Turn } from './turn.ts';
import { currentVisit, tellFailure, visitOf } from './visits.ts';

/** The execution's own scope, ready for its first state. */
export function standAtStart(turn: Turn, lastEventId: number): void {
  turn.saveScope(ROOT, {
    stateName: turn.machine.StartAt,
    input: turn.executionInput,
    variables: {},
    lastEventId,
  });
  turn.ready.push(ROOT);
}

/** Enters the state that a scope stands ready for. */
export function enter(turn: Turn, key: string): void {
  const scope = turn.scope(key);
  const enteredEventId = turn.emit(`${turn.state(scope).Type}StateEntered`, scope.lastEventId, {
    name: scope.stateName,
    input: stringifyJson(scope.input),
    inputDetails: { truncated: false },
  });
  const visit: VisitRecord = {
    enteredEventId,
    enteredMs: turn.environment.nowMs,
    attempt: 0,
    retryCounts: [],
    awaits: 'retry',
  };
  turn.saveScope(key, { ...scope, lastEventId: enteredEventId, visit });
  turn.agenda.push({ do: 'begin', scope: key, entered: { after: scope.lastEventId } });
}

/**
 * Does the work of the state, for the first time or again.
 * @param entered  the event before Entered, when that was just now
 */
export async function begin(turn: Turn, key: string, entered?: { after: number }): Promise<void> {
  const scope = turn.scope(key);
  const { taskToken: _, timers: __, heartbeatSeconds: ___, mapRun: ____, ...kept } = currentVisit(scope);
  const visit: VisitRecord = {
    ...kept,
    attempt: kept.attempt + 1,
    ...(takesToken(turn, scope) && { taskToken: turn.environment.secret() }),
  };
  turn.saveScope(key, { ...scope, visit });
  const state = turn.state(scope);
  const handler = handlerOf(state);
  const beside = handler.evaluatesAfterEntered === true ? undefined : entered?.after;
  await carryOut(turn, key, () => handler.enter(state, visitOf(turn, key)), beside);
}

/** Gives the state what it awaited. */
export async function complete(turn: Turn, key: string, result: Json): Promise<void> {
  const state = turn.state(turn.scope(key));
  const handler = handlerOf(state);
  if (handler.complete === undefined) throw new Error(`A ${state.Type} state awaits nothing`);
  const completing = handler.complete.bind(handler);
  await carryOut(turn, key, () => completing(state, visitOf(turn, key), result));
}

/**
 * Runs a part of a handler, and does what it decided. A StateFailure fails the state.
 * @param beside  what an EvaluationFailed follows, when it is not the scope's last event
 */
async function carryOut(
  turn: Turn,
  key: string,
  decide: () => Promise<Transition>,
  beside?: number,
): Promise<void> {
  try {
    await follow(turn, key, await decide());
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    turn.agenda.push({ do: 'fail', scope: key, failure: tellFailure(turn, key, error, beside) });
  }
}

async function follow(turn: Turn, key: string, transition: Transition): Promise<void> {
  const scope = turn.scope(key);
  const visit = currentVisit(scope);
  switch (transition.type) {
    case 'exit':
      return exit(turn, key, transition.left, transition.next);
    case 'fail':
      turn.agenda.push({ do: 'fail', scope: key, failure: transition.failure });
      return;
    case 'wait':
      return wait(turn, key, transition.untilMs);
    case 'task':
      return scheduleTask(turn, key, visit, transition);
    case 'branches':
      return startBranches(turn, key, visit, transition.input);
    case 'iterations':
      return isMapRun(turn.state(scope))
        ? startMapRun(turn, key, visit, transition)
        : startIterations(turn, key, visit, transition);
  }
}

function isMapRun(state: State): boolean {
  return state.Type === 'Map' && isDistributed(state);
}

function wait(turn: Turn, key: string, untilMs: number): void {
  if (untilMs <= turn.environment.nowMs) {
    turn.agenda.push({ do: 'complete', scope: key, result: null });
    return;
  }
  const scope = turn.scope(key);
  const visit: VisitRecord = { ...currentVisit(scope), awaits: 'wait' };
  turn.saveScope(key, { ...scope, visit });
  turn.command({ type: 'start-timer', timerId: `${attemptId(key, visit)}:wait`, atMs: untilMs });
}

/** Leaves the state: to the next one, or out of the scope. */
function exit(turn: Turn, key: string, left: Left, next: string | undefined): void {
  const { visit: _, ...scope } = turn.scope(key);
  const output = stringifyJson(left.output);
  if (utf8Length(output) > PAYLOAD_BYTES_MAX) throw outputLimitFailure(scope.stateName);
  const assigned = Object.entries(left.assigned ?? {});
  const lastEventId = turn.emit(`${turn.state(scope).Type}StateExited`, scope.lastEventId, {
    name: scope.stateName,
    output,
    outputDetails: { truncated: false },
    ...(assigned.length > 0 && {
      assignedVariables: Object.fromEntries(assigned.map(([name, value]) => [name, stringifyJson(value)])),
      assignedVariablesDetails: { truncated: false },
    }),
  });
  const variables = { ...scope.variables, ...left.assigned };
  if (next !== undefined) {
    turn.saveScope(key, { ...scope, variables, lastEventId, stateName: next, input: left.output });
    turn.ready.push(key);
  } else if (scope.parent === undefined) {
    turn.saveScope(key, { ...scope, variables, lastEventId });
    turn.emit('ExecutionSucceeded', lastEventId, { output, outputDetails: { truncated: false } });
    turn.outcome = { status: 'SUCCEEDED', output };
  } else {
    turn.agenda.push({
      do: 'child-ended',
      scope: scope.parent,
      index: scope.index ?? 0,
      childEventId: lastEventId,
      output: left.output,
    });
  }
}

/** The state failed: retried, caught, or the failure of its scope. */
export async function fail(turn: Turn, key: string, failure: Failure): Promise<void> {
  turn.markFailure();
  const scope = turn.scope(key);
  if (failure.isFatal === true) return failExecution(turn, failure, scope.lastEventId);
  const state = turn.state(scope);
  if ('Retry' in state && retry(turn, key, state.Retry ?? [], failure)) return;

  if (state.Type === 'Map' || state.Type === 'Parallel')
    turn.saveScope(key, { ...scope, lastEventId: turn.emit(`${state.Type}StateFailed`, scope.lastEventId) });
  const catchers = 'Catch' in state ? (state.Catch ?? []) : [];
  const catcher = matchingCatcher(catchers, failure);
  if (catcher !== undefined) return caught(turn, key, catcher, catchers.indexOf(catcher), failure);
  failScope(turn, key, failure);
}

function retry(turn: Turn, key: string, retriers: readonly Retrier[], failure: Failure): boolean {
  const scope = turn.scope(key);
  const visit = currentVisit(scope);
  const retry = nextRetry(retriers, visit.retryCounts, failure, () => turn.environment.uniform());
  if (retry === undefined) return false;
  turn.forgetFailure();
  turn.saveScope(key, { ...scope, visit: { ...visit, retryCounts: retry.counts, awaits: 'retry' } });
  turn.command({
    type: 'start-timer',
    timerId: `${attemptId(key, visit)}:retry`,
    atMs: turn.environment.nowMs + Math.ceil(retry.delaySeconds * 1000),
  });
  return true;
}

/** A catcher that fails itself fails the scope: it is not given its own failure to catch. */
async function caught(
  turn: Turn,
  key: string,
  catcher: Catcher,
  index: number,
  failure: Failure,
): Promise<void> {
  try {
    exit(turn, key, await caughtBy(catcher, visitOf(turn, key), failure, index), catcher.Next);
    turn.forgetFailure();
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    failScope(turn, key, tellFailure(turn, key, error));
  }
}

function failScope(turn: Turn, key: string, failure: Failure): void {
  const scope = turn.scope(key);
  if (scope.parent === undefined || failure.isFatal === true)
    return failExecution(turn, failure, scope.lastEventId);
  turn.agenda.push({
    do: 'child-failed',
    scope: scope.parent,
    index: scope.index ?? 0,
    childEventId: scope.lastEventId,
    failure,
  });
}

/** Ends the execution FAILED, whatever its other scopes are at. */
export function failExecution(turn: Turn, failure: Failure, previousEventId: number): void {
  const told = {
    ...(failure.error !== undefined && { error: failure.error }),
    ...(failure.cause !== undefined && { cause: failure.cause }),
  };
  turn.emit('ExecutionFailed', previousEventId, told);
  turn.outcome = { status: 'FAILED', ...told };
}

/** The table holds the handler of each type under its own name; that much the compiler cannot follow. */
function handlerOf(state: State): StateHandler<State> {
  return stateHandlers[state.Type] as StateHandler<State>;
}
