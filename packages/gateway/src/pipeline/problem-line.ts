/** One line for the operator, with what is known of where it happened. */
export function problemLine(problem: string, error: unknown): string {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${problem}: ${detail.replaceAll(/\s*\n\s*/g, ' ← ')}`;
}
