/** One field of numbers: `*`, `5`, `1-5`, `0/15`, `1-31/10`, `MON,FRI`. */
interface NumberField {
  name: string;
  text: string;
  min: number;
  max: number;
  /** Names of the values from `min` on. */
  names?: readonly string[];
}

/** Which days of a month a schedule runs on. */
export interface DayRule {
  /**
   * @param month 1 to 12
   * @returns days of the month, ascending
   */
  daysOf(year: number, month: number): readonly number[];
}

type Refuse = (problem: string) => Error;

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const NAMED_OR_NUMBER = /^(?:\d{1,4}|[A-Za-z]{3})$/;

/** @returns the numbers of the field, ascending, each once */
export function parseNumbers(field: NumberField, refuse: Refuse): readonly number[] {
  const chosen = new Set<number>();
  for (const part of field.text.split(',')) {
    const [range = '', step, ...rest] = part.split('/');
    if (rest.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step)))
      throw refuse(`${field.name}: ${part} has a step that is no positive number`);
    const [from, to] = bounds(field, range, step !== undefined, refuse);
    for (let value = from; value <= to; value += Number(step ?? 1)) chosen.add(value);
  }
  return [...chosen].sort((a, b) => a - b);
}

function bounds(field: NumberField, range: string, stepped: boolean, refuse: Refuse): [number, number] {
  if (range === '*') return [field.min, field.max];
  const [first = '', last, ...rest] = range.split('-');
  if (rest.length > 0) throw refuse(`${field.name}: ${range} is not a range`);
  const from = numberOf(field, first, refuse);
  const to = last === undefined ? (stepped ? field.max : from) : numberOf(field, last, refuse);
  if (from > to) throw refuse(`${field.name}: the range ${range} runs backwards`);
  return [from, to];
}

function numberOf(field: NumberField, text: string, refuse: Refuse): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + field.min : NAMED_OR_NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.min && value <= field.max))
    throw refuse(`${field.name}: ${text} is not between ${field.min} and ${field.max}`);
  return value;
}

/** `*`, numbers, `L` (the last day), `15W` (the weekday nearest to the 15th, in the same month), `LW`. */
export function parseDayOfMonth(text: string, refuse: Refuse): DayRule {
  if (text === 'L') return { daysOf: (year, month) => [lastDayOf(year, month)] };
  if (text === 'LW')
    return { daysOf: (year, month) => [nearestWeekday(year, month, lastDayOf(year, month))] };
  const weekday = /^(\d{1,2})W$/.exec(text);
  if (weekday) {
    const wanted = numberOf({ name: 'day-of-month', text, min: 1, max: 31 }, weekday[1] ?? '', refuse);
    // 31W means the month's last day where there is no 31st: recorded from other cron readers as such
    return {
      daysOf: (year, month) => [nearestWeekday(year, month, Math.min(wanted, lastDayOf(year, month)))],
    };
  }
  const days = parseNumbers({ name: 'day-of-month', text, min: 1, max: 31 }, refuse);
  return { daysOf: (year, month) => days.filter((day) => day <= lastDayOf(year, month)) };
}

/** `*`, 1–7 or SUN–SAT, `6L` (the last Friday), `6#3` (the third Friday), `L` (Saturday). */
export function parseDayOfWeek(text: string, refuse: Refuse): DayRule {
  const field = { name: 'day-of-week', text, min: 1, max: 7, names: WEEKDAYS };
  const last = /^(\d|[A-Za-z]{3})L$/.exec(text);
  if (last) {
    const weekday = numberOf(field, last[1] ?? '', refuse);
    return { daysOf: (year, month) => weekdaysOf(year, month, [weekday]).slice(-1) };
  }
  const nth = /^(\d|[A-Za-z]{3})#([1-5])$/.exec(text);
  if (nth) {
    const weekday = numberOf(field, nth[1] ?? '', refuse);
    const index = Number(nth[2]) - 1;
    return { daysOf: (year, month) => weekdaysOf(year, month, [weekday]).slice(index, index + 1) };
  }
  const weekdays = text === 'L' ? [7] : parseNumbers(field, refuse);
  return { daysOf: (year, month) => weekdaysOf(year, month, weekdays) };
}

/** @param weekdays 1 for Sunday to 7 for Saturday */
function weekdaysOf(year: number, month: number, weekdays: readonly number[]): number[] {
  const days: number[] = [];
  for (let day = 1; day <= lastDayOf(year, month); day += 1)
    if (weekdays.includes(weekdayOf(year, month, day))) days.push(day);
  return days;
}

function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 7) return day > 1 ? day - 1 : day + 2;
  if (weekday === 1) return day < lastDayOf(year, month) ? day + 1 : day - 2;
  return day;
}

function weekdayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

function lastDayOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
