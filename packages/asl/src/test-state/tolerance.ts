import { readPathField } from '../data/evaluation.ts';
import { effectiveInput } from '../data/flow.ts';
import { fillTyped } from '../data/jsonata.ts';
import { runtimeFailure, StateFailure } from '../errors/failure.ts';
import { stringifyJson } from '../json.ts';
import type { MapState } from '../machine.ts';
import type { Visit } from '../states/handler.ts';

/** Failed iterations that a Map puts up with. Absent: the state says nothing of it. */
export interface Tolerance {
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
}

/** @throws StateFailure */
export async function readTolerance(state: MapState, visit: Visit): Promise<Tolerance> {
  const count = await limit(state, 'ToleratedFailureCount', visit);
  const percentage = await limit(state, 'ToleratedFailurePercentage', visit);
  return {
    ...(count !== undefined && { toleratedFailureCount: count }),
    ...(percentage !== undefined && { toleratedFailurePercentage: percentage }),
  };
}

async function limit(
  state: MapState,
  field: 'ToleratedFailureCount' | 'ToleratedFailurePercentage',
  visit: Visit,
): Promise<number | undefined> {
  const given = state[field];
  if (visit.language === 'JSONata')
    return given === undefined ? undefined : fillTyped('number', given, field, visit);
  const path = state[`${field}Path`];
  const value =
    path === undefined ? given : readPathField(path, visit.evaluation(await effectiveInput(state, visit)));
  if (value === undefined || typeof value === 'number') return value;
  throw runtimeFailure(`The ${field} field must be a number but was: ${stringifyJson(value)}`);
}

/** @throws StateFailure States.ExceedToleratedFailureThreshold */
export function checkTolerance(tolerance: Tolerance, failures: number, iterations: number): void {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = tolerance;
  const isExceeded =
    (count !== undefined && failures > count) ||
    (percentage !== undefined && failures * 100 > percentage * iterations);
  if (isExceeded)
    throw new StateFailure(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
}
