/** Turns at holding an object in memory, of which only so many may be held: whoever has waited longest comes next. */
export class HeldObjects {
  readonly #max: number;
  readonly #waiting = new Set<() => void>();
  #heldCount = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Waits for a turn. Whoever holds one must not wait for another.
   * @returns ends the turn; to be called once
   * @throws the signal's reason; there is no turn to end then
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#heldCount < this.#max) this.#heldCount += 1;
    else await this.#turn(signal);
    return () => this.#release();
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const left = () => {
        this.#waiting.delete(begin);
        reject(signal.reason as Error);
      };
      const begin = () => {
        signal.removeEventListener('abort', left);
        resolve();
      };
      this.#waiting.add(begin);
      signal.addEventListener('abort', left, { once: true });
    });
  }

  /** The turn passes on, or is free. */
  #release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#heldCount -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
