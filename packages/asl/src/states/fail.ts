import { fillTyped } from '../data/jsonata.ts';
import { evaluateExpression } from '../data/evaluation.ts';
import { runtimeFailure } from '../errors/failure.ts';
import { stringifyJson } from '@riposte/json';
import type { FailState } from '../machine.ts';
import type { StateHandler, Visit } from './handler.ts';

/** Ends its scope with an error and a cause, each of which may be absent. */
export const Fail: StateHandler<FailState> = {
  async enter(state, visit) {
    const error = await textOf('Error', state.Error, state.ErrorPath, visit);
    const cause = await textOf('Cause', state.Cause, state.CausePath, visit);
    return {
      type: 'fail',
      failure: { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) },
    };
  },
};

async function textOf(
  field: 'Error' | 'Cause',
  text: string | undefined,
  path: string | undefined,
  visit: Visit,
): Promise<string | undefined> {
  if (path === undefined)
    return text === undefined || visit.language === 'JSONPath'
      ? text
      : fillTyped('string', text, field, visit);
  const value = evaluateExpression(path, `${field}Path`, visit.evaluation(visit.input));
  if (typeof value === 'string') return value;
  throw runtimeFailure(
    `The ${field}Path field must reference a string, but was: ${stringifyJson(value)} at ${path}`,
  );
}
