import type { MapRun, MapRunCounts } from '../ports/map-runs.ts';

const STATUSES = [
  'PENDING',
  'PENDING_REDRIVE',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'ABORTED',
] as const;

/** Items, or executions, of all statuses. */
function totalOf(counts: MapRunCounts, what: 'items' | 'executions'): number {
  return STATUSES.reduce((sum, status) => sum + (counts[status]?.[what] ?? 0), 0);
}

/** Whether more items have failed than the Map puts up with; those of a failed batch count each. */
export function isThresholdExceeded(mapRun: MapRun): boolean {
  const { counts, toleratedFailureCount, toleratedFailurePercentage } = mapRun;
  const failed = (counts.FAILED?.items ?? 0) + (counts.TIMED_OUT?.items ?? 0);
  if (toleratedFailureCount === undefined && toleratedFailurePercentage === undefined) return failed > 0;
  return (
    (toleratedFailureCount !== undefined && failed > toleratedFailureCount) ||
    (toleratedFailurePercentage !== undefined &&
      failed * 100 > toleratedFailurePercentage * totalOf(counts, 'items'))
  );
}
