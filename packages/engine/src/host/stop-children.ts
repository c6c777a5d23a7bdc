import type { MapRun } from '../ports/map-runs.ts';
import type { Store } from '../ports/store.ts';
import { itemPages } from '../map-runs/item-pages.ts';

const MAP_RUNS_PER_PAGE = 100;
const CHILDREN_PER_PAGE = 100;

export interface StopOptions {
  store: Store;
  /** Stops an execution. */
  stop: (executionArn: string) => Promise<unknown>;
}

/** Stops what runs of a Map Run, unless it is redriven meanwhile. Express children go on to their end, as on AWS. */
export async function stopChildren(
  { store, stop }: StopOptions,
  { mapRunArn, executionType, redriveCount }: MapRun,
): Promise<void> {
  if (executionType === 'EXPRESS') return;
  for await (const page of itemPages(store, mapRunArn, ['RUNNING'])) {
    if ((await store.mapRun(mapRunArn))?.redriveCount !== redriveCount) return; // they are those that it runs now
    await Promise.all(page.map(({ executionArn }) => stop(executionArn)));
  }
}

/**
 * Stops what one task has started, should it run.
 * @param parentArn whose task it is
 */
export async function stopChildOf(
  { store, stop }: StopOptions,
  taskId: string,
  parentArn: string,
): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = { limit: CHILDREN_PER_PAGE, ...(cursor !== undefined && { cursor }) };
    const { executions, next } = await store.list({ parentArn, status: 'RUNNING' }, page);
    for (const { executionArn, origin } of executions)
      if (origin.parent?.taskId === taskId) await stop(executionArn);
    cursor = next;
  } while (cursor !== undefined);
}

/**
 * Before a redrive: what still runs of the execution's Map Runs that have ended is stopped. What would be stopped only
 * after the redrive would count as stopped in it, and not be run again.
 */
export async function stopLeftChildren(options: StopOptions, executionArn: string): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = { limit: MAP_RUNS_PER_PAGE, ...(cursor !== undefined && { cursor }) };
    const { mapRuns, next } = await options.store.mapRuns(executionArn, page);
    for (const mapRun of mapRuns)
      if (mapRun.status !== 'RUNNING' && (mapRun.counts.RUNNING?.executions ?? 0) > 0)
        await stopChildren(options, mapRun);
    cursor = next;
  } while (cursor !== undefined);
}
