import { costOf, type MatcherKey, type Scalar, type ValueMatcher } from '../pattern/value-matcher.ts';

/** What values are looked up in for the matchers that may accept them. */
export interface MatcherIndex {
  add(key: MatcherKey, entry: number): void;
  /** @returns units of work */
  lookUp(value: Scalar, found: (entry: number) => void): number;
}

/** An entry with what it refuses; one that comes twice with two alternatives is met by either. */
interface Exception {
  entry: number;
}

/** A matcher that some exceptions refuse values by. */
interface Refusal {
  matcher: ValueMatcher;
  exceptions: Set<Exception>;
}

/**
 * Entries that accept any value but some. A look-up costs what it finds and the refusals that the value meets, not the
 * number of entries: those that refuse it are passed over together.
 */
export class ExceptionIndex {
  readonly #exceptions: Exception[] = [];
  readonly #refusals: Refusal[] = [];
  readonly #positions = new Map<string, number>();
  /** Those that do not have a refusal. */
  readonly #others = new Map<Refusal, readonly Exception[]>();
  readonly #index: MatcherIndex;

  /** @param index  an empty one, for the refusals */
  constructor(index: MatcherIndex) {
    this.#index = index;
  }

  add(refused: readonly ValueMatcher[], entry: number): void {
    const exception = { entry };
    this.#exceptions.push(exception);
    for (const matcher of refused) this.#refusalBy(matcher).exceptions.add(exception);
    this.#others.clear();
  }

  /** @returns units of work */
  lookUp(value: Scalar, found: (entry: number) => void): number {
    // a text may lead to the same refusal at each of its places: it is asked once
    const candidates = new Set<Refusal>();
    const looking = this.#index.lookUp(value, (position) => {
      const refusal = this.#refusals[position];
      if (refusal) candidates.add(refusal);
    });
    const met = [...candidates].filter(({ matcher }) => matcher.accepts(value));
    const [most, ...rest] = met.sort((a, b) => b.exceptions.size - a.exceptions.size);
    const left = most ? this.#without(most) : this.#exceptions;
    for (const exception of left)
      if (!rest.some(({ exceptions }) => exceptions.has(exception))) found(exception.entry);
    const asking = [...candidates].reduce((sum, { matcher }) => sum + costOf(matcher, value), 0);
    return looking + asking + left.length * (1 + rest.length);
  }

  #refusalBy(matcher: ValueMatcher): Refusal {
    const known = this.#positions.get(matcher.wanted) ?? this.#refusals.length;
    const refusal = this.#refusals[known] ?? { matcher, exceptions: new Set() };
    if (known === this.#refusals.length) {
      this.#refusals.push(refusal);
      this.#positions.set(matcher.wanted, known);
      this.#index.add(matcher.key, known);
    }
    return refusal;
  }

  /** Kept where it is the smaller part, so that all that is kept is no more than all refusals. */
  #without(refusal: Refusal): readonly Exception[] {
    const { exceptions } = refusal;
    const left =
      this.#others.get(refusal) ?? this.#exceptions.filter((exception) => !exceptions.has(exception));
    if (left.length < exceptions.size) this.#others.set(refusal, left);
    return left;
  }
}
