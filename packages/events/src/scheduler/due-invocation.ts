import { LATENESS_MAX_MS } from '../due-runner.ts';
import type { NextInvocation, Schedule } from '../ports/scheduler.ts';
import { nextScheduledMs, windowMs } from './next-invocation.ts';

/** The service fires within the minute; what is later was missed. */
const PRECISION_MS = 60_000;

/** What is to be done about an invocation whose time has come. Times are those that the expression names. */
export interface DueInvocation {
  /** Invoked now; absent: nothing is. */
  scheduledMs?: number;
  /** Every time from that of the invocation to before this one was missed for good. */
  missedUntilMs?: number;
  /** Times up to this one are done. */
  doneMs: number;
}

/**
 * As long as its window is open, an invocation is not late, whenever in it was drawn. What is late is made up once, by
 * its latest time, when its window closed less than 15 minutes ago; times whose window is still open come after it.
 */
export function dueInvocation(schedule: Schedule, next: NextInvocation, nowMs: number): DueInvocation {
  const { scheduledMs, fireMs } = next;
  const closesMs = Math.max(scheduledMs + windowMs(schedule), fireMs);
  if (nowMs < closesMs + PRECISION_MS) return { scheduledMs, doneMs: scheduledMs };
  /** Windows of times up to this one are closed. */
  const closedMs = nowMs - windowMs(schedule);
  const latestMs = latestScheduled(schedule, scheduledMs, closedMs);
  if (latestMs === undefined) return { missedUntilMs: closedMs, doneMs: closedMs };
  return {
    scheduledMs: latestMs,
    ...(scheduledMs < latestMs && { missedUntilMs: latestMs }),
    doneMs: latestMs,
  };
}

/** The latest time that is not later than `untilMs`, and not too late. */
function latestScheduled(schedule: Schedule, firstMs: number, untilMs: number): number | undefined {
  let latest: number | undefined;
  const earliestMs = untilMs - LATENESS_MAX_MS;
  let candidate = firstMs > earliestMs ? firstMs : nextScheduledMs(schedule, earliestMs);
  while (candidate !== undefined && candidate <= untilMs) {
    latest = candidate;
    candidate = nextScheduledMs(schedule, candidate);
  }
  return latest;
}
