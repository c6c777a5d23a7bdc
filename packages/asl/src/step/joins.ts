import type { Failure } from '../errors/failure.ts';
import { StateFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import type { StateType } from '../machine.ts';
import { iterationInput } from '../states/map.ts';
import type { Transition } from '../states/handler.ts';
import type { Join, VisitRecord } from './scopes.ts';
import { attemptId, itemsKey, joinKey, resultKey, scopeKey } from './scopes.ts';
import type { Turn } from './turn.ts';
import { itemAt, tellFailure, visitOf } from './visits.ts';

/** Starts the branches of a Parallel state. */
export function startBranches(turn: Turn, key: string, visit: VisitRecord, input: Json): void {
  const scope = turn.scope(key);
  const state = turn.state(scope);
  if (state.Type !== 'Parallel') throw new Error(`State ${scope.stateName} has no branches`);
  const startedEventId = turn.emit('ParallelStateStarted', scope.lastEventId);
  const total = state.Branches.length;
  turn.saveScope(key, { ...scope, lastEventId: startedEventId, visit: { ...visit, awaits: 'children' } });
  turn.saveJoin(key, {
    childPrefix: childPrefix(key, visit),
    total,
    nextIndex: total,
    running: state.Branches.map((_, index) => index),
    maxConcurrency: total,
    lastEventId: startedEventId,
  });
  state.Branches.forEach((branch, index) => {
    startChild(turn, key, index, branch.StartAt, input, startedEventId);
  });
}

/** Starts as many iterations of a Map state as may run at the same time. */
export async function startIterations(
  turn: Turn,
  key: string,
  visit: VisitRecord,
  map: Extract<Transition, { type: 'iterations' }>,
): Promise<void> {
  const scope = turn.scope(key);
  const total = map.items.length;
  const startedEventId = turn.emit('MapStateStarted', scope.lastEventId, { length: total });
  turn.saveScope(key, { ...scope, lastEventId: startedEventId, visit: { ...visit, awaits: 'children' } });
  turn.write(itemsKey(key), map.items);
  turn.saveJoin(key, {
    childPrefix: childPrefix(key, visit),
    total,
    nextIndex: 0,
    running: [],
    maxConcurrency: map.maxConcurrency,
    ...(map.isKeyed && { isKeyed: true }),
    lastEventId: startedEventId,
  });
  for (let i = 0; i < Math.min(total, map.maxConcurrency); i++)
    if (!(await startIteration(turn, key, startedEventId))) return;
  if (total === 0) finish(turn, key);
}

/**
 * Starts the next iteration; one whose input cannot be made fails the Map.
 * @param previousEventId  MapStateStarted, or the last state event of the iteration that made room
 * @returns whether it was started
 */
async function startIteration(turn: Turn, key: string, previousEventId: number): Promise<boolean> {
  try {
    await startNext(turn, key, previousEventId);
    return true;
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    const scope = turn.scope(key);
    const join = turn.join(key);
    for (const index of join.running) abandonChild(turn, key, join, index, scope.lastEventId);
    dropJoin(turn, key, join);
    turn.agenda.push({ do: 'fail', scope: key, failure: tellFailure(turn, key, error) });
    return false;
  }
}

async function startNext(turn: Turn, key: string, previousEventId: number): Promise<void> {
  const join = turn.join(key);
  const scope = turn.scope(key);
  const state = turn.state(scope);
  const processor = state.Type === 'Map' ? (state.ItemProcessor ?? state.Iterator) : undefined;
  if (state.Type !== 'Map' || processor === undefined) throw new Error(`State ${scope.stateName} is no Map`);
  const index = join.nextIndex;
  const input = await iterationInput(state, visitOf(turn, key, index), itemAt(turn, key, index));
  const startedEventId = turn.emit('MapIterationStarted', previousEventId, { name: scope.stateName, index });
  turn.saveJoin(key, { ...join, nextIndex: index + 1, running: [...join.running, index] });
  startChild(turn, key, index, processor.StartAt, input, startedEventId);
}

function startChild(
  turn: Turn,
  parent: string,
  index: number,
  stateName: string,
  input: Json,
  lastEventId: number,
): void {
  const key = `${turn.join(parent).childPrefix}${index}`;
  turn.saveScope(key, { parent, index, stateName, input, variables: {}, lastEventId });
  turn.ready.push(key);
}

/** A child reached its end: keeps its output, starts the next iteration, or finishes the state. */
export async function childEnded(
  turn: Turn,
  key: string,
  index: number,
  childEventId: number,
  output: Json,
): Promise<void> {
  const join = turn.join(key);
  const scope = turn.scope(key);
  const isMap = turn.state(scope).Type === 'Map';
  const lastEventId = isMap
    ? turn.emit('MapIterationSucceeded', childEventId, { name: scope.stateName, index })
    : childEventId;
  turn.remove(scopeKey(`${join.childPrefix}${index}`));
  turn.write(resultKey(key, index), { output });
  const running = join.running.filter((other) => other !== index);
  turn.saveJoin(key, { ...join, running, lastEventId });
  if (join.nextIndex < join.total) await startIteration(turn, key, childEventId);
  else if (running.length === 0) finish(turn, key);
}

function finish(turn: Turn, key: string): void {
  const join = turn.join(key);
  const scope = turn.scope(key);
  const results = Array.from({ length: join.total }, (_, index) => {
    const result = turn.read(resultKey(key, index)) as { output: Json }; // written when the child ended
    return result.output;
  });
  turn.emit(`${turn.state(scope).Type}StateSucceeded`, join.lastEventId);
  turn.saveScope(key, { ...scope, lastEventId: join.lastEventId });
  dropJoin(turn, key, join);
  turn.agenda.push({ do: 'complete', scope: key, result: results });
}

/** A child failed: the others are cancelled, and the state fails with the child's own error. */
export function childFailed(
  turn: Turn,
  key: string,
  index: number,
  childEventId: number,
  failure: Failure,
): void {
  const join = turn.join(key);
  const scope = turn.scope(key);
  const name = scope.stateName;
  const isMap = turn.state(scope).Type === 'Map';
  if (isMap) turn.emit('MapIterationFailed', childEventId, { name, index });
  const failed = turn.scope(`${join.childPrefix}${index}`);
  if (turn.state(failed).Type === 'Task') turn.emit('TaskStateAborted', childEventId);
  turn.remove(scopeKey(`${join.childPrefix}${index}`));
  for (const other of join.running) if (other !== index) abandonChild(turn, key, join, other, childEventId);
  dropJoin(turn, key, join);
  turn.saveScope(key, { ...scope, lastEventId: childEventId });
  turn.agenda.push({ do: 'fail', scope: key, failure });
}

function abandonChild(turn: Turn, key: string, join: Join, index: number, previousEventId: number): void {
  const parent = turn.scope(key);
  if (turn.state(parent).Type === 'Map')
    turn.emit('MapIterationAborted', previousEventId, { name: parent.stateName, index });
  abandon(turn, `${join.childPrefix}${index}`, previousEventId);
}

const ABORTED: Partial<Record<StateType, string>> = {
  Task: 'TaskStateAborted',
  Wait: 'WaitStateAborted',
  Map: 'MapStateAborted',
  Parallel: 'ParallelStateAborted',
};

/** Takes a scope and all below it away, with the tasks and timers they await. */
function abandon(turn: Turn, key: string, previousEventId: number): void {
  const scope = turn.scope(key);
  const join = turn.findJoin(key);
  if (join !== undefined) {
    for (const index of join.running) abandon(turn, `${join.childPrefix}${index}`, previousEventId);
    dropJoin(turn, key, join);
  }
  if (scope.visit !== undefined) {
    for (const id of awaited(key, scope.visit)) turn.command({ type: 'cancel', id });
    if (scope.visit.awaits === 'map-run') turn.emit('MapRunAborted', previousEventId);
    const aborted = ABORTED[turn.state(scope).Type];
    if (aborted !== undefined) turn.emit(aborted, previousEventId);
  }
  turn.remove(scopeKey(key));
}

/** Ids of the task, the Map Run and the timers that a visit has out. */
function awaited(key: string, visit: VisitRecord): string[] {
  const id = attemptId(key, visit);
  if (visit.awaits === 'task') return [id, ...(visit.timers ?? []).map((timer) => `${id}:${timer}`)];
  if (visit.awaits === 'map-run') return [id];
  return visit.awaits === 'children' ? [] : [`${id}:${visit.awaits}`];
}

function dropJoin(turn: Turn, key: string, join: Join): void {
  for (let index = 0; index < join.nextIndex; index++) turn.remove(resultKey(key, index));
  turn.remove(itemsKey(key));
  turn.remove(joinKey(key));
}

function childPrefix(key: string, visit: VisitRecord): string {
  return `${key}/${visit.enteredEventId}.${visit.attempt}.`;
}
