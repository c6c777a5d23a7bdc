import type { AccountStore, AccountTransaction } from '@riposte/account';
import { problemLine } from '../pipeline/problem-line.ts';

/** Log lines held back at most, while the store is busy or failing; what comes after is counted and dropped. */
const HELD_EVENTS_MAX = 100_000;

export interface HeldBatchesOptions<Batch> {
  store: AccountStore;
  write: (transaction: AccountTransaction, batches: readonly Batch[]) => void;
  /** What the lines are, for the operator: `log lines of functions`. */
  what: string;
  report: (line: string) => void;
}

/** Log lines that nobody waits for: all that came in one turn of the event loop are written in one transaction. */
export class HeldBatches<Batch extends { events: readonly unknown[] }> {
  readonly #options: HeldBatchesOptions<Batch>;
  #held: Batch[] = [];
  #heldEvents = 0;
  #dropped = 0;
  #flushing: Promise<void> | undefined;

  constructor(options: HeldBatchesOptions<Batch>) {
    this.#options = options;
  }

  append(batch: Batch): void {
    if (batch.events.length === 0) return;
    if (this.#heldEvents + batch.events.length > HELD_EVENTS_MAX) this.#dropped += batch.events.length;
    else {
      this.#held.push(batch);
      this.#heldEvents += batch.events.length;
    }
    this.#flushing ??= this.#drain();
  }

  /** Resolves when everything that was appended is on disk. */
  async flush(): Promise<void> {
    await this.#flushing;
  }

  async #drain(): Promise<void> {
    const { store, write, what, report } = this.#options;
    await new Promise((resolve) => setImmediate(resolve)); // more lines of the same turn join in
    while (this.#held.length > 0) {
      const batches = this.#held;
      this.#held = [];
      this.#heldEvents = 0;
      try {
        await store.transaction((transaction) => write(transaction, batches));
      } catch (error) {
        report(problemLine(`${batches.length} batches of ${what} were lost`, error));
      }
    }
    if (this.#dropped > 0) report(`${this.#dropped} ${what} were dropped: too many at once`);
    this.#dropped = 0;
    this.#flushing = undefined;
  }
}
