import { boundedConcurrency, DISTRIBUTED_CONCURRENCY_MAX, type MapRunPlan } from '@riposte/asl';
import { parseExecutionArn, parseMapRunArn, resourceNotFound } from '../arn.ts';
import { pageLimit, serviceValidation, validationError } from '../checks.ts';
import { fromNumericPageToken, toPageToken } from '../page-token.ts';
import type { Page } from '../ports/execution-host.ts';
import type { MapRun, MapRunDescription, MapRunLimits } from '../ports/map-runs.ts';
import type { Store } from '../ports/store.ts';
import { describeExecution } from '../queries.ts';

/** @throws ServiceError `InvalidArn`, `ResourceNotFound` */
export async function describeMapRun(store: Store, mapRunArn: string): Promise<MapRunDescription> {
  parseMapRunArn(mapRunArn);
  const mapRun = await store.mapRun(mapRunArn);
  if (!mapRun) throw resourceNotFound(mapRunArn);
  return {
    ...mapRun,
    areResultsWritten: await areResultsWritten(store, mapRun),
    notRedrivable: await store.notRedrivable(mapRunArn),
  };
}

/** A run that failed before its children started has written nothing. */
async function areResultsWritten(store: Store, { mapRunArn, status, phase }: MapRun): Promise<boolean> {
  if (phase === 'READING' || (status !== 'SUCCEEDED' && status !== 'FAILED')) return false;
  const plan = JSON.parse((await store.mapRunPlan(mapRunArn)) ?? '{}') as Partial<MapRunPlan>; // as it was started with
  return plan.writer?.bucket !== undefined;
}

/** @throws ServiceError `InvalidArn`, `ExecutionDoesNotExist` */
export async function listMapRuns(
  store: Store,
  executionArn: string,
  page: Page,
): Promise<{ mapRuns: MapRun[]; nextToken?: string }> {
  parseExecutionArn(executionArn);
  await describeExecution(store, executionArn);
  const listing = ['ListMapRuns', executionArn] as const;
  const cursor = fromNumericPageToken(listing, page.nextToken);
  const { mapRuns, next } = await store.mapRuns(executionArn, {
    limit: pageLimit(page.maxResults),
    ...(cursor !== undefined && { cursor: String(cursor) }),
  });
  return { mapRuns, ...(next !== undefined && { nextToken: toPageToken(listing, next) }) };
}

/** @throws ServiceError `InvalidArn`, `ResourceNotFound`, `ValidationException` */
export async function updateMapRun(
  store: Store,
  { mapRunArn, maxConcurrency, ...tolerance }: { mapRunArn: string } & Partial<MapRunLimits>,
): Promise<void> {
  parseMapRunArn(mapRunArn);
  const { toleratedFailurePercentage: percentage } = tolerance;
  if (percentage !== undefined && (percentage < 0 || percentage > 100))
    throw validationError(
      'toleratedFailurePercentage',
      percentage,
      `Member must have value ${percentage < 0 ? 'greater than or equal to 0' : 'less than or equal to 100'}`,
    );
  const change = {
    ...tolerance,
    ...(maxConcurrency !== undefined && {
      maxConcurrency: boundedConcurrency(maxConcurrency, DISTRIBUTED_CONCURRENCY_MAX),
    }),
  };
  if (await store.changeMapRun(mapRunArn, change)) return;
  if (!(await store.mapRun(mapRunArn))) throw resourceNotFound(mapRunArn);
  throw serviceValidation(
    `The Map Run ${mapRunArn} has ended and cannot be updated.`,
    'CANNOT_UPDATE_COMPLETED_MAP_RUN',
  );
}
