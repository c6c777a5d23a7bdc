import type { Failure } from './failure.ts';

/**
 * Whether one of the names of an ErrorEquals stands for a failure.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function matchesError(errorEquals: readonly string[], failure: Failure): boolean {
  return errorEquals.some((name) => matchesName(name, failure));
}

function matchesName(name: string, failure: Failure): boolean {
  if (name === 'States.ALL') return true;
  if (name === failure.alias) return true;
  if (name === 'States.TaskFailed') return failure.error !== 'States.Timeout';
  return name === failure.error;
}
