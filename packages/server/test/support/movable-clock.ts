import type { Clock } from '@riposte/engine';

/** The machine's clock, which a test may put forward: what was due in between is done at once. */
export class MovableClock implements Clock {
  #aheadMs = 0;
  readonly #timers = new Set<{ atMs: number; wake: () => void; handle?: NodeJS.Timeout }>();

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    const timer: { atMs: number; wake: () => void; handle?: NodeJS.Timeout } = { atMs, wake };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      clearTimeout(timer.handle);
      this.#timers.delete(timer);
    };
  }

  /** @param ms minutes at most: callers sign with the machine's own time, and fifteen minutes are too far off */
  advance(ms: number): void {
    this.#aheadMs += ms;
    for (const timer of this.#timers) this.#arm(timer);
  }

  #arm(timer: { atMs: number; wake: () => void; handle?: NodeJS.Timeout }): void {
    clearTimeout(timer.handle);
    const distanceMs = Math.min(Math.max(0, timer.atMs - this.now()), 2_147_483_647);
    timer.handle = setTimeout(() => {
      this.#timers.delete(timer);
      timer.wake();
    }, distanceMs).unref();
  }
}
