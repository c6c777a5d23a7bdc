import type { AccountStore, AccountTransaction } from '@riposte/account';
import type { Clock, StepReference } from '@riposte/engine';
import type { FunctionHost } from '@riposte/functions';
import { getFunction } from '../operations/function-registry.ts';
import { configurationOf } from './configuration.ts';

/** An invocation of type Event: answered before it runs. */
export interface AsyncInvocation {
  region: string;
  functionName: string;
  /** JSON text. */
  payload: string;
  /** The same for every attempt, as on AWS. */
  requestId: string;
  step?: StepReference;
  simulated?: boolean;
  clientContext?: string;
}

interface Kept extends AsyncInvocation {
  acceptedAtMs: number;
  /** Attempts that ended. */
  attempts: number;
  dueAtMs: number;
}

interface AsyncInvocationsOptions {
  store: AccountStore;
  clock: Clock;
  functions: () => FunctionHost;
  report(line: string): void;
}

/** Kept by due time. */
const TYPE = 'lambda:async-invocation';
/** Keys of accepted work, by key, and the same by the time of acceptance, so that old ones are found. */
const ACCEPTED_TYPE = 'lambda:async-invocation-accepted';
const ACCEPTED_BY_TIME_TYPE = 'lambda:async-invocation-accepted-by-time';

const CONCURRENT_MAX = 32;
/** Two more attempts after one that failed, the first after a minute, the second after two. @see Lambda's guide, "Asynchronous invocation" */
const RETRY_DELAYS_MS = [60_000, 120_000];
/** An event that could not be handed to a process is kept this long. */
const AGE_MAX_MS = 6 * 3_600_000;
/** How long a function that cannot be started now is left alone, and a store that refuses. */
const REFUSED_DELAY_MS = 5_000;
/** Longer than anybody repeats a request: a key is asked for again only after a crash in the middle of the call. */
const KEY_AGE_MAX_MS = 14 * 86_400_000;
/** Old keys that one acceptance takes away: more than it adds. */
const KEYS_FORGOTTEN_MAX = 8;

/**
 * Invocations that nobody waits for. An accepted one is on disk before it is answered, and stays there until the
 * function has answered, has failed for the last time, or it is too old. A crash repeats the attempt under way.
 * The longest due run first, a limited number at a time.
 */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #running = new Map<string, Promise<void>>();
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
    const kept: Kept = { ...invocation, acceptedAtMs: nowMs, attempts: 0, dueAtMs: nowMs };
    await this.#change((transaction) => {
      if (key !== undefined && !isFirst(transaction, key, nowMs)) return;
      transaction.put(TYPE, idOf(kept), kept);
    });
    void this.#work();
  }

  /** Goes on with what an earlier run of the server accepted. */
  async start(): Promise<void> {
    await this.#work();
  }

  /** Takes no further work and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelWake();
    await Promise.all(this.#running.values());
  }

  async #work(): Promise<void> {
    const { store, clock } = this.#options;
    try {
      // at worst all that run come first, and one more tells when there is work again
      const limit = CONCURRENT_MAX + 1 + this.#running.size;
      const first = await store.read((reading) => reading.list<Kept>(TYPE, '', limit));
      // asked after the wait: another turn of this may have begun some of them
      const waiting = first.filter((kept) => !this.#running.has(idOf(kept)));
      if (this.#stopped) return;
      const due = waiting.filter((kept) => kept.dueAtMs <= clock.now());
      for (const kept of due.slice(0, CONCURRENT_MAX - this.#running.size)) this.#begin(kept);
      const next = waiting[due.length];
      if (next) this.#wakeAt(next.dueAtMs);
    } catch (error) {
      this.#storeRefused(error);
    }
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

  #begin(kept: Kept): void {
    const id = idOf(kept);
    const forget = (): void => void this.#running.delete(id);
    const ended = this.#attempt(kept).then(
      () => {
        forget();
        if (!this.#stopped) void this.#work();
      },
      (error: unknown) => {
        forget();
        this.#storeRefused(error);
      },
    );
    this.#running.set(id, ended);
  }

  async #attempt(kept: Kept): Promise<void> {
    const { store, functions, report } = this.#options;
    const { region, functionName, payload, requestId, step, simulated, clientContext } = kept;
    const record = await store.read((reading) => getFunction(reading, region, functionName));
    if (!record) return this.#giveUp(kept, 'the function is gone');
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
      return this.#postpone(kept, kept.attempts, REFUSED_DELAY_MS);
    }
    if (!failed) return this.#change((transaction) => transaction.delete(TYPE, idOf(kept)));
    const delayMs = RETRY_DELAYS_MS[kept.attempts];
    if (delayMs === undefined) return this.#giveUp(kept, `it failed ${kept.attempts + 1} times`);
    return this.#postpone(kept, kept.attempts + 1, delayMs);
  }

  async #postpone(kept: Kept, attempts: number, delayMs: number): Promise<void> {
    const dueAtMs = this.#options.clock.now() + delayMs;
    if (dueAtMs > kept.acceptedAtMs + AGE_MAX_MS) return this.#giveUp(kept, 'it is older than six hours');
    const postponed: Kept = { ...kept, attempts, dueAtMs };
    return this.#change((transaction) => {
      transaction.delete(TYPE, idOf(kept));
      transaction.put(TYPE, idOf(postponed), postponed);
    });
  }

  #giveUp(kept: Kept, reason: string): Promise<void> {
    this.#options.report(`Invocation ${kept.requestId} of ${kept.functionName} was given up: ${reason}.`);
    return this.#change((transaction) => transaction.delete(TYPE, idOf(kept)));
  }

  async #change(work: (transaction: AccountTransaction) => unknown): Promise<void> {
    await this.#options.store.transaction((transaction) => void work(transaction));
  }
}

/** In order of due time. */
function idOf({ dueAtMs, requestId }: Kept): string {
  return `${timeText(dueAtMs)}/${requestId}`;
}

function timeText(ms: number): string {
  return String(ms).padStart(15, '0');
}

interface AcceptedKey {
  key: string;
  acceptedAtMs: number;
}

/** Remembers the key; forgets some that are too old to be asked for. */
function isFirst(transaction: AccountTransaction, key: string, nowMs: number): boolean {
  if (transaction.get(ACCEPTED_TYPE, key)) return false;
  const accepted: AcceptedKey = { key, acceptedAtMs: nowMs };
  transaction.put(ACCEPTED_TYPE, key, accepted);
  transaction.put(ACCEPTED_BY_TIME_TYPE, `${timeText(nowMs)}/${key}`, accepted);
  for (const old of transaction.list<AcceptedKey>(ACCEPTED_BY_TIME_TYPE, '', KEYS_FORGOTTEN_MAX)) {
    if (old.acceptedAtMs > nowMs - KEY_AGE_MAX_MS) break;
    transaction.delete(ACCEPTED_TYPE, old.key);
    transaction.delete(ACCEPTED_BY_TIME_TYPE, `${timeText(old.acceptedAtMs)}/${old.key}`);
  }
  return true;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
