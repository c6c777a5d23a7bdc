/** A node of a list looked at. The unit is a value compared, some 30 ns. */
export const NODE_COST = 8;

/** For each list that a state has chosen an element of, where it is more than one: such states are what multiplies. */
export const CHOICE_COST = 64;

/** A text costs one unit for so many characters, and for each matcher that reads it to its end. */
export const CHARACTERS_OF_A_UNIT = 64;

/**
 * What one pattern may spend on one event beyond what grows with the length of its lists, over all its combinations of
 * `$or` together. Only an event and a pattern made to hurt need as much; such a pattern is given up, and does not match.
 */
export const PATTERN_WORK_MAX = 24_000_000;

/** Of that, what elements of lists that multiply may cost. */
const CHOICES_WORK_MAX = 8_000_000;

/** What they may cost all patterns of an index together on one event. */
export const EVENT_WORK_MAX = 24_000_000;

/** What each pattern has for itself, whatever others spend and however its lists multiply. */
const MODEST_WORK = 10_000;

/** Thrown where an allowance is used up. */
export class WorkExceeded extends Error {}

/** An allowance of units of work. */
export class Work {
  readonly #max: number;
  readonly #shared: Work | undefined;
  #granted = MODEST_WORK;
  #choices = 0;
  #counted = 0;
  #spent = 0;

  /** @param shared  several patterns share it: what lists that multiply cost comes out of both */
  constructor(max: number, shared?: Work) {
    this.#max = max;
    this.#shared = shared;
  }

  /** All of it, also what was granted. */
  get spent(): number {
    return this.#spent;
  }

  /** More for choices: what they cost where no lists multiply. A pattern need not share that, and it has no limit. */
  grant(units: number): void {
    this.#granted += units;
  }

  /**
   * On what a pattern does once for each value.
   * @throws WorkExceeded
   */
  spend(units: number): void {
    this.#spent += units;
    this.#counted += units;
    if (this.#counted > this.#max) throw new WorkExceeded();
  }

  /**
   * On choosing elements of lists.
   * @throws WorkExceeded
   */
  spendOnChoices(units: number): void {
    if (units <= this.#granted) {
      this.#granted -= units;
      this.#spent += units;
      return;
    }
    const beyond = units - this.#granted;
    this.#spent += this.#granted;
    this.#granted = 0;
    this.spend(beyond);
    this.#choices += beyond;
    if (this.#choices > CHOICES_WORK_MAX) throw new WorkExceeded();
    this.#shared?.spend(beyond);
  }
}
