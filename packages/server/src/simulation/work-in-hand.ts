/** Counts calls that were made and have not been answered, so that simulated time waits for them. */
export class WorkInHand {
  readonly #open = new Map<string, number>();

  get isNone(): boolean {
    return this.#open.size === 0;
  }

  /** For people: what is being waited for. */
  describe(): string {
    return [...this.#open.keys()].join(', ');
  }

  /** The same object, with every promise that its methods return counted until it settles. */
  watch<T extends object>(name: string, port: T): T {
    return new Proxy(port, {
      get: (target, member) => {
        const value: unknown = Reflect.get(target, member);
        if (typeof value !== 'function') return value;
        return (...words: unknown[]) => {
          const answer: unknown = Reflect.apply(value, target, words);
          if (answer instanceof Promise) void this.#count(`${name}.${String(member)}`, answer);
          return answer;
        };
      },
    });
  }

  async #count(what: string, answer: Promise<unknown>): Promise<void> {
    this.#open.set(what, (this.#open.get(what) ?? 0) + 1);
    await Promise.allSettled([answer]);
    const left = (this.#open.get(what) ?? 1) - 1;
    if (left === 0) this.#open.delete(what);
    else this.#open.set(what, left);
  }
}
