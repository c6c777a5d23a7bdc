import { nextCronRun, parseCron, type Cron } from './cron.ts';
import { instantOf, wallClockMs } from './time-zone.ts';

/** A checked schedule expression. */
export type Schedule =
  | { kind: 'rate'; periodMs: number }
  | { kind: 'cron'; cron: Cron }
  /** Once; a time of the clock on the wall. */
  | { kind: 'at'; wallMs: number };

/** A schedule expression that EventBridge would refuse; the message says what is wrong. */
export class InvalidSchedule extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'InvalidSchedule';
  }
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** The last instant that a `Date` can tell: nothing runs later. */
const INSTANT_MAX_MS = 8.64e15;
/** About 137,000 years, so that a rate of any time to come runs at all. The service's own bound is not known. */
const PERIOD_MAX_MS = INSTANT_MAX_MS / 2;
const RATE = /^rate\(([1-9]\d{0,8}) (minute|hour|day)(s?)\)$/;
const SCHEDULER_RATE = /^rate\(([1-9]\d{0,8}) (minute|hour|day)s?\)$/;
const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;
const CRON = /^cron\((.*)\)$/;

/**
 * Reads `rate(5 minutes)` or `cron(0 12 ? * MON-FRI *)` as rules take them.
 * @throws InvalidSchedule
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseSchedule(expression: string): Schedule {
  const rate = RATE.exec(expression);
  if (rate) {
    if ((Number(rate[1]) === 1) !== (rate[3] === ''))
      throw new InvalidSchedule(`${expression}: the unit is singular for 1 and plural for more`);
    return rateOf(rate);
  }
  return parseCronExpression(expression, 'rate(value minutes|hours|days)');
}

/**
 * Reads `at(2026-12-24T18:00:00)`, `rate(5 minutes)` or `cron(…)` as EventBridge Scheduler takes them. It does not
 * mind whether a unit is singular or plural.
 * @throws InvalidSchedule
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseSchedulerExpression(expression: string): Schedule {
  const rate = SCHEDULER_RATE.exec(expression);
  if (rate) return rateOf(rate);
  const at = AT.exec(expression);
  if (!at) return parseCronExpression(expression, 'at(yyyy-mm-ddThh:mm:ss), rate(value unit)');
  const wallMs = Date.parse(`${at[1]}Z`);
  // Date takes the 31st of February for the 3rd of March
  if (Number.isNaN(wallMs) || new Date(wallMs).toISOString().slice(0, 19) !== at[1])
    throw new InvalidSchedule(`${expression}: there is no such time`);
  return { kind: 'at', wallMs };
}

/**
 * @param match value and unit, as the expressions above admit them
 * @throws InvalidSchedule
 */
function rateOf([expression, value, unit]: RegExpExecArray): Schedule {
  const periodMs = Number(value) * UNIT_MS[unit as keyof typeof UNIT_MS];
  if (periodMs > PERIOD_MAX_MS) throw new InvalidSchedule(`${expression}: the period is too long`);
  return { kind: 'rate', periodMs };
}

function parseCronExpression(expression: string, others: string): Schedule {
  const cron = CRON.exec(expression);
  if (!cron)
    throw new InvalidSchedule(
      `${expression} is neither ${others} nor cron(minutes hours day-of-month month day-of-week year)`,
    );
  return { kind: 'cron', cron: parseCron(cron[1] ?? '', (problem) => new InvalidSchedule(problem)) };
}

/**
 * The first instant strictly after `afterMs`.
 * @param anchorMs  an instant the rate counts from, e.g. an earlier run; without it, `afterMs`
 * @param timeZone  of `cron` and `at`: a time that clocks are put forward over is left out, one that comes twice runs once
 * @returns milliseconds since the epoch, or undefined when the schedule never runs again
 */
export function nextRun(
  schedule: Schedule,
  afterMs: number,
  anchorMs = afterMs,
  timeZone = 'UTC',
): number | undefined {
  switch (schedule.kind) {
    case 'rate': {
      const periods = Math.floor((afterMs - anchorMs) / schedule.periodMs) + 1;
      const run = anchorMs + Math.max(0, periods) * schedule.periodMs;
      return run <= INSTANT_MAX_MS ? run : undefined;
    }
    case 'at': {
      const run = instantOf(schedule.wallMs, timeZone);
      return run !== undefined && run > afterMs ? run : undefined;
    }
    case 'cron':
      return nextZonedCronRun(schedule.cron, afterMs, timeZone);
  }
}

function nextZonedCronRun(cron: Cron, afterMs: number, timeZone: string): number | undefined {
  let wallMs = nextCronRun(cron, wallClockMs(afterMs, timeZone));
  while (wallMs !== undefined) {
    const run = instantOf(wallMs, timeZone);
    if (run !== undefined && run > afterMs) return run;
    wallMs = nextCronRun(cron, wallMs);
  }
  return undefined;
}
