import { appendLogEvents, type AccountStore, type AccountTransaction } from '@riposte/account';
import type { LogSink } from '@riposte/functions';
import { problemLine } from '../pipeline/problem-line.ts';

type Batch = Parameters<LogSink['append']>[0];

/** Log lines held back at most, while the store is busy or failing; what comes after is counted and dropped. */
const HELD_EVENTS_MAX = 100_000;

/** Writes log lines to the account, all that came in one turn of the event loop in one transaction. */
export class BatchedLogSink implements LogSink {
  readonly #store: AccountStore;
  readonly #report: (line: string) => void;
  #held: Batch[] = [];
  #heldEvents = 0;
  #dropped = 0;
  #flushing: Promise<void> | undefined;

  constructor(store: AccountStore, report: (line: string) => void) {
    this.#store = store;
    this.#report = report;
  }

  append(input: Batch): void {
    if (input.events.length === 0) return;
    if (this.#heldEvents + input.events.length > HELD_EVENTS_MAX) this.#dropped += input.events.length;
    else {
      this.#held.push(input);
      this.#heldEvents += input.events.length;
    }
    this.#flushing ??= this.#drain();
  }

  /** Resolves when everything that was appended is on disk. */
  async flush(): Promise<void> {
    await this.#flushing;
  }

  async #drain(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)); // more lines of the same turn join in
    while (this.#held.length > 0) {
      const batches = this.#held;
      this.#held = [];
      this.#heldEvents = 0;
      try {
        await this.#store.transaction((transaction) => writeBatches(transaction, batches));
      } catch (error) {
        this.#report(problemLine(`${batches.length} batches of log lines were lost`, error));
      }
    }
    if (this.#dropped > 0) this.#report(`${this.#dropped} log lines were dropped: too many at once`);
    this.#dropped = 0;
    this.#flushing = undefined;
  }
}

function writeBatches(transaction: AccountTransaction, batches: readonly Batch[]): void {
  for (const batch of batches) appendLogEvents(transaction, batch);
}
