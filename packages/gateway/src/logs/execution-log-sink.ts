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
      write: (transaction, batches) => this.#writeAll(transaction, batches),
      what: 'records of express executions',
      report,
    });
  }

  write(batches: readonly ExecutionLogBatch[]): Promise<void> {
    return this.#store.transaction((transaction) => {
      const taken = transaction.get<Taken>('logs:taken', 'states')?.sequence ?? 0;
      const fresh = batches.filter(({ sequence = Infinity }) => sequence > taken);
      this.#writeAll(transaction, fresh);
      const sequence = fresh.reduce((highest, batch) => Math.max(highest, batch.sequence ?? 0), taken);
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

  /** What goes to one stream goes there at once: hundreds of short executions cost one look at group and stream. */
  #writeAll(transaction: AccountTransaction, batches: readonly ExecutionLogBatch[]): void {
    const nowMs = this.#clock.now();
    const byStream = Map.groupBy(
      batches,
      ({ logGroupArn, logStreamName }) => `${logGroupArn} ${logStreamName}`,
    );
    for (const own of byStream.values()) {
      const { logGroupArn, logStreamName } = own[0]!; // a group has at least one
      const [, , , region = '', , , logGroup = ''] = logGroupArn.split(':');
      const events = own.flatMap((batch) => batch.events);
      appendToLogGroup(transaction, { region, logGroup, logStream: logStreamName, events }, nowMs);
    }
  }
}
