import {
  executionDoesNotExist,
  parseExecutionArn,
  parseStateMachineArn,
  stateMachineDoesNotExist,
} from './arn.ts';
import { pageLimit } from './checks.ts';
import { fromNumericPageToken, toPageToken } from './page-token.ts';
import type { Execution, ExecutionHost, Page } from './ports/execution-host.ts';
import type { ExecutionFilter, Store } from './ports/store.ts';

export async function describeExecution(store: Store, executionArn: string): Promise<Execution> {
  parseExecutionArn(executionArn);
  const execution = await store.describe(executionArn);
  if (!execution) throw executionDoesNotExist(executionArn);
  return execution;
}

export async function listExecutions(
  store: Store,
  filter: ExecutionFilter,
  page: Page,
): ReturnType<ExecutionHost['listExecutions']> {
  const { stateMachineArn } = filter;
  if (stateMachineArn !== undefined) {
    parseStateMachineArn(stateMachineArn);
    if (!(await store.stateMachine(stateMachineArn))) throw stateMachineDoesNotExist(stateMachineArn);
  }
  const cursor = fromNumericPageToken(page.nextToken);
  const { executions, next } = await store.list(filter, {
    limit: pageLimit(page.maxResults),
    ...(cursor !== undefined && { cursor: String(cursor) }),
  });
  return { executions, ...(next !== undefined && { nextToken: toPageToken(next) }) };
}

export async function getExecutionHistory(
  store: Store,
  executionArn: string,
  { maxResults, nextToken, reverseOrder = false }: Page & { reverseOrder?: boolean },
): ReturnType<ExecutionHost['getExecutionHistory']> {
  await describeExecution(store, executionArn);
  const limit = pageLimit(maxResults);
  const from = fromNumericPageToken(nextToken);
  const events = await store.history(executionArn, {
    limit: limit + 1,
    reverse: reverseOrder,
    ...(from !== undefined && { from }),
  });
  const next = events[limit];
  return {
    events: events.slice(0, limit),
    ...(next && { nextToken: toPageToken(String(next.id)) }),
  };
}
