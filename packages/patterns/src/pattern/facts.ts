import type { FieldCondition } from './compile.ts';
import type { FlatEvent, Leaf } from './flatten.ts';
import type { Work } from './work.ts';

/** What is known of one event and the conditions of one pattern: each is asked once, in however many combinations. */
export class Facts {
  readonly flat: FlatEvent;
  readonly work: Work;
  readonly #holds = new Map<FieldCondition, boolean | 'maybe'>();

  constructor(flat: FlatEvent, work: Work) {
    this.flat = flat;
    this.work = work;
  }

  /** Whether a condition holds whatever the others want; `maybe` where it depends on elements of lists. */
  holds(condition: FieldCondition): boolean | 'maybe' {
    const known = this.#holds.get(condition);
    if (known !== undefined) return known;
    const holds = this.#ask(condition);
    this.#holds.set(condition, holds);
    return holds;
  }

  /** Whether it holds for one of some leaves. */
  holdsAmong(condition: FieldCondition, leaves: readonly Leaf[]): boolean {
    const { anyOf } = condition;
    return leaves.some(({ value }) => {
      this.work.spend(anyOf.costOf(value));
      return anyOf.accepts(value, this.flat.addresses);
    });
  }

  #ask(condition: FieldCondition): boolean | 'maybe' {
    const leaves = this.flat.leaves.get(condition.path);
    if (!leaves) return condition.absenceAllowed;
    const isInLists = this.flat.isInLists(condition.path);
    if (isInLists && condition.absenceAllowed) return 'maybe';
    return this.holdsAmong(condition, leaves) && (isInLists ? 'maybe' : true);
  }
}
