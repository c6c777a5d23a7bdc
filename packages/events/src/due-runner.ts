import type { EventContext } from './context.ts';

/** What was due longer ago than this is skipped and reported. */
export const LATENESS_MAX_MS = 15 * 60_000;
const STORE_PAUSE_MS = 1000;
/** What fires in one commit: with 250 or 500 it is no faster, and the turns are two and three times as long (bench/due-schedules.ts). */
export const FIRED_AT_ONCE = 100;

/** Something whose next time stands in the store. */
export interface DueWork {
  nextMs(): Promise<number | undefined>;
  /**
   * Runs as a change of rules and schedules: nothing can be altered between reading what is due and writing that it fired.
   * Of much it does a part, so that other changes come in between: `nextMs` is in the past while more is due.
   */
  fireDue(nowMs: number): Promise<void>;
}

/**
 * Firings that were begun in one turn, so that the store commits them together.
 * @throws the first error, after all have ended: one that fails keeps no other from firing
 */
export async function allFired(firings: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(firings)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/**
 * Does what is due: scheduled rules and schedules, and by runners of their own what archives and announcements ask for.
 * The next time of each stands in the store, and the event, its deliveries and the time after it are written in one
 * transaction. What was missed while the server was down is made up once, by its latest instant, when that is less than
 * 15 minutes ago; anything else is skipped and reported.
 */
export class DueRunner {
  readonly #context: EventContext;
  readonly #work: readonly DueWork[];
  #open = false;
  #running: Promise<void> | undefined;
  #again = false;
  #cancelWake: () => void = () => undefined;

  constructor(context: EventContext, work: readonly DueWork[]) {
    this.#context = context;
    this.#work = work;
  }

  start(): void {
    this.#open = true;
    this.notify();
  }

  /** Schedules may have changed, or time has come. */
  notify(): void {
    if (!this.#open) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.notify();
    });
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#again = false;
    this.#cancelWake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, report, change } = this.#context;
    this.#again = false;
    let nextMs: number | undefined;
    try {
      const fired = this.#work.map((work) => change(() => work.fireDue(clock.now())));
      await allFired(fired);
      const times = await Promise.all(this.#work.map((work) => work.nextMs()));
      const due = times.filter((time) => time !== undefined);
      nextMs = due.length === 0 ? undefined : Math.min(...due);
    } catch (error) {
      report({ kind: 'store-failed', error });
      nextMs = clock.now() + STORE_PAUSE_MS;
    }
    this.#cancelWake();
    if (nextMs !== undefined && this.#open) this.#cancelWake = clock.wakeAt(nextMs, () => this.notify());
  }
}
