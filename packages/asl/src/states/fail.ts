import { evaluateExpression } from '../data/evaluation.ts';
import { runtimeFailure } from '../errors/failure.ts';
import { stringifyJson } from '../json.ts';
import type { FailState } from '../machine.ts';
import type { StateHandler, Visit } from './handler.ts';

/** Ends its scope with an error and a cause, each of which may be absent. */
export const Fail: StateHandler<FailState> = {
  async enter(state, visit) {
    const error = textOf(state.Error, state.ErrorPath, 'ErrorPath', visit);
    const cause = textOf(state.Cause, state.CausePath, 'CausePath', visit);
    return {
      type: 'fail',
      failure: { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) },
    };
  },
};

function textOf(
  literal: string | undefined,
  expression: string | undefined,
  field: string,
  visit: Visit,
): string | undefined {
  if (expression === undefined) return literal;
  const value = evaluateExpression(expression, field, visit.evaluation(visit.input));
  if (typeof value === 'string') return value;
  throw runtimeFailure(
    `The ${field} field must reference a string, but was: ${stringifyJson(value)} at ${expression}`,
  );
}
