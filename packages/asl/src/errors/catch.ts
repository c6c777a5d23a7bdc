import type { Left } from '../data/flow.ts';
import { assign, leaveJsonata } from '../data/flow.ts';
import { applyResultPath } from '../data/result-path.ts';
import type { JsonObject } from '@riposte/json';
import type { Catcher } from '../machine.ts';
import type { Visit } from '../states/handler.ts';
import type { Failure } from './failure.ts';
import { matchesError } from './names.ts';

export function matchingCatcher(catchers: readonly Catcher[], failure: Failure): Catcher | undefined {
  return catchers.find((catcher) => matchesError(catcher.ErrorEquals, failure));
}

/**
 * What a state leaves behind when a catcher takes its failure. The catcher's ResultPath applies to the raw state
 * input; ResultSelector and OutputPath are passed over.
 * @param index  of the catcher, as the location of an evaluation that fails names it
 * @throws StateFailure
 */
export async function caughtBy(catcher: Catcher, visit: Visit, failure: Failure, index = 0): Promise<Left> {
  const error = errorOutput(failure);
  if (visit.language === 'JSONata')
    return leaveJsonata(catcher, `Catch[${index}]/`, visit, error, { errorOutput: error });
  const assigned = await assign(catcher.Assign, visit, error);
  const output = applyResultPath(visit.input, catcher.ResultPath, error);
  return assigned === undefined ? { output } : { output, assigned };
}

/** What `$` is in a catcher. AWS gives a timeout an empty cause, and null for what is not known otherwise. */
function errorOutput(failure: Failure): JsonObject {
  return {
    Error: failure.error ?? null,
    Cause: failure.cause ?? (failure.error === 'States.Timeout' ? '' : null),
  };
}
