import type { Clock } from '../ports/clock.ts';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** Repeats work that must not be lost while the store refuses it. The wait doubles from one second to half a minute. */
export class Retries {
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  readonly #wakeSleepers = new Set<() => void>();
  #attemptsCount = 0;
  #isClosed = false;

  constructor(clock: Clock, report: (error: unknown) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  /** No attempt is being made; some may wait to be made again. */
  get isQuiet(): boolean {
    return this.#attemptsCount === 0;
  }

  /** Resolves when an attempt has succeeded, or after `close`. Failed attempts are reported. */
  async untilDone(attempt: () => Promise<unknown>): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; !this.#isClosed; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      if (await this.#succeeds(attempt)) return;
      await this.#sleep(waitMs);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const wake of this.#wakeSleepers) wake();
  }

  async #succeeds(attempt: () => Promise<unknown>): Promise<boolean> {
    this.#attemptsCount += 1;
    try {
      await attempt();
      return true;
    } catch (error) {
      if (!this.#isClosed) this.#report(error);
      return false;
    } finally {
      this.#attemptsCount -= 1;
    }
  }

  #sleep(ms: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakeSleepers.delete(wake);
        disarm();
        resolve();
      };
      const disarm = this.#clock.wakeAt(this.#clock.now() + ms, wake);
      this.#wakeSleepers.add(wake);
    });
  }
}
