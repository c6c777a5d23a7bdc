/**
 * What one pattern may spend on one event, over all its combinations of `$or` together. A unit is a value compared (a
 * long text counts for several); a node of a list looked at is `NODE_COST`. Only an event and a pattern made to hurt
 * need as much; such a pattern is given up, and does not match.
 */
export const PATTERN_WORK_MAX = 12_000_000;

/** What all patterns of an index may spend together on one event, beyond `MODEST_WORK_MAX` that each has for itself. */
export const EVENT_WORK_MAX = 24_000_000;

/** What each pattern of an index has for itself: ordinary patterns match whatever others spend. */
export const MODEST_WORK_MAX = 10_000;

export const NODE_COST = 8;

/** For each list that a state has chosen an element of, where it is more than one: such states are what multiplies. */
export const CHOICE_COST = 64;

/** Thrown where an allowance is used up. */
export class WorkExceeded extends Error {}

/** An allowance of units of work. */
export class Work {
  readonly #max: number;
  readonly #shared: Work | undefined;
  #spent = 0;

  /** @param shared  spent from too: several patterns share it */
  constructor(max: number, shared?: Work) {
    this.#max = max;
    this.#shared = shared;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws WorkExceeded */
  spend(units: number): void {
    this.#spent += units;
    if (this.#spent > this.#max) throw new WorkExceeded();
    this.#shared?.spend(units);
  }
}
