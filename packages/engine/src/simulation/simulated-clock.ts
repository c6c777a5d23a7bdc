import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

/** Turns of the event loop in which nothing may happen before time moves on. */
const QUIET_TURNS = 4;
const WAKE_UPS_MAX = 100_000;

interface WakeUp {
  atMs: number;
  /** Of two at the same instant, the one asked for first goes first. */
  order: number;
  wake: () => void;
}

/** How a simulated world tells that it has come to rest, so that time may move on. */
export interface Settling {
  /** Whether something in the simulated world is still at work at the present instant. */
  isBusy?: () => boolean;
  /** What to do before asking again, while it is; by default the event loop takes a turn. */
  pause?: () => Promise<unknown>;
}

/** A clock that moves only when it is told to, and runs what became due in order. */
export class SimulatedClock implements Clock {
  #nowMs: number;
  #wakeUps: WakeUp[] = [];
  #askedCount = 0;

  /** @param nowMs default: 2026-01-01T00:00:00Z */
  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    const wakeUp = { atMs, order: this.#askedCount++, wake };
    this.#wakeUps.push(wakeUp);
    return () => {
      this.#wakeUps = this.#wakeUps.filter((other) => other !== wakeUp);
    };
  }

  /** How many wait to be woken. */
  get waitingCount(): number {
    return this.#wakeUps.length;
  }

  /** When the next one is due, milliseconds since the epoch. */
  get nextWakeUpMs(): number | undefined {
    return this.#next()?.atMs;
  }

  /** Moves on to an instant. What becomes due on the way runs at its own time, and settles before time moves on. */
  async advanceTo(atMs: number, settling: Settling = {}): Promise<void> {
    await this.#settle(settling);
    for (let next = this.#next(); next && next.atMs <= atMs; next = this.#next()) {
      this.#run(next);
      await this.#settle(settling);
    }
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  /** As advanceTo, so many milliseconds from now. */
  advanceBy(ms: number, settling: Settling = {}): Promise<void> {
    return this.advanceTo(this.#nowMs + ms, settling);
  }

  /**
   * Moves on until nobody waits to be woken.
   * @throws Error when wake-ups keep following each other
   */
  async runUntilIdle(settling: Settling = {}): Promise<void> {
    await this.#settle(settling);
    let count = 0;
    for (let next = this.#next(); next; next = this.#next()) {
      if (++count > WAKE_UPS_MAX)
        throw new Error(
          `Still not idle after ${WAKE_UPS_MAX} wake-ups, at ${new Date(this.#nowMs).toJSON()}.`,
        );
      this.#run(next);
      await this.#settle(settling);
    }
  }

  #next(): WakeUp | undefined {
    return this.#wakeUps.reduce<WakeUp | undefined>(
      (first, other) =>
        !first || other.atMs < first.atMs || (other.atMs === first.atMs && other.order < first.order)
          ? other
          : first,
      undefined,
    );
  }

  #run(wakeUp: WakeUp): void {
    this.#wakeUps = this.#wakeUps.filter((other) => other !== wakeUp);
    this.#nowMs = Math.max(this.#nowMs, wakeUp.atMs);
    wakeUp.wake();
  }

  async #settle({ isBusy = () => false, pause = () => setImmediate() }: Settling): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS;) {
      await setImmediate();
      if (!isBusy()) quiet += 1;
      else {
        quiet = 0;
        await pause();
      }
    }
  }
}
