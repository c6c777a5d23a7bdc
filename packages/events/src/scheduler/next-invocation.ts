import { nextRun, parseSchedulerExpression } from '@riposte/patterns';
import type { NextInvocation, Schedule } from '../ports/scheduler.ts';

const MINUTE_MS = 60_000;
/** The last instant that a `Date` can tell. */
const INSTANT_MAX_MS = 8.64e15;

/**
 * The first time after an instant that the expression names.
 * @returns milliseconds since the epoch; undefined when there is none, whether the schedule is enabled or not
 */
export function nextScheduledMs(schedule: Schedule, afterMs: number): number | undefined {
  const expression = parseSchedulerExpression(schedule.ScheduleExpression);
  const timeZone = schedule.ScheduleExpressionTimezone;
  // the service ignores start and end of a schedule that runs once
  if (expression.kind === 'at') return nextRun(expression, afterMs, afterMs, timeZone);
  const startMs = schedule.StartDate?.getTime();
  // a rate begins with its start, or at once
  const anchorMs = startMs ?? schedule.CreationDate.getTime();
  const fromMs = Math.max(afterMs, (startMs ?? Number.NEGATIVE_INFINITY) - 1);
  const next = nextRun(expression, fromMs, anchorMs, timeZone);
  return next !== undefined && next <= (schedule.EndDate?.getTime() ?? Number.POSITIVE_INFINITY)
    ? next
    : undefined;
}

/** Whether it is for one local time over which the clocks of its time zone are put forward: it never runs. */
export function isInClockGap(schedule: Schedule): boolean {
  const expression = parseSchedulerExpression(schedule.ScheduleExpression);
  if (expression.kind !== 'at') return false;
  return nextRun(expression, Number.NEGATIVE_INFINITY, 0, schedule.ScheduleExpressionTimezone) === undefined;
}

/** How long after its time an invocation may come. */
export function windowMs({ FlexibleTimeWindow: { Mode, MaximumWindowInMinutes = 0 } }: Schedule): number {
  return Mode === 'FLEXIBLE' ? MaximumWindowInMinutes * MINUTE_MS : 0;
}

/**
 * The invocation for the first time after `afterMs`. Each time has its own, also where the window is longer than the
 * time between them: that the service leaves none out there is a guess.
 * @param afterMs  times up to this one are done
 * @param nowMs  it is drawn from what is left of its window; never before now, unless the window is over
 * @param uniform  in [0, 1): where in that
 */
export function nextInvocation(
  schedule: Schedule,
  afterMs: number,
  nowMs: number,
  uniform: number,
): NextInvocation | undefined {
  const scheduledMs = schedule.State === 'ENABLED' ? nextScheduledMs(schedule, afterMs) : undefined;
  if (scheduledMs === undefined) return undefined;
  const closesMs = Math.min(scheduledMs + windowMs(schedule), INSTANT_MAX_MS);
  const opensMs = Math.min(Math.max(scheduledMs, nowMs), closesMs);
  return { scheduledMs, fireMs: opensMs + Math.floor(uniform * (closesMs - opensMs)) };
}
