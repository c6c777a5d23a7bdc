import type { Clock } from '../ports/clock.ts';

interface Worker {
  isOver: boolean;
  /** Something may have come since it last looked. */
  mayLook: boolean;
  /** Ends the sleep it is in, if it is. */
  wake: () => void;
}

/** One worker's wait for a task. */
export interface WorkersWait {
  readonly isOver: boolean;
  /**
   * Sleeps until there may be a task for this worker; the first time it may be at once.
   * @returns false when its time is up, it has gone, or the host closes
   */
  turn(): Promise<boolean>;
  leave(): void;
}

/** Workers that wait for tasks, queue by queue: only the one that has waited longest looks for a task. */
export class WaitingWorkers {
  readonly #clock: Clock;
  readonly #queues = new Map<string, Worker[]>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  join(queue: string, untilMs: number, signal: AbortSignal | undefined): WorkersWait {
    const workers = this.#queues.get(queue) ?? [];
    const worker: Worker = {
      isOver: this.#isClosed || signal?.aborted === true,
      mayLook: workers.length === 0,
      wake: () => {},
    };
    this.#queues.set(queue, workers);
    workers.push(worker);
    const end = () => {
      worker.isOver = true;
      worker.wake();
    };
    const disarm = this.#clock.wakeAt(untilMs, end);
    signal?.addEventListener('abort', end, { once: true });
    return {
      get isOver() {
        return worker.isOver;
      },
      turn: async () => {
        if (!worker.mayLook && !worker.isOver)
          await new Promise<void>((resolve) => {
            worker.wake = resolve;
          });
        worker.mayLook = false;
        return !worker.isOver;
      },
      leave: () => {
        disarm();
        signal?.removeEventListener('abort', end);
        workers.splice(workers.indexOf(worker), 1);
        if (workers.length === 0) this.#queues.delete(queue);
        else this.wake(queue); // the next one looks: there may be more than the one task
      },
    };
  }

  wake(queue: string): void {
    const first = this.#queues.get(queue)?.[0];
    if (!first) return;
    first.mayLook = true;
    first.wake();
  }

  close(): void {
    this.#isClosed = true;
    for (const workers of this.#queues.values())
      for (const worker of workers) {
        worker.isOver = true;
        worker.wake();
      }
  }
}
