/** Wall-clock times are milliseconds since the epoch as if the clock on the wall showed UTC. */
const formats = new Map<string, Intl.DateTimeFormat>();
const DAY_MS = 86_400_000;

/** @returns whether a name stands for a time zone, e.g. `Europe/Berlin` */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false; // RangeError is all that an unknown name gives
  }
}

/** What the clock on the wall shows at an instant. */
export function wallClockMs(instantMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return instantMs;
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instantMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((instantMs % 1000) + 1000) % 1000);
}

/**
 * When a clock on the wall shows a time.
 * @returns the earlier instant of two where clocks are put back; undefined where they are put forward over the time
 */
export function instantOf(wallMs: number, timeZone: string): number | undefined {
  if (timeZone === 'UTC') return wallMs;
  // whatever changes within the day, the offset is that of the day before or that of the day after
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((near) => wallClockMs(near, timeZone) - near);
  const instants = offsets
    .map((offset) => wallMs - offset)
    .filter((instant) => wallClockMs(instant, timeZone) === wallMs);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
