import type { Caller } from '@riposte/account';

/** One AWS call, whichever way it came in. */
export interface AwsCall {
  /** Signing name, e.g. `iam`, `states`, `events`, `lambda`, `sns`, `sts`, `cloudtrail`, `logs`. */
  service: string;
  /** E.g. `StartExecution`. */
  operation: string;
  /** Members as the SDK for JavaScript names and types them (dates are `Date`, blobs `Uint8Array`). */
  input: object;
  region: string;
  caller: Caller;
  sourceIpAddress?: string;
  userAgent?: string;
  requestId?: string;
  /** How the caller reached the AWS door, e.g. `http://127.0.0.1:4566`. Default: the server's own address. */
  endpointUrl?: string;
  /** Aborted when the caller has gone. What was begun goes on; only a wait for work ends by it. */
  callerGone?: AbortSignal;
}

/**
 * The gateway seen from inside the server: may it, guard, route, act, audit; what the AWS door does for a signed
 * request, without the wire.
 */
export interface AwsCalls {
  /**
   * @returns the operation's output, members as the SDK for JavaScript names and types them
   * @throws ServiceError with the service's own code, status and message; StoreUnavailable when the store refuses: nothing
   *   has happened then
   */
  call(call: AwsCall): Promise<Record<string, unknown>>;
}
