import type { Clock } from '../ports/clock.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/**
 * Repeats work that must not be lost while the store refuses it. The wait doubles from one second to half a minute.
 * @param attempt resolves when done; a rejection is reported and the attempt made again
 * @param isOver  asked before each repetition
 */
export async function untilDone(
  clock: Clock,
  attempt: () => Promise<unknown>,
  report: (error: unknown) => void,
  isOver: () => boolean,
): Promise<void> {
  for (let waitMs = FIRST_MS; !isOver(); waitMs = Math.min(waitMs * 2, LONGEST_MS)) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (isOver()) return;
      report(error);
      await new Promise<void>((wake) => clock.wakeAt(clock.now() + waitMs, wake));
    }
  }
}
