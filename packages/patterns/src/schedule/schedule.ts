import { nextCronRun, parseCron, type Cron } from './cron.ts';

/** A checked schedule expression. Times are UTC. */
export type Schedule = { kind: 'rate'; periodMs: number } | { kind: 'cron'; cron: Cron };

/** A schedule expression that EventBridge would refuse; the message says what is wrong. */
export class InvalidSchedule extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'InvalidSchedule';
  }
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const RATE = /^rate\(([1-9]\d{0,8}) (minute|hour|day)(s?)\)$/;
const CRON = /^cron\((.*)\)$/;

/**
 * Reads `rate(5 minutes)` or `cron(0 12 ? * MON-FRI *)` as rules take them.
 * @throws InvalidSchedule
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function parseSchedule(expression: string): Schedule {
  const rate = RATE.exec(expression);
  if (rate) {
    const value = Number(rate[1]);
    if ((value === 1) !== (rate[3] === ''))
      throw new InvalidSchedule(`${expression}: the unit is singular for 1 and plural for more`);
    // the expression admits only these units
    return { kind: 'rate', periodMs: value * UNIT_MS[rate[2] as keyof typeof UNIT_MS] };
  }
  const cron = CRON.exec(expression);
  if (!cron)
    throw new InvalidSchedule(
      `${expression} is neither rate(value minutes|hours|days) nor cron(minutes hours day-of-month month day-of-week year)`,
    );
  return { kind: 'cron', cron: parseCron(cron[1] ?? '', (problem) => new InvalidSchedule(problem)) };
}

/**
 * The first instant strictly after `afterMs`.
 * @param anchorMs  an instant the rate counts from, e.g. an earlier run; without it, `afterMs`
 * @returns milliseconds since the epoch, or undefined when the schedule never runs again
 */
export function nextRun(schedule: Schedule, afterMs: number, anchorMs = afterMs): number | undefined {
  if (schedule.kind === 'cron') return nextCronRun(schedule.cron, afterMs);
  const periods = Math.floor((afterMs - anchorMs) / schedule.periodMs) + 1;
  return anchorMs + periods * schedule.periodMs;
}
