import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

/** Asks again and again until there is an answer. Fails with what was awaited when there is none for long. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s.`);
    await pause(15);
  }
}
