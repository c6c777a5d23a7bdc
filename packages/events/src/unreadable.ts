/**
 * For what another version may have written: it must not stop the others.
 * @returns what `read` returns, or in one sentence why it threw
 */
export function readOr<T>(read: () => T): { value: T; problem?: never } | { value?: never; problem: string } {
  try {
    return { value: read() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
