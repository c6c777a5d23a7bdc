import type { InvocationResult } from './ports/function-host.ts';

/**
 * Failures that the sandbox reports itself, in Lambda's words.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */
export interface SandboxError {
  errorType: string;
  errorMessage: string;
}

export function timedOut(requestId: string, timeoutSeconds: number): SandboxError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  };
}

/** The process ended without answering the invocation it had. */
export function exited(requestId: string, code: number | null, signal: string | null): SandboxError {
  let how = 'Runtime exited without providing a reason';
  if (signal !== null) how = `Runtime exited with error: signal: ${SIGNAL_WORDS[signal] ?? signal}`;
  else if (code !== null && code !== 0) how = `Runtime exited with error: exit status ${code}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${how}` };
}

const SIGNAL_WORDS: Record<string, string> = {
  SIGKILL: 'killed',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

/** Bytes of the largest answer Lambda passes on. */
export const RESPONSE_BYTES_MAX = 6_291_556;

export function responseTooLarge(): SandboxError {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`,
  };
}

export function failure(error: SandboxError): Pick<InvocationResult, 'payload' | 'functionError'> {
  return { payload: JSON.stringify(error), functionError: 'Unhandled' };
}
