import type { Clock } from '@riposte/engine';

interface RoundsOptions {
  clock: Clock;
  /**
   * Looks at what is on disk and begins what is due.
   * @returns when to look again by itself, milliseconds since the epoch; nothing: not before it is woken
   */
  look(): Promise<number | undefined>;
  /** A look failed; it is repeated after `PAUSE_MS`. */
  failed(error: unknown): void;
}

/** After a failed look. */
export const PAUSE_MS = 5_000;

/** Looks for work, one look at a time, from `start` to `close`: when woken, and when the last look said. Nothing polls. */
export class Rounds {
  readonly #options: RoundsOptions;
  #isOpen = false;
  #looking: Promise<void> | undefined;
  #again = false;
  #cancelWake = () => {};

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  start(): void {
    this.#isOpen = true;
    this.wake();
  }

  /** There may be something to do: whoever wakes while a look goes on gets another after it. */
  wake(): void {
    if (!this.#isOpen) return;
    this.#again = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#again) this.wake();
    });
  }

  /** Resolves when a look that goes on has ended; there is no other. */
  async close(): Promise<void> {
    this.#isOpen = false;
    this.#cancelWake();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { clock, look, failed } = this.#options;
    this.#again = false;
    this.#cancelWake();
    let nextMs: number | undefined;
    try {
      nextMs = await look();
    } catch (error) {
      failed(error);
      nextMs = clock.now() + PAUSE_MS;
    }
    if (nextMs === undefined || !this.#isOpen) return;
    if (nextMs <= clock.now()) this.#again = true;
    else this.#cancelWake = clock.wakeAt(nextMs, () => this.wake());
  }
}
