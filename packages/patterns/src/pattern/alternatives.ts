import { foldCase } from './fold-case.ts';
import type { Scalar, ValueMatcher } from './value-matcher.ts';
import { CHARACTERS_OF_A_UNIT } from './work.ts';

/** Folding what may be as long as this costs as much as a few comparisons. */
const FOLDING_COST = 4;

/** Matchers any of which may accept. Literals are looked up together, and so are texts in any case, however many. */
export class Alternatives {
  readonly #literals: ReadonlySet<Scalar>;
  readonly #folded: ReadonlySet<string>;
  /** Of the texts in any case, folded: a value that is longer folds to none of them. */
  readonly #longestFolded: number;
  readonly #others: readonly ValueMatcher[];
  /** Of asking the others about any value. */
  readonly #cost: number;
  /** How many of them read a text to its end. */
  readonly #readers: number;

  constructor(matchers: readonly ValueMatcher[]) {
    this.#literals = new Set(matchers.flatMap(({ key }) => (key.by === 'literal' ? [key.value] : [])));
    const folded = matchers.flatMap(({ key }) => (isFoldedText(key) ? [key.text] : []));
    this.#folded = new Set(folded);
    this.#longestFolded = folded.reduce((longest, { length }) => Math.max(longest, length), 0);
    this.#others = matchers.filter(({ key }) => key.by !== 'literal' && !isFoldedText(key));
    this.#cost = this.#others.reduce((sum, { cost }) => sum + cost.fixed, 0);
    this.#readers = this.#others.reduce((sum, { cost }) => sum + cost.readers, 0);
  }

  accepts(value: Scalar): boolean {
    return (
      this.#literals.has(value) ||
      (this.#mayFold(value) && this.#folded.has(foldCase(value))) ||
      this.#others.some((matcher) => matcher.accepts(value))
    );
  }

  /** What it costs to ask about a value, in units of `work.ts`. */
  costOf(value: Scalar): number {
    const folding = this.#mayFold(value)
      ? FOLDING_COST + Math.floor(value.length / (CHARACTERS_OF_A_UNIT / FOLDING_COST))
      : 0;
    const reading =
      typeof value === 'string' ? this.#readers * Math.floor(value.length / CHARACTERS_OF_A_UNIT) : 0;
    return 1 + folding + this.#cost + reading;
  }

  /** Of all together, as of one matcher. */
  get cost(): ValueMatcher['cost'] {
    const folding =
      this.#folded.size > 0 ? FOLDING_COST * (1 + Math.ceil(this.#longestFolded / CHARACTERS_OF_A_UNIT)) : 0;
    return { fixed: 1 + folding + this.#cost, readers: this.#readers };
  }

  #mayFold(value: Scalar): value is string {
    return typeof value === 'string' && this.#folded.size > 0 && value.length <= this.#longestFolded;
  }
}

function isFoldedText(key: ValueMatcher['key']): key is { by: 'text'; text: string; isFolded: true } {
  return key.by === 'text' && key.isFolded;
}
