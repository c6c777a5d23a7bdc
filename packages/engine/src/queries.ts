import {
  executionDoesNotExist,
  isVersion,
  parseExecutionArn,
  parseMapRunArn,
  parseQualifiedArn,
  resourceNotFound,
  stateMachineArn,
  stateMachineDoesNotExist,
} from './arn.ts';
import { pageLimit, typeNotSupported } from './checks.ts';
import { fromNumericPageToken, toPageToken } from './page-token.ts';
import type { ExecutionHost, Page } from './ports/execution-host.ts';
import type { Execution } from './ports/executions.ts';
import type { ExecutionFilter, Store } from './ports/store.ts';

/** @throws ServiceError `InvalidArn`, `ExecutionDoesNotExist` */
export async function describeExecution(store: Store, executionArn: string): Promise<Execution> {
  parseExecutionArn(executionArn);
  const execution = await store.describe(executionArn);
  if (!execution) throw executionDoesNotExist(executionArn);
  return execution;
}

/**
 * A page of those that the filter asks for, newest first; the ARN of a version or an alias stands for what it started.
 * @throws ServiceError `InvalidArn`, `InvalidToken`, `StateMachineDoesNotExist`, `StateMachineTypeNotSupported` for express
 * machines, `ResourceNotFound` for a Map Run
 */
export async function listExecutions(
  store: Store,
  filter: ExecutionFilter,
  page: Page,
): ReturnType<ExecutionHost['listExecutions']> {
  const wanted = await qualified(store, filter);
  const listing = ['ListExecutions', wanted] as const;
  const cursor = fromNumericPageToken(listing, page.nextToken);
  const { executions, next } = await store.list(wanted, {
    limit: pageLimit(page.maxResults),
    ...(cursor !== undefined && { cursor: String(cursor) }),
  });
  return { executions, ...(next !== undefined && { nextToken: toPageToken(listing, next) }) };
}

/** Express children are no stored executions. */
async function checkHasChildren(store: Store, mapRunArn: string): Promise<void> {
  parseMapRunArn(mapRunArn);
  const mapRun = await store.mapRun(mapRunArn);
  if (!mapRun) throw resourceNotFound(mapRunArn);
  if (mapRun.executionType === 'EXPRESS') throw typeNotSupported();
}

/** The ARN of a version or an alias finds what was started by it. */
async function qualified(store: Store, filter: ExecutionFilter): Promise<ExecutionFilter> {
  const { stateMachineArn: arn, ...others } = filter;
  if (filter.mapRunArn !== undefined) await checkHasChildren(store, filter.mapRunArn);
  if (arn === undefined) return filter;
  const { qualifier, ...parts } = parseQualifiedArn(arn);
  const machineArn = stateMachineArn(parts);
  const machine = (await store.stateMachine(machineArn))?.stateMachine;
  if (!machine || (qualifier !== undefined && !(await store.resource(arn))))
    throw stateMachineDoesNotExist(arn);
  if (machine.type === 'EXPRESS') throw typeNotSupported();
  if (qualifier === undefined) return filter;
  return {
    ...others,
    stateMachineArn: machineArn,
    ...(isVersion(qualifier) ? { stateMachineVersionArn: arn } : { stateMachineAliasArn: arn }),
  };
}

/** @throws ServiceError `InvalidArn`, `ExecutionDoesNotExist`, `InvalidToken` */
export async function getExecutionHistory(
  store: Store,
  executionArn: string,
  { maxResults, nextToken, reverseOrder = false }: Page & { reverseOrder?: boolean },
): ReturnType<ExecutionHost['getExecutionHistory']> {
  await describeExecution(store, executionArn);
  const limit = pageLimit(maxResults);
  const listing = ['GetExecutionHistory', executionArn, reverseOrder] as const;
  const from = fromNumericPageToken(listing, nextToken);
  const events = await store.history(executionArn, {
    limit: limit + 1,
    reverse: reverseOrder,
    ...(from !== undefined && { from }),
  });
  const next = events[limit];
  return {
    events: events.slice(0, limit),
    ...(next && { nextToken: toPageToken(listing, String(next.id)) }),
  };
}
