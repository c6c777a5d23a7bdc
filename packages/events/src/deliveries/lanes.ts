/** How many attempts may be under way at a time. */
interface LaneLimits {
  attempts: number;
  perLane: number;
  /** Of them all, those that only a lane with nothing under way may take. */
  forFirst: number;
}

/**
 * Shares the attempts that may be made at a time among lanes: what waits behind one another, as the deliveries of one
 * target of one rule do.
 *
 * L1 A lane gets another attempt only while it has fewer under way than are left free beyond those for first ones. So
 *    lanes that never let go leave one free for a lane that has none, in whatever order they come, as long as there are
 *    no more of them than attempts for first ones. Without those the first lane would take half of all, the next half
 *    of the rest, and a few that come one after another everything.
 * L2 Who has fewest under way comes first, of those the one that has waited longest since its last turn, however long
 *    any backlog is.
 */
export class Lanes<Lane> {
  readonly #limits: LaneLimits;
  readonly #keyOf: (lane: Lane) => string;
  readonly #underWay = new Map<string, number>();
  #free: number;

  /** @param keyOf  the same for the same lane, and for no other */
  constructor(limits: LaneLimits, keyOf: (lane: Lane) => string) {
    this.#limits = limits;
    this.#keyOf = keyOf;
    this.#free = limits.attempts;
  }

  get free(): number {
    return this.#free;
  }

  /** How many ready lanes must be looked at to find work for all that are free: one with nothing under way is never held back. */
  get lookAt(): { lanes: number; perLane: number } {
    return {
      lanes: this.#free + this.#underWay.size,
      perLane: Math.min(this.#free, this.#limits.perLane),
    };
  }

  underWay(lane: Lane): number {
    return this.#underWay.get(this.#keyOf(lane)) ?? 0;
  }

  began(lane: Lane): void {
    this.#underWay.set(this.#keyOf(lane), this.underWay(lane) + 1);
    this.#free -= 1;
  }

  ended(lane: Lane): void {
    const left = this.underWay(lane) - 1;
    if (left > 0) this.#underWay.set(this.#keyOf(lane), left);
    else this.#underWay.delete(this.#keyOf(lane)); // so that the map does not grow with every schedule
    this.#free += 1;
  }

  /**
   * @param ready  in the order in which they have waited, the longest first, each with how much of it is due
   * @returns how many attempts each gets, in the same order
   */
  share(ready: readonly { lane: Lane; due: number }[]): number[] {
    const shares = ready.map(({ lane, due }) => ({ underWay: this.underWay(lane), due, given: 0 }));
    let free = this.#free;
    for (let level = 0; level < this.#limits.perLane; level += 1)
      for (const share of shares) {
        const isItsTurn = share.given < share.due && share.underWay + share.given === level;
        const open = level === 0 ? free : free - this.#limits.forFirst;
        if (!isItsTurn || level >= open) continue;
        share.given += 1;
        free -= 1;
      }
    return shares.map(({ given }) => given);
  }
}
