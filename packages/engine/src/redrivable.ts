import { executionDoesNotExist } from './arn.ts';
import type { Opening } from './host/execution-loop.ts';
import type { LiveExecution } from './host/live-execution.ts';
import type { Execution, RedriveToken } from './ports/executions.ts';
import { ServiceError } from './ports/service-error.ts';

const DAY_MS = 86_400_000;
const REDRIVABLE_MS = 14 * DAY_MS;
const EXECUTION_MS_MAX = 365 * DAY_MS;
const EVENTS_MAX = 24_999;
const TOKEN_MS = 15 * 60_000;
const TOKENS_MAX = 10;

/** @returns why an execution cannot be redriven, in the service's words; nothing when it can */
function notRedrivableReason(
  {
    status,
    startDate,
    stopDate,
    nextEventId = 1,
  }: Pick<Execution, 'status' | 'startDate' | 'stopDate' | 'nextEventId'>,
  nowMs: number,
): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED' || status === 'PENDING_REDRIVE')
    return `Execution is ${status} and cannot be redriven`;
  if (nextEventId > EVENTS_MAX) return 'Execution history event limit exceeded';
  if (nowMs - startDate >= EXECUTION_MS_MAX) return 'Execution has exceeded the max execution time';
  if (nowMs - (stopDate ?? startDate) >= REDRIVABLE_MS) return 'Execution redrivable period exceeded';
  return undefined;
}

/** Whether an execution can be redriven, and if not why; a child of a Map Run only together with it. */
export function redriveStatusOf(
  execution: Execution,
  nowMs: number,
): {
  redriveStatus: 'REDRIVABLE' | 'REDRIVABLE_BY_MAP_RUN' | 'NOT_REDRIVABLE';
  redriveStatusReason?: string;
} {
  const redriveStatusReason = notRedrivableReason(execution, nowMs);
  if (redriveStatusReason !== undefined) return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason };
  return { redriveStatus: execution.mapRun ? 'REDRIVABLE_BY_MAP_RUN' : 'REDRIVABLE' };
}

/** Opens a redrive, or answers as to the request before that had the same token. */
export function redriven(executionArn: string, clientToken: string | undefined, nowMs: number) {
  return (live: LiveExecution | undefined): Opening<{ redriveDate: number }> => {
    if (!live) throw executionDoesNotExist(executionArn);
    const { execution } = live;
    const tokens = (execution.redriveTokens ?? []).filter((token) => nowMs - token.redriveDate < TOKEN_MS);
    const before = tokens.find((token) => token.clientToken === clientToken);
    if (before) return { answer: () => ({ redriveDate: before.redriveDate }) };
    if (execution.mapRun)
      throw new ServiceError(
        'ExecutionNotRedrivable',
        `Execution is a child of the Map Run ${execution.mapRun.mapRunArn} and can only be redriven with it`,
      );
    const reason = notRedrivableReason(execution, nowMs);
    if (reason !== undefined) throw new ServiceError('ExecutionNotRedrivable', reason);
    const added: RedriveToken[] = clientToken === undefined ? [] : [{ clientToken, redriveDate: nowMs }];
    return {
      signal: { type: 'redrive' },
      redrive: {
        redriveCount: (execution.redriveCount ?? 0) + 1,
        redriveDate: nowMs,
        redriveTokens: [...tokens, ...added].slice(-TOKENS_MAX),
      },
      reply: () => ({ redriveDate: nowMs }),
    };
  };
}
