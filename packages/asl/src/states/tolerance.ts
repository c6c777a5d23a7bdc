import { readPathField } from '../data/evaluation.ts';
import { effectiveInput } from '../data/flow.ts';
import { fillInteger, fillTyped } from '../data/jsonata.ts';
import { runtimeFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { stringifyJson } from '@riposte/json';
import type { MapState } from '../machine.ts';
import type { Visit } from './handler.ts';

/** Failed iterations that a Map puts up with. Absent: the state says nothing of it. */
export interface Tolerance {
  toleratedFailureCount?: number;
  /** 0 to 100, of all iterations. */
  toleratedFailurePercentage?: number;
}

/** @throws StateFailure */
export async function readTolerance(state: MapState, visit: Visit): Promise<Tolerance> {
  const count = await limit(state, 'ToleratedFailureCount', visit);
  if (count !== undefined && count < 0) throw runtimeFailure('ToleratedFailureCount cannot be negative.');
  const percentage = await limit(state, 'ToleratedFailurePercentage', visit);
  if (percentage !== undefined && (percentage < 0 || percentage > 100))
    throw runtimeFailure('ToleratedFailurePercentage must be between 0 and 100.');
  return {
    ...(count !== undefined && { toleratedFailureCount: count }),
    ...(percentage !== undefined && { toleratedFailurePercentage: percentage }),
  };
}

type Field = 'ToleratedFailureCount' | 'ToleratedFailurePercentage';

async function limit(state: MapState, field: Field, visit: Visit): Promise<number | undefined> {
  const given = state[field];
  if (visit.language === 'JSONata') {
    if (given === undefined) return undefined;
    return field === 'ToleratedFailureCount'
      ? fillInteger(given, field, visit)
      : fillTyped('number', given, field, visit);
  }
  const path = state[`${field}Path`];
  if (path === undefined) return given === undefined ? undefined : numberIn(given, field, '');
  const value = readPathField(path, visit.evaluation(await effectiveInput(state, visit)));
  return numberIn(value, field, path);
}

/** Numbers may stand in texts too. */
function numberIn(value: Json, field: Field, path: string): number {
  const text = typeof value === 'string' ? value : stringifyJson(value);
  const [form, name] = field === 'ToleratedFailureCount' ? [INTEGER, 'integer'] : [FLOAT, 'float'];
  if (form.test(text)) return Number(text);
  throw runtimeFailure(
    `The ${field}Path field refers to value "${text}" which is not a valid ${name}: ${path}`,
  );
}

const INTEGER = /^-?\d{1,15}$/;
const FLOAT = /^-?\d{1,15}(\.\d{1,15})?$/;

/**
 * Whether more iterations have failed than are tolerated; of a Map that says nothing, none may.
 * @param iterations  all of them, ended or not
 */
export function isToleranceExceeded(tolerance: Tolerance, failures: number, iterations: number): boolean {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = tolerance;
  if (count === undefined && percentage === undefined) return failures > 0;
  return (
    (count !== undefined && failures > count) ||
    (percentage !== undefined && failures * 100 > percentage * iterations)
  );
}
