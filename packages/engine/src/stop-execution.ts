import { executionDoesNotExist } from './arn.ts';
import type { Opening } from './host/execution-loop.ts';
import type { LiveExecution } from './host/live-execution.ts';
import type { ExecutionHost } from './ports/execution-host.ts';
import type { Execution } from './ports/executions.ts';

/** Stops an execution, or answers when it ended before. */
export function stopped(
  { executionArn, error, cause }: Parameters<ExecutionHost['stopExecution']>[0],
  nowMs: () => number,
) {
  const reply = ({ stopDate }: Execution) => ({ stopDate: stopDate ?? nowMs() });
  return (live: LiveExecution | undefined): Opening<{ stopDate: number }> => {
    if (!live) throw executionDoesNotExist(executionArn);
    if (live.execution.status !== 'RUNNING') return { answer: () => reply(live.execution) };
    const reason = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
    return { signal: { type: 'stop', ...reason }, reply };
  };
}
