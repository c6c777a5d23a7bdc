import { appendToLogGroup, type AccountStore, type AccountTransaction } from '@riposte/account';
import type { Clock, ExecutionLogBatch, ExecutionLogs } from '@riposte/engine';
import { HeldBatches } from './held-batches.ts';

/** The highest sequence whose batches are in their log groups: type `logs:taken`, id `states`. */
interface Taken {
  sequence: number;
}

/**
 * Records of executions into their log groups. Those of standard executions come with a sequence, which is kept in the
 * transaction that writes them: what is told again after a crash is known by it.
 */
export class ExecutionLogSink implements ExecutionLogs {
  readonly #store: AccountStore;
  readonly #clock: Clock;
  readonly #held: HeldBatches<ExecutionLogBatch>;

  constructor(store: AccountStore, clock: Clock, report: (line: string) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#held = new HeldBatches({
      store,
      write: (transaction, batch) => this.#write(transaction, batch),
      what: 'records of express executions',
      report,
    });
  }

  write(batches: readonly ExecutionLogBatch[]): Promise<void> {
    return this.#store.transaction((transaction) => {
      const taken = transaction.get<Taken>('logs:taken', 'states')?.sequence ?? 0;
      const fresh = batches.filter(({ sequence = Infinity }) => sequence > taken);
      for (const batch of fresh) this.#write(transaction, batch);
      const sequence = Math.max(taken, ...fresh.map((batch) => batch.sequence ?? 0));
      if (sequence > taken) transaction.put('logs:taken', 'states', { sequence } satisfies Taken);
    });
  }

  append(batch: ExecutionLogBatch): void {
    this.#held.append(batch);
  }

  /** Resolves when everything that was appended is on disk. */
  flush(): Promise<void> {
    return this.#held.flush();
  }

  #write(transaction: AccountTransaction, { logGroupArn, logStreamName, events }: ExecutionLogBatch): void {
    const [, , , region = '', , , logGroup = ''] = logGroupArn.split(':');
    appendToLogGroup(transaction, { region, logGroup, logStream: logStreamName, events }, this.#clock.now());
  }
}
