import type { CommitResult, Store, Transition } from '../ports/store.ts';

interface Queued {
  chain: readonly Transition[];
  applied: (transition: Transition) => void;
  resolve: (results: CommitResult[]) => void;
  reject: (reason: unknown) => void;
}

/**
 * Gathers what becomes ready in one turn of the event loop into one commit. While a commit is under way the next
 * one gathers.
 */
export class CommitGroup {
  readonly #store: Store;
  #queue: Queued[] = [];
  #isUnderWay = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * @param chain transitions of one execution, each building on the one before
   * @param applied called for each that is on disk, in the order of commit, before the promise resolves
   */
  add(chain: readonly Transition[], applied: (transition: Transition) => void): Promise<CommitResult[]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ chain, applied, resolve, reject });
      if (this.#isUnderWay) return;
      this.#isUnderWay = true;
      setImmediate(() => void this.#commitAll());
    });
  }

  async #commitAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      await this.#commit(group);
    }
    this.#isUnderWay = false;
  }

  async #commit(group: Queued[]): Promise<void> {
    try {
      const results = await this.#store.commit(group.flatMap(({ chain }) => chain));
      let start = 0;
      for (const { chain, applied, resolve } of group) {
        const own = results.slice(start, start + chain.length);
        start += chain.length;
        chain.forEach((transition, index) => {
          if (own[index] === 'applied') applied(transition);
        });
        resolve(own);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
