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
  #isTelling = false;
  #isWoken = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** There may be something to tell. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#isTelling) void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    while (this.#isWoken) {
      this.#isWoken = false;
      await this.#options.retries.untilDone(() => this.#tellOnce());
    }
    this.#isTelling = false;
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
