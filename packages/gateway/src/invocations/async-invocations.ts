import type { AccountStore, AccountTransaction } from '@riposte/account';
import { ServiceError, type Clock, type StepReference } from '@riposte/engine';
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

const TYPE = 'lambda:async-invocation';

/** Two more attempts after one that failed, the first after a minute, the second after two. @see Lambda's guide, "Asynchronous invocation" */
const RETRY_DELAYS_MS = [60_000, 120_000];
/** An event that could not be handed to a process is kept this long. */
const AGE_MAX_MS = 6 * 3_600_000;
/** How long a function that cannot be started now is left alone. */
const REFUSED_DELAY_MS = 5_000;

/**
 * Invocations that nobody waits for. An accepted one is on disk before it is answered, and stays there until the
 * function has answered, has failed for the last time, or it is too old. A crash repeats the attempt under way.
 */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #running = new Map<string, Promise<void>>();
  #cancelWake = () => {};
  #stopped = false;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
  }

  /** Resolves once it is on disk; the function runs after that. */
  async accept(invocation: AsyncInvocation): Promise<void> {
    const nowMs = this.#options.clock.now();
    const kept: Kept = { ...invocation, acceptedAtMs: nowMs, attempts: 0, dueAtMs: nowMs };
    await this.#options.store.transaction((transaction) => transaction.put(TYPE, idOf(kept), kept));
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
    const { store, clock, report } = this.#options;
    try {
      const all = await store.transaction((transaction) => transaction.list<Kept>(TYPE));
      if (this.#stopped) return;
      const waiting = all.filter((kept) => !this.#running.has(idOf(kept)));
      const [due, later] = [
        waiting.filter((kept) => kept.dueAtMs <= clock.now()),
        waiting.filter((kept) => kept.dueAtMs > clock.now()),
      ];
      for (const kept of due) this.#begin(kept);
      this.#cancelWake();
      const next = Math.min(...later.map(({ dueAtMs }) => dueAtMs));
      if (later.length > 0) this.#cancelWake = clock.wakeAt(next, () => void this.#work());
    } catch (error) {
      report(
        `Asynchronous invocations: ${describe(error)} They are tried again with the next one, or at the next start.`,
      );
    }
  }

  #begin(kept: Kept): void {
    const id = idOf(kept);
    const ended = this.#attempt(kept)
      .catch((error: unknown) => this.#options.report(`Invocation ${kept.requestId}: ${describe(error)}`))
      .finally(() => {
        this.#running.delete(id);
        if (!this.#stopped) void this.#work();
      });
    this.#running.set(id, ended);
  }

  async #attempt(kept: Kept): Promise<void> {
    const { store, functions, report } = this.#options;
    const { region, functionName, payload, requestId, step, simulated, clientContext } = kept;
    const record = await store.transaction((transaction) => getFunction(transaction, region, functionName));
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
      // It did not run: the server is stopping, or its role cannot be assumed. It is not held against it.
      if (!(error instanceof ServiceError)) throw error;
      report(`Invocation ${requestId} of ${functionName} could not start: ${error.message}`);
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
    return this.#change((transaction) => transaction.put(TYPE, idOf(kept), { ...kept, attempts, dueAtMs }));
  }

  #giveUp(kept: Kept, reason: string): Promise<void> {
    this.#options.report(`Invocation ${kept.requestId} of ${kept.functionName} was given up: ${reason}.`);
    return this.#change((transaction) => transaction.delete(TYPE, idOf(kept)));
  }

  async #change(work: (transaction: AccountTransaction) => unknown): Promise<void> {
    await this.#options.store.transaction((transaction) => void work(transaction));
  }
}

/** In order of acceptance. */
function idOf({ acceptedAtMs, requestId }: Kept): string {
  return `${String(acceptedAtMs).padStart(15, '0')}/${requestId}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
