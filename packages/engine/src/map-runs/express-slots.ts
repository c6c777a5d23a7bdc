/** How many express children all Map Runs of this host run at a time: each of them is held in memory. */
export class ExpressSlots {
  readonly #max: number;
  readonly #waiting = new Set<() => void>();
  #takenCount = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get free(): number {
    return Math.max(0, this.#max - this.#takenCount);
  }

  take(): void {
    this.#takenCount += 1;
  }

  /** Whoever has waited longest is woken. */
  release(): void {
    this.#takenCount -= 1;
    this.offer();
  }

  /** @param wake  called once when there is room */
  await(wake: () => void): void {
    this.#waiting.add(wake);
  }

  leave(wake: () => void): void {
    this.#waiting.delete(wake);
  }

  /** Somebody has taken what it needed: room that is left is the next one's. */
  offer(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.free === 0) return;
    this.#waiting.delete(next);
    next();
  }
}
