import type { StateFailure } from './failure.ts';

/** The cause as outer states see it: it names the state, once and innermost. */
export function failureCause(
  error: StateFailure,
  { stateName, enteredEventId }: { stateName: string; enteredEventId: number },
): string {
  if (!error.isPrefixed) return error.message;
  return `An error occurred while executing the state '${stateName}' (entered at the event id #${enteredEventId}). ${error.message}`;
}
