import type { AccountStore, AccountTransaction } from '@riposte/account';
import type { Clock } from '@riposte/engine';
import { Lanes } from '@riposte/events';
import type { FunctionHost } from '@riposte/functions';
import { getFunction } from '../operations/function-registry.ts';
import { isFirst } from './accepted-keys.ts';
import {
  forget,
  invocationOf,
  laneId,
  moveEarlier,
  postpone,
  putInvocation,
  readyAttempts,
  type AsyncInvocation,
  type DueAttempt,
  type FunctionLane,
} from './async-queue.ts';
import { configurationOf } from './configuration.ts';

interface AsyncInvocationsOptions {
  store: AccountStore;
  clock: Clock;
  functions: () => FunctionHost;
  report(line: string): void;
}

/** Each takes a process while it runs, for 15 minutes at worst: so half of them are for functions that have none. */
const CONCURRENT_MAX = { attempts: 32, perLane: 8, forFirst: 16 };
/** Two more attempts after one that failed, the first after a minute, the second after two. @see Lambda's guide, "Asynchronous invocation" */
const RETRY_DELAYS_MS = [60_000, 120_000];
/** An event that could not be handed to a process is kept this long. */
const AGE_MAX_MS = 6 * 3_600_000;
/** How long a function that cannot be started now is left alone, and a store that refuses. */
const REFUSED_DELAY_MS = 5_000;

/**
 * Invocations that nobody waits for. An accepted one is on disk before it is answered, and stays there until the
 * function has answered, has failed for the last time, or it is too old. A crash repeats the attempt under way.
 * A limited number run at a time, shared among functions as `Lanes` says, the longest due of each first.
 */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  /** By request id. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #lanes = new Lanes<FunctionLane>(CONCURRENT_MAX, laneId);
  #looking: Promise<void> | undefined;
  #again = false;
  #cancelWake = () => {};
  #stopped = false;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
  }

  /**
   * Resolves once it is on disk; the function runs after that.
   * @param key  names the work that asks: accepted once, however often it is repeated
   */
  async accept(invocation: AsyncInvocation, key?: string): Promise<void> {
    const nowMs = this.#options.clock.now();
    await this.#change((transaction) => {
      if (key !== undefined && !isFirst(transaction, key, nowMs)) return;
      putInvocation(transaction, invocation, nowMs);
    });
    void this.#work();
  }

  /** Goes on with what an earlier run of the server accepted. */
  async start(): Promise<void> {
    const { store, clock } = this.#options;
    while (await store.transaction((transaction) => moveEarlier(transaction, clock.now())));
    await this.#work();
  }

  /** Takes no further work and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelWake();
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  /** There may be something due. One look at a time: what it saw waiting cannot be begun by another meanwhile. */
  #work(): Promise<void> {
    this.#again = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#again && !this.#stopped) void this.#work();
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#beginDue();
      }
    } catch (error) {
      this.#again = false; // not before the pause is over
      this.#storeRefused(error);
    }
  }

  async #beginDue(): Promise<void> {
    if (this.#lanes.free === 0) return; // the end of an attempt looks again
    const { store, clock } = this.#options;
    const underWay = {
      count: (lane: FunctionLane) => this.#lanes.underWay(lane),
      has: (requestId: string) => this.#running.has(requestId),
    };
    const { ready, nextMs } = await store.read((reading) =>
      readyAttempts(reading, clock.now(), this.#lanes.lookAt, underWay),
    );
    if (this.#stopped) return;
    const counts = this.#lanes.share(ready.map(({ lane, due }) => ({ lane, due: due.length })));
    for (const [index, { due }] of ready.entries())
      for (const attempt of due.slice(0, counts[index])) this.#begin(attempt);
    if (nextMs !== undefined) this.#wakeAt(nextMs);
  }

  #wakeAt(atMs: number): void {
    this.#cancelWake();
    this.#cancelWake = this.#options.clock.wakeAt(atMs, () => void this.#work());
  }

  #storeRefused(error: unknown): void {
    this.#options.report(
      `Asynchronous invocations: ${describe(error)} They are tried again in ${REFUSED_DELAY_MS / 1000} seconds.`,
    );
    if (!this.#stopped) this.#wakeAt(this.#options.clock.now() + REFUSED_DELAY_MS);
  }

  #begin(attempt: DueAttempt): void {
    this.#lanes.began(attempt);
    const leave = (): void => {
      this.#lanes.ended(attempt);
      this.#running.delete(attempt.requestId);
    };
    const ended = this.#attempt(attempt).then(
      () => {
        leave();
        if (!this.#stopped) void this.#work();
      },
      (error: unknown) => {
        leave();
        this.#storeRefused(error);
      },
    );
    this.#running.set(attempt.requestId, ended);
  }

  async #attempt(attempt: DueAttempt): Promise<void> {
    const { store, clock, functions, report } = this.#options;
    const { region, functionName, requestId } = attempt;
    const beganAtMs = clock.now();
    const { record, invocation } = await store.read((reading) => ({
      record: getFunction(reading, region, functionName),
      invocation: invocationOf(reading, requestId),
    }));
    if (!record || !invocation) return this.#giveUp(attempt, 'the function is gone', beganAtMs);
    const { payload, step, simulated, clientContext } = invocation;
    let failed: boolean;
    try {
      const result = await functions().invoke({
        configuration: configurationOf(record),
        payload,
        requestId,
        ...(step && { step }),
        ...(simulated !== undefined && { simulated }),
        ...(clientContext !== undefined && { clientContext }),
      });
      failed = result.functionError !== undefined;
    } catch (error) {
      // It did not run: the server is stopping, its role cannot be assumed, no process starts. It is not held against it.
      report(`Invocation ${requestId} of ${functionName} could not start: ${describe(error)}`);
      return this.#postpone(attempt, attempt.attempts, REFUSED_DELAY_MS, beganAtMs);
    }
    if (!failed) return this.#change((transaction) => forget(transaction, attempt, this.#since(beganAtMs)));
    const delayMs = RETRY_DELAYS_MS[attempt.attempts];
    if (delayMs === undefined)
      return this.#giveUp(attempt, `it failed ${attempt.attempts + 1} times`, beganAtMs);
    return this.#postpone(attempt, attempt.attempts + 1, delayMs, beganAtMs);
  }

  async #postpone(attempt: DueAttempt, attempts: number, delayMs: number, beganAtMs: number): Promise<void> {
    const ended = this.#since(beganAtMs);
    const dueAtMs = ended.nowMs + delayMs;
    if (dueAtMs > attempt.acceptedAtMs + AGE_MAX_MS)
      return this.#giveUp(attempt, 'it is older than six hours', beganAtMs);
    return this.#change((transaction) => postpone(transaction, attempt, { attempts, dueAtMs }, ended));
  }

  #giveUp(attempt: DueAttempt, reason: string, beganAtMs: number): Promise<void> {
    this.#options.report(
      `Invocation ${attempt.requestId} of ${attempt.functionName} was given up: ${reason}.`,
    );
    return this.#change((transaction) => forget(transaction, attempt, this.#since(beganAtMs)));
  }

  #since(beganAtMs: number): { nowMs: number; tookMs: number } {
    const nowMs = this.#options.clock.now();
    return { nowMs, tookMs: Math.max(0, nowMs - beganAtMs) }; // a clock that was set back takes nothing away
  }

  async #change(work: (transaction: AccountTransaction) => unknown): Promise<void> {
    await this.#options.store.transaction((transaction) => void work(transaction));
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
