import type { JsonObject } from '../json.ts';
import type { Catcher } from '../machine.ts';
import type { Failure } from './failure.ts';
import { matchesError } from './names.ts';

export function matchingCatcher(catchers: readonly Catcher[], failure: Failure): Catcher | undefined {
  return catchers.find((catcher) => matchesError(catcher.ErrorEquals, failure));
}

/** What a catcher hands on. AWS gives a timeout an empty cause, and null for what is not known otherwise. */
export function errorOutput(failure: Failure): JsonObject {
  return {
    Error: failure.error ?? null,
    Cause: failure.cause ?? (failure.error === 'States.Timeout' ? '' : null),
  };
}
