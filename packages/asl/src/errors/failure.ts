/** Why a state, a branch or an execution failed: data, as the workflow sees it. */
export interface Failure {
  error?: string;
  cause?: string;
  /** A further name under which ErrorEquals may match it (a missed heartbeat is told as States.Timeout). */
  alias?: string;
  /** Neither Retry nor Catch may have it: the execution fails at once. */
  isFatal?: boolean;
}

/**
 * Thrown where a state cannot go on; the switchboard turns it into a Failure. Leaves the room only from the functions of
 * `items/`, whose caller reads and writes.
 */
export class StateFailure extends Error {
  readonly error: string;
  readonly isFatal: boolean;
  /** False for a cause that names its place itself. */
  readonly isPrefixed: boolean;

  constructor(error: string, cause: string, options: { isFatal?: boolean; isPrefixed?: boolean } = {}) {
    super(cause);
    this.error = error;
    this.isFatal = options.isFatal ?? false;
    this.isPrefixed = options.isPrefixed ?? true;
  }
}

/** What a JSONata expression gave cannot be used: retriable, catchable, and told by an event of its own. */
export class EvaluationFailure extends StateFailure {
  /** Slash path of the field below its state; absent where AWS gives none. */
  readonly location: string | undefined;

  constructor(cause: string, location?: string) {
    super('States.QueryEvaluationError', cause);
    this.location = location;
  }
}

/** A path or a value that does not fit at run time. Never caught, not even by name. */
export function runtimeFailure(cause: string): StateFailure {
  return new StateFailure('States.Runtime', cause, { isFatal: true });
}

export function intrinsicFailure(cause: string): StateFailure {
  return new StateFailure('States.IntrinsicFailure', cause);
}

/** How a Map fails of which more iterations failed than are tolerated. */
export const TOLERANCE_EXCEEDED = {
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
} as const;

/** Text of States.DataLimitExceeded; `place` is a state's name, `lambda` or a function's ARN. */
export function dataLimitCause(place: string): string {
  return `The state/task '${place}' returned a result with a size exceeding the maximum number of bytes service limit.`;
}

/** A state's own output beyond the limit ends the execution; a task's result does not (see states/task.ts). */
export function outputLimitFailure(stateName: string): StateFailure {
  return new StateFailure('States.DataLimitExceeded', dataLimitCause(stateName), {
    isFatal: true,
    isPrefixed: false,
  });
}
