const FIRST_MS = Date.UTC(-1, 12); // Date.UTC takes the year 0 for 1900
const LAST_MS = Date.UTC(10_000, 0) - 1;

/** Whether an instant, milliseconds since the epoch, lies in the years that `YYYY` can tell: 0000 to 9999. */
export function isEventTime(ms: number): boolean {
  return ms >= FIRST_MS && ms <= LAST_MS;
}

/** `YYYY-MM-DDTHH:MM:SSZ`: events carry seconds. */
export function eventTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
