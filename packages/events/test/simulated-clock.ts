import type { Clock } from '@riposte/engine';

/** A clock that stands still until it is told to move. */
export class SimulatedClock implements Clock {
  #nowMs: number;
  #wakes: { atMs: number; wake: () => void }[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    const entry = { atMs, wake };
    this.#wakes.push(entry);
    return () => {
      this.#wakes = this.#wakes.filter((other) => other !== entry);
    };
  }

  /** The next instant somebody waits for. */
  nextMs(): number | undefined {
    return this.#wakes.length === 0 ? undefined : Math.min(...this.#wakes.map(({ atMs }) => atMs));
  }

  /** Moves to `ms` and wakes whoever is due by then. */
  moveTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
    const due = this.#wakes.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#wakes = this.#wakes.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { wake } of due) wake();
  }
}
