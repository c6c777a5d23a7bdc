import { Networks, type Addresses } from './cidr.ts';
import { foldCase, foldedEnd, foldedStart, foldingCost } from './fold-case.ts';
import type { MatcherKey, Scalar, ValueMatcher } from './value-matcher.ts';
import { CHARACTERS_OF_A_UNIT } from './work.ts';

/** Of comparing a value with one other, in units of `work.ts`. */
const COMPARING_COST = 0.25;

/**
 * Matchers any of which may accept. However many they are, a value is looked up once for all literals, folded once for
 * all that ignore case, and read as an address once for all networks.
 */
export class Alternatives {
  readonly #literals: ReadonlySet<Scalar>;
  readonly #folded: FoldedTexts;
  readonly #prefixes: FoldedAffixes;
  readonly #suffixes: FoldedAffixes;
  readonly #networks: Networks;
  readonly #numeric: readonly ValueMatcher[];
  readonly #ranges: Ranges;
  readonly #others: readonly ValueMatcher[];
  /** Of asking the others about any value. */
  readonly #cost: number;
  /** How many of them read a text to its end. */
  readonly #readers: number;

  constructor(matchers: readonly ValueMatcher[]) {
    const keys = matchers.map(({ key }) => key);
    const folded = (by: 'text' | 'prefix' | 'suffix'): string[] =>
      keys.flatMap((key) => (isFolded(key) && key.by === by ? [key.text] : []));
    this.#literals = new Set(keys.flatMap((key) => (key.by === 'literal' ? [key.value] : [])));
    this.#folded = new FoldedTexts(folded('text'));
    this.#prefixes = new FoldedAffixes('prefix', folded('prefix'));
    this.#suffixes = new FoldedAffixes('suffix', folded('suffix'));
    this.#networks = new Networks(keys.filter((key) => key.by === 'network'));
    this.#numeric = matchers.filter(({ key }) => key.by === 'range');
    this.#ranges = new Ranges(keys.filter((key) => key.by === 'range'));
    this.#others = matchers.filter(
      ({ key }) => key.by !== 'literal' && key.by !== 'network' && key.by !== 'range' && !isFolded(key),
    );
    this.#cost = this.#others.reduce((sum, { cost }) => sum + cost.fixed, 0);
    this.#readers = this.#others.reduce((sum, { cost }) => sum + cost.readers, 0);
  }

  /** @param addresses  read so far, where many values are asked about */
  accepts(value: Scalar, addresses?: Addresses): boolean {
    return (
      this.#literals.has(value) ||
      (typeof value === 'string' && this.#acceptsText(value, addresses)) ||
      (this.#ranges.mayHold(value) && this.#numeric.some((matcher) => matcher.accepts(value))) ||
      this.#others.some((matcher) => matcher.accepts(value))
    );
  }

  /** What it costs to ask about a value, in units of `work.ts`. */
  costOf(value: Scalar): number {
    const cost = 1 + this.#cost + this.#ranges.cost;
    if (typeof value !== 'string') return cost;
    const { length } = value;
    return (
      cost +
      this.#readers * Math.floor(length / CHARACTERS_OF_A_UNIT) +
      this.#folded.costOf(length) +
      this.#prefixes.costOf(length) +
      this.#suffixes.costOf(length) +
      this.#networks.costOf(length)
    );
  }

  /** Of all together, as of one matcher. */
  get cost(): ValueMatcher['cost'] {
    const [folded, prefixes, suffixes] = [this.#folded, this.#prefixes, this.#suffixes];
    const fixed = [folded, prefixes, suffixes].reduce((sum, part) => sum + part.costOf(part.longest), 1);
    return {
      fixed: fixed + this.#cost + this.#ranges.cost + this.#networks.costOf(1),
      readers: this.#readers,
    };
  }

  #acceptsText(value: string, addresses: Addresses | undefined): boolean {
    return (
      this.#folded.accepts(value) ||
      this.#prefixes.accepts(value) ||
      this.#suffixes.accepts(value) ||
      this.#networks.accepts(value, addresses)
    );
  }
}

/** Ranges of numbers, the bounds taken in: outside all of them no numeric matcher needs to be asked. */
class Ranges {
  /** Ascending, none of which touches another. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  constructor(ranges: readonly { from: number; to: number }[]) {
    for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
      const last = this.#to.length - 1;
      if (last >= 0 && from <= this.#to[last]!)
        this.#to[last] = Math.max(this.#to[last]!, to); // below the length
      else {
        this.#from.push(from);
        this.#to.push(to);
      }
    }
  }

  /** Of a value, in units of `work.ts`: of most that lie in a range the first that is asked accepts them. */
  get cost(): number {
    return COMPARING_COST * Math.ceil(Math.log2(this.#from.length + 1));
  }

  mayHold(value: Scalar): boolean {
    if (this.#from.length === 0 || (typeof value !== 'number' && typeof value !== 'bigint')) return false;
    const number = Number(value);
    let [low, high] = [0, this.#from.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#from[middle]! <= number)
        low = middle + 1; // below the length
      else high = middle;
    }
    return low > 0 && number <= this.#to[low - 1]!; // likewise
  }
}

/** Whole texts in any case. */
class FoldedTexts {
  readonly #texts: ReadonlySet<string>;
  /** A value that is longer folds to none of them. */
  readonly longest: number;

  /** @param texts  folded */
  constructor(texts: readonly string[]) {
    this.#texts = new Set(texts);
    this.longest = longestOf(texts);
  }

  accepts(value: string): boolean {
    return value.length <= this.longest && this.#texts.has(foldCase(value));
  }

  costOf(length: number): number {
    return this.#texts.size === 0 || length > this.longest ? 0 : foldingCost(length);
  }
}

/** Texts in any case that a value begins with, or ends with. */
class FoldedAffixes {
  readonly #side: 'prefix' | 'suffix';
  readonly #affixes: readonly string[];
  readonly longest: number;

  /** @param affixes  folded */
  constructor(side: 'prefix' | 'suffix', affixes: readonly string[]) {
    this.#side = side;
    this.#affixes = affixes;
    this.longest = longestOf(affixes);
  }

  accepts(value: string): boolean {
    if (this.#affixes.length === 0) return false;
    if (this.#side === 'prefix') {
      const start = foldedStart(value, this.longest);
      return this.#affixes.some((affix) => start.startsWith(affix));
    }
    const end = foldedEnd(value, this.longest);
    return this.#affixes.some((affix) => end.endsWith(affix));
  }

  costOf(length: number): number {
    const { length: count } = this.#affixes;
    return count === 0 ? 0 : foldingCost(Math.min(length, this.longest)) + COMPARING_COST * count;
  }
}

function longestOf(texts: readonly string[]): number {
  return texts.reduce((longest, { length }) => Math.max(longest, length), 0);
}

function isFolded(
  key: MatcherKey,
): key is Extract<MatcherKey, { by: 'text' | 'prefix' | 'suffix' }> & { isFolded: true } {
  return (key.by === 'text' || key.by === 'prefix' || key.by === 'suffix') && key.isFolded;
}
