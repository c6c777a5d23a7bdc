import type { Clock } from '../ports/clock.ts';
import type { Claim, Effect, Store } from '../ports/store.ts';
import type { Retries } from './retries.ts';

const TIMERS_PER_CLAIM = 1000;

/**
 * Takes all timers that are due, earliest first: those of one execution then go to it together.
 * @param timers where they are put, also when the store fails on the way
 */
export async function claimTimers(
  store: Store,
  lease: Claim,
  nowMs: number,
  timers: Effect[],
): Promise<void> {
  for (;;) {
    const some = await store.claim(lease, nowMs, { timers: TIMERS_PER_CLAIM, tasks: 0, mapRuns: 0 });
    timers.push(...some);
    if (some.length < TIMERS_PER_CLAIM) return;
  }
}

export interface DueWorkOptions {
  store: Store;
  clock: Clock;
  worker: string;
  lease: () => Claim;
  /** How many tasks and Map Runs can be taken up. */
  free: () => { tasks: number; mapRuns: number };
  /** Takes a claimed effect to where it belongs; those of one execution in this order. */
  due: (effect: Effect) => void;
  retries: Retries;
}

/** Sleeps to the next due time, then claims what is due: timers that fire, tasks and Map Runs that found no free slot or no worker. */
export class DueWork {
  readonly #options: DueWorkOptions;
  #armed: { atMs: number; disarm: () => void } | undefined;
  #round: Promise<void> | undefined;
  /** The earliest wake-up that was asked for while a round was at work. */
  #wishedMs: number | undefined;
  /** What was stored that nobody holds. */
  #waiting = { tasks: false, mapRuns: false };
  #isClosed = false;

  constructor(options: DueWorkOptions) {
    this.#options = options;
  }

  /** Something becomes due then. */
  wakeBy(atMs: number): void {
    if (this.#isClosed) return;
    if (this.#round) {
      this.#wishedMs = Math.min(atMs, this.#wishedMs ?? atMs);
      return;
    }
    if (this.#armed && this.#armed.atMs <= atMs) return;
    this.#armed?.disarm();
    const disarm = this.#options.clock.wakeAt(atMs, () => {
      this.#armed = undefined;
      void this.claimDue();
    });
    this.#armed = { atMs, disarm };
  }

  /** A task or a Map Run was stored that nobody holds. */
  workWaits(kind: 'tasks' | 'mapRuns'): void {
    this.#waiting[kind] = true;
    this.slotFreed();
  }

  slotFreed(): void {
    const { tasks, mapRuns } = this.#options.free();
    const canTake = (this.#waiting.tasks && tasks > 0) || (this.#waiting.mapRuns && mapRuns > 0);
    if (canTake) this.wakeBy(this.#options.clock.now());
  }

  /** Claims what is due now, then arms the next wake-up. */
  claimDue(): Promise<void> {
    this.#round ??= this.#work();
    return this.#round;
  }

  close(): void {
    this.#isClosed = true;
    this.#armed?.disarm();
  }

  async #work(): Promise<void> {
    let nextMs: number | undefined;
    await this.#options.retries.untilDone(async () => {
      await this.#claimOnce();
      nextMs = await this.#nextDueMs();
    });
    const candidates = [nextMs, this.#wishedMs].filter((ms) => ms !== undefined);
    this.#round = undefined;
    this.#wishedMs = undefined;
    if (candidates.length > 0) this.wakeBy(Math.min(...candidates));
  }

  async #claimOnce(): Promise<void> {
    const { store, clock, lease, free, due } = this.#options;
    const nowMs = clock.now();
    const claimed = await store.claim(lease(), nowMs, { ...free(), timers: TIMERS_PER_CLAIM });
    const timers = claimed.filter(({ kind }) => kind === 'timer');
    const work = claimed.filter(({ kind }) => kind !== 'timer');
    try {
      if (timers.length === TIMERS_PER_CLAIM) await claimTimers(store, lease(), nowMs, timers);
    } finally {
      // time that is up goes first: it may leave a task without use
      for (const effect of [...timers, ...work]) due(effect);
    }
  }

  async #nextDueMs(): Promise<number | undefined> {
    const { store, worker, free } = this.#options;
    const timerMs = await store.nextDueMs('timer', worker);
    const taskMs = await store.nextDueMs('task', worker);
    const mapRunMs = await store.nextDueMs('map-run', worker);
    this.#waiting = { tasks: taskMs !== undefined, mapRuns: mapRunMs !== undefined };
    const { tasks, mapRuns } = free();
    const candidates = [timerMs, tasks > 0 ? taskMs : undefined, mapRuns > 0 ? mapRunMs : undefined].filter(
      (ms) => ms !== undefined,
    );
    return candidates.length === 0 ? undefined : Math.min(...candidates);
  }
}
