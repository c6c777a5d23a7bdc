import type { Execution } from './ports/execution-host.ts';

/** @returns why an execution cannot be redriven, in the service's words; nothing when it can */
export function notRedrivableReason({ status }: Pick<Execution, 'status'>): string | undefined {
  return status === 'RUNNING' || status === 'SUCCEEDED'
    ? `Execution is ${status} and cannot be redriven`
    : undefined;
}
