import {
  receiveMessages,
  type AccountStore,
  type CallContext,
  type ReceiveMessageInput,
} from '@riposte/account';
import type { Clock } from '@riposte/engine';

/**
 * Receives messages, waiting for some where the request or the queue asks for it. Nothing polls: a wait ends when a
 * commit changed the queue, when a hidden message becomes visible, at the request's end, or when its caller has gone.
 */
export class QueueReceiver {
  readonly #store: AccountStore;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();

  constructor(store: AccountStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @throws ServiceError as `receiveMessages` */
  async receive(
    context: CallContext,
    input: ReceiveMessageInput,
    callerGone?: AbortSignal,
  ): Promise<{ Messages?: object[] }> {
    const startedMs = this.#clock.now();
    const ended = AbortSignal.any([this.#stopped.signal, ...(callerGone ? [callerGone] : [])]);
    const watch = new QueueWatch(this.#store);
    try {
      for (;;) {
        watch.forget();
        const nowMs = this.#clock.now();
        const { queue, output, waitMs, nextVisibleMs } = await this.#store.transaction((transaction) =>
          receiveMessages(transaction, { ...context, nowMs }, input),
        );
        const untilMs = startedMs + waitMs;
        if (output.Messages || this.#clock.now() >= untilMs || ended.aborted) return output;
        await this.#change(watch, queue, Math.min(untilMs, nextVisibleMs ?? untilMs), ended);
      }
    } finally {
      watch.close();
    }
  }

  /** Requests that wait are answered with nothing, now and from here on. */
  stop(): void {
    this.#stopped.abort();
  }

  async #change(watch: QueueWatch, queue: string, atMs: number, ended: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.wakeAt(atMs, resolve);
    ended.addEventListener('abort', () => resolve());
    watch.once(queue, resolve);
    await promise;
    cancel();
  }
}

/** Remembers which queues changed, so that nothing is missed between a look and the wait after it. */
class QueueWatch {
  readonly #changed = new Set<string>();
  readonly #end: () => void;
  #waiting: { queue: string; wake: () => void } | undefined;

  constructor(store: AccountStore) {
    this.#end = store.onMessages((queue) => {
      this.#changed.add(queue);
      if (this.#waiting?.queue === queue) this.#waiting.wake();
    });
  }

  forget(): void {
    this.#changed.clear();
    this.#waiting = undefined;
  }

  once(queue: string, wake: () => void): void {
    if (this.#changed.has(queue)) wake();
    else this.#waiting = { queue, wake };
  }

  close(): void {
    this.#end();
  }
}
