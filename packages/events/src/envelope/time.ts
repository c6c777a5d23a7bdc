/** `YYYY-MM-DDTHH:MM:SSZ`: events carry seconds. */
export function eventTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
