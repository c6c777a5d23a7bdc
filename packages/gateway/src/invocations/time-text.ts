/** Texts in the order of their times. */
export function timeText(ms: number): string {
  return String(ms).padStart(15, '0');
}
