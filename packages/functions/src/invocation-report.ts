import type { SandboxError } from './sandbox-errors.ts';

/** One invocation that has ended. */
export interface InvocationReport {
  requestId: string;
  /** Milliseconds since the Unix epoch. */
  endedMs: number;
  durationMs: number;
  memorySizeMb: number;
  /** When the sandbox ended it, and not the function itself. */
  error?: SandboxError;
}

/**
 * The last lines of an invocation's log: why the sandbox ended it, if it did, END and REPORT, as Lambda words them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */
export function reportLines({
  requestId,
  endedMs,
  durationMs,
  memorySizeMb,
  error,
}: InvocationReport): string[] {
  const end = `END RequestId: ${requestId}`;
  const report = `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms\tMemory Size: ${memorySizeMb} MB`;
  if (error === undefined) return [end, report];
  if (error.errorType !== 'Sandbox.Timedout')
    return [
      `${error.errorMessage}\n${error.errorType}`,
      end,
      `${report}\tStatus: error\tError Type: ${error.errorType}`,
    ];
  const [, told = error.errorMessage] = error.errorMessage.split(' Error: ');
  return [`${new Date(endedMs).toISOString()} ${requestId} ${told}`, end, `${report}\tStatus: timeout`];
}
