import type { MapRunPlan } from '../map-run/plan.ts';
import { planMapRun } from '../map-run/plan.ts';
import { labelOf } from '../map-run/processor.ts';
import type { Iterations } from '../states/handler.ts';
import { parseJson } from '@riposte/json';
import type { Signal } from './contract.ts';
import type { MapRunRecord, VisitRecord } from './scopes.ts';
import { attemptId } from './scopes.ts';
import type { Turn } from './turn.ts';
import { contextOf, currentVisit, variablesOf, visitOf } from './visits.ts';

/** Starts a Map Run: child executions do the work, and nothing of them is told here. @throws StateFailure */
export async function startMapRun(
  turn: Turn,
  key: string,
  visit: VisitRecord,
  iterations: Iterations,
): Promise<void> {
  const scope = turn.scope(key);
  const state = turn.state(scope);
  if (state.Type !== 'Map') throw new Error(`State ${scope.stateName} is no Map`);
  const startedEventId = turn.emit('MapStateStarted', scope.lastEventId, {
    length: state.ItemReader === undefined ? iterations.items.length : 0,
  });
  turn.saveScope(key, { ...scope, lastEventId: startedEventId });
  const plan = await planMapRun(state, visitOf(turn, key), iterations, {
    enteredEventId: visit.enteredEventId,
    variables: variablesOf(turn, key),
    context: contextOf(turn, key),
  });
  const mapRunArn = nameMapRun(turn, plan, state);
  const lastEventId = turn.emit('MapRunStarted', startedEventId, { mapRunArn });
  const awaiting: VisitRecord = { ...visit, awaits: 'map-run', mapRun: { mapRunArn, redriveCount: 0 } };
  turn.saveScope(key, { ...scope, lastEventId, visit: awaiting });
  turn.command({ type: 'start-map-run', taskId: attemptId(key, awaiting), mapRunArn, plan });
}

/** @see §1 of the reference: `mapRun:NAME/LABEL:UUID`, where a child's own machine is already `NAME/LABEL` */
function nameMapRun(
  turn: Turn,
  { stateName }: MapRunPlan,
  state: Parameters<typeof labelOf>[0]['state'],
): string {
  const { environment, execution } = turn;
  const machineArn = execution.stateMachineArn.replace(/\/[^/]*$/, '');
  const digest = (text: string) =>
    environment.hash?.('SHA-256', text) ?? environment.uuid().replaceAll('-', '');
  const label = labelOf({ stateName, state }, machineArn, digest);
  return `${machineArn.replace(':stateMachine:', ':mapRun:')}/${label}:${environment.uuid()}`;
}

/** The run has brought its result. */
export function mapRunSucceeded(turn: Turn, key: string, output: string): void {
  const scope = turn.scope(key);
  const succeededEventId = turn.emit('MapRunSucceeded', scope.lastEventId);
  turn.emit('MapStateSucceeded', succeededEventId);
  spend(turn, key);
  turn.agenda.push({ do: 'complete', scope: key, result: parseJson(output) });
}

/** The run has failed, and so does the state. */
export function mapRunFailed(
  turn: Turn,
  key: string,
  signal: Extract<Signal, { type: 'map-run-failed' }>,
): void {
  const { error, cause } = signal;
  const scope = turn.scope(key);
  const lastEventId = turn.emit('MapRunFailed', scope.lastEventId, { error, cause });
  turn.saveScope(key, { ...scope, lastEventId });
  // a redrive cannot mend these: it starts another run
  if (error === 'States.DataLimitExceeded' || error === 'States.Runtime') spend(turn, key);
  turn.agenda.push({
    do: 'fail',
    scope: key,
    failure: { error, cause, ...(error === 'States.Runtime' && { isFatal: true }) },
  });
}

function spend(turn: Turn, key: string): void {
  const scope = turn.scope(key);
  const visit = currentVisit(scope);
  if (visit.mapRun)
    turn.saveScope(key, { ...scope, visit: { ...visit, mapRun: { ...visit.mapRun, isSpent: true } } });
}

/** Lets a run that had failed or was stopped go on, as an attempt of its own: a late end of the last one is not its. */
export function redriveMapRun(turn: Turn, key: string, redrivenEventId: number, before: MapRunRecord): void {
  const scope = turn.scope(key);
  const mapRun: MapRunRecord = { ...before, redriveCount: before.redriveCount + 1 };
  const { mapRunArn, redriveCount } = mapRun;
  const lastEventId = turn.emit('MapRunRedriven', redrivenEventId, { mapRunArn, redriveCount });
  const ended = currentVisit(scope);
  const visit: VisitRecord = {
    ...ended,
    attempt: ended.attempt + 1,
    retryCounts: [],
    awaits: 'map-run',
    mapRun,
  };
  turn.saveScope(key, { ...scope, lastEventId, visit });
  turn.command({ type: 'redrive-map-run', taskId: attemptId(key, visit), mapRunArn });
}
