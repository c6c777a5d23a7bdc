import type { Lane, LaneShare, ReadyLane } from '../ports/event-store.ts';

/** Attempts at a time. Most of that time they only wait for an answer. */
const ATTEMPTS_MAX = 128;
/** Of one lane. */
const ATTEMPTS_PER_LANE_MAX = 16;

/**
 * Shares the attempts that may be made at a time among lanes: the deliveries of one target of one rule.
 *
 * L1 A lane gets another attempt only while it has fewer under way than are left free. So n lanes that never let go keep
 *    n/(n+1) of all at most, and as long as there are fewer of them than attempts, one is free for a lane that has none.
 * L2 Who has fewest under way comes first, of those the one that has waited longest since its last turn, however long
 *    any backlog is.
 */
export class Lanes {
  readonly #underWay = new Map<string, number>();
  #free = ATTEMPTS_MAX;

  get free(): number {
    return this.#free;
  }

  /** How many ready lanes must be looked at to find work for all that are free: one with nothing under way is never held back. */
  get lookAt(): { lanes: number; deliveries: number } {
    return {
      lanes: this.#free + this.#underWay.size,
      deliveries: Math.min(this.#free, ATTEMPTS_PER_LANE_MAX),
    };
  }

  began(lane: Lane): void {
    const key = keyOf(lane);
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1);
    this.#free -= 1;
  }

  ended(lane: Lane): void {
    const key = keyOf(lane);
    const left = (this.#underWay.get(key) ?? 1) - 1;
    if (left > 0) this.#underWay.set(key, left);
    else this.#underWay.delete(key); // so that the map does not grow with every schedule
    this.#free += 1;
  }

  /** @param ready  in the order in which they have waited, the longest first */
  share(ready: readonly ReadyLane[]): LaneShare[] {
    const shares = ready.map(({ ruleArn, targetId }) => ({ ruleArn, targetId, deliveries: 0 }));
    const underWay = ready.map((lane) => this.#underWay.get(keyOf(lane)) ?? 0);
    let free = this.#free;
    for (let level = 0; level < ATTEMPTS_PER_LANE_MAX; level += 1)
      for (const [index, share] of shares.entries()) {
        const hasMore = share.deliveries < ready[index]!.due; // a share for each that is ready
        const isItsTurn = hasMore && underWay[index]! + share.deliveries === level;
        if (!isItsTurn || level >= free) continue;
        share.deliveries += 1;
        free -= 1;
      }
    return shares.filter(({ deliveries }) => deliveries > 0);
  }
}

function keyOf({ ruleArn, targetId }: Lane): string {
  return `${ruleArn} ${targetId}`; // an ARN of a rule has no space
}
