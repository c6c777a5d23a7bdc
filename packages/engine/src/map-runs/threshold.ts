import { isToleranceExceeded } from '@riposte/asl';
import type { MapRun } from '../ports/map-runs.ts';

/** Whether more items have failed than the Map puts up with; those of a failed batch count each. */
export function isThresholdExceeded(mapRun: MapRun): boolean {
  const { counts } = mapRun;
  const failed = (counts.FAILED?.items ?? 0) + (counts.TIMED_OUT?.items ?? 0);
  const total = Object.values(counts).reduce((sum, { items }) => sum + items, 0);
  return isToleranceExceeded(mapRun, failed, total);
}
