import { nextRun, parseSchedulerExpression } from '@riposte/patterns';
import type { NextInvocation, Schedule } from '../ports/scheduler.ts';

const MINUTE_MS = 60_000;

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

/** @param uniform in [0, 1): where in the flexible window it is */
export function nextInvocation(
  schedule: Schedule,
  afterMs: number,
  uniform: number,
): NextInvocation | undefined {
  const scheduledMs = schedule.State === 'ENABLED' ? nextScheduledMs(schedule, afterMs) : undefined;
  if (scheduledMs === undefined) return undefined;
  const { Mode, MaximumWindowInMinutes = 0 } = schedule.FlexibleTimeWindow;
  const windowMs = Mode === 'FLEXIBLE' ? MaximumWindowInMinutes * MINUTE_MS : 0;
  return { scheduledMs, fireMs: scheduledMs + Math.floor(uniform * windowMs) };
}
