import { Buckets } from './buckets.ts';

/** Longer affixes are told apart by this many characters: as many look-ups at most for a value, whatever there is. */
export const AFFIX_CHARACTERS_MAX = 32;

/** Texts that a value begins with, or ends with, by their length. */
export class AffixIndex {
  readonly #side: 'prefix' | 'suffix';
  readonly #byLength = new Map<number, Buckets<string>>();

  constructor(side: 'prefix' | 'suffix') {
    this.#side = side;
  }

  add(affix: string, entry: number): void {
    const length = Math.min(affix.length, AFFIX_CHARACTERS_MAX);
    const buckets = this.#byLength.get(length) ?? new Buckets<string>();
    this.#byLength.set(length, buckets);
    buckets.add(this.#cut(affix, length), entry);
  }

  lookUp(text: string, found: (entry: number) => void): void {
    for (const [length, buckets] of this.#byLength)
      if (length <= text.length) buckets.of(this.#cut(text, length))?.forEach(found);
  }

  #cut(text: string, length: number): string {
    return this.#side === 'prefix' ? text.slice(0, length) : text.slice(text.length - length);
  }
}
