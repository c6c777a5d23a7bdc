import { parseDayOfMonth, parseDayOfWeek, parseNumbers, type DayRule } from './cron-fields.ts';

/** The six fields of a cron expression. Minutes, hours, months and years as sorted lists. */
export interface Cron {
  minutes: readonly number[];
  hours: readonly number[];
  months: readonly number[];
  years: readonly number[];
  days: DayRule;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const YEAR_MIN = 1970;
const YEAR_MAX = 2199;

/** @param refuse makes the error for a problem */
export function parseCron(text: string, refuse: (problem: string) => Error): Cron {
  const fields = text.split(' ');
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  if (fields.length !== 6 || !minutes || !hours || !dayOfMonth || !month || !dayOfWeek || !year)
    throw refuse(
      `cron(${text}): six fields are needed, minutes hours day-of-month month day-of-week year, with one blank between`,
    );
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw refuse(`cron(${text}): exactly one of day-of-month and day-of-week must be ?`);
  return {
    minutes: parseNumbers({ name: 'minutes', text: minutes, min: 0, max: 59 }, refuse),
    hours: parseNumbers({ name: 'hours', text: hours, min: 0, max: 23 }, refuse),
    months: parseNumbers({ name: 'month', text: month, min: 1, max: 12, names: MONTHS }, refuse),
    years: parseNumbers({ name: 'year', text: year, min: YEAR_MIN, max: YEAR_MAX }, refuse),
    days: dayOfMonth === '?' ? parseDayOfWeek(dayOfWeek, refuse) : parseDayOfMonth(dayOfMonth, refuse),
  };
}

/** The first instant strictly after `afterMs`, UTC; undefined when none is left. */
export function nextCronRun(cron: Cron, afterMs: number): number | undefined {
  const after = new Date(afterMs);
  const afterDay = Date.UTC(after.getUTCFullYear(), after.getUTCMonth(), after.getUTCDate());
  for (const year of cron.years) {
    if (year < after.getUTCFullYear()) continue;
    for (const month of cron.months) {
      if (Date.UTC(year, month, 0) < afterDay) continue; // the month's last day is past
      for (const day of cron.days.daysOf(year, month)) {
        const run = runOnDay(cron, Date.UTC(year, month - 1, day), afterDay, afterMs);
        if (run !== undefined) return run;
      }
    }
  }
  return undefined;
}

function runOnDay(cron: Cron, dayMs: number, afterDayMs: number, afterMs: number): number | undefined {
  if (dayMs < afterDayMs) return undefined;
  for (const hour of cron.hours) {
    for (const minute of cron.minutes) {
      const run = dayMs + (hour * 60 + minute) * 60_000;
      if (run > afterMs) return run;
    }
  }
  return undefined;
}
