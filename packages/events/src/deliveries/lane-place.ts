/**
 * A turn, in milliseconds of attempts: a target that answers at once has many of them, one that does not has one, and
 * neither has more of the server than the other.
 */
const TURN_MS = 1000;

/** Where a lane stands in the queue of those with something due. */
export interface LanePlace {
  /** Until then nothing of it is due; once that has passed, who has the smaller one comes first. */
  readyAtMs: number;
  /** What its attempts have taken since its turn began. */
  usedMs: number;
}

/**
 * Where a lane stands after something about its deliveries has changed. One that waits keeps its place until it has used
 * up its turn; then it stands behind all others.
 * @param before  where it stood; absent when nothing of it was pending
 * @param change.firstDueMs  of its pending deliveries; one that is handed out is due when its lease ends
 * @param change.tookMs  of the attempt that has ended
 */
export function lanePlace(
  before: LanePlace | undefined,
  { firstDueMs, nowMs, tookMs = 0 }: { firstDueMs: number; nowMs: number; tookMs?: number },
): LanePlace {
  const usedMs = (before?.usedMs ?? 0) + tookMs;
  if (usedMs >= TURN_MS) return { readyAtMs: Math.max(firstDueMs, nowMs), usedMs: 0 };
  // one that is to be ready later only, or whose place comes from a clock that was ahead, has no place to keep
  const isWaiting = before !== undefined && before.readyAtMs <= nowMs;
  return { readyAtMs: isWaiting ? Math.max(firstDueMs, before.readyAtMs) : firstDueMs, usedMs };
}
