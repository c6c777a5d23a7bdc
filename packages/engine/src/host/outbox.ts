import type { Notice, NoticeKind, Store } from '../ports/store.ts';
import type { Retries } from './retries.ts';

const NOTICES_PER_ROUND = 500;

export interface OutboxOptions {
  store: Store;
  retries: Retries;
  kind: NoticeKind;
  /** Resolves when these are on disk where they go. What rejects is taken out again, and so is what a crash cut off. */
  take: (notices: readonly Notice[]) => Promise<void>;
}

/** Brings notices of one kind to where they go: in their order, each at least once, also after a crash. */
export class Outbox {
  readonly #options: OutboxOptions;
  #telling: Promise<void> | undefined;
  #isWoken = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** There may be something to tell. */
  wake(): void {
    this.#isWoken = true;
    this.#telling ??= this.#tellAll();
  }

  /** Resolves when nothing is left to tell, or after the end of the host. */
  async emptied(): Promise<void> {
    this.wake();
    await this.#telling;
  }

  async #tellAll(): Promise<void> {
    while (this.#isWoken) {
      this.#isWoken = false;
      await this.#options.retries.untilDone(() => this.#tellOnce());
    }
    this.#telling = undefined;
  }

  async #tellOnce(): Promise<void> {
    const { store, kind, take } = this.#options;
    for (;;) {
      const notices = await store.notices(kind, NOTICES_PER_ROUND);
      const last = notices.at(-1);
      if (!last) return;
      await take(notices);
      await store.forgetNotices(kind, last.sequence);
    }
  }
}
