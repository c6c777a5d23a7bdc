import { runtimeFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { isJsonObject, memberOf, setMember, stringifyJson } from '@riposte/json';
import { parsePath } from './paths.ts';
import type { PathStep } from './paths.ts';

/**
 * Puts a result into a copy of the state input at the place that ResultPath names; objects on the way are made.
 * @param resultPath  absent: the result replaces the input; null: the input stays
 * @throws StateFailure States.Runtime when the way leads through a scalar or past the end of an array
 */
export function applyResultPath(input: Json, resultPath: string | null | undefined, result: Json): Json {
  if (resultPath === null) return input;
  if (resultPath === undefined) return result;
  return insert(input, parsePath(resultPath).steps, result, () =>
    runtimeFailure(`Unable to apply ReferencePath ${resultPath} to input ${stringifyJson(input)}`),
  );
}

function insert(target: Json, steps: readonly PathStep[], result: Json, failure: () => Error): Json {
  const [step, ...rest] = steps;
  if (step === undefined) return result;
  if (step.kind === 'names') {
    if (!isJsonObject(target)) throw failure();
    const name = step.names[0]!; // a reference path has one name a step
    const copy = { ...target };
    setMember(copy, name, insert(memberOf(target, name) ?? {}, rest, result, failure));
    return copy;
  }
  const index = step.kind === 'indexes' ? step.indexes[0]! : 0; // a reference path has names and single indexes only
  if (!Array.isArray(target) || target[index] === undefined) throw failure();
  return target.with(index, insert(target[index], rest, result, failure));
}
