import { foldCase, foldedEnd, foldedStart } from '../pattern/fold-case.ts';
import type { MatcherKey, Scalar } from '../pattern/value-matcher.ts';
import { AFFIX_CHARACTERS_MAX, AffixIndex } from './affix-index.ts';
import { Buckets } from './buckets.ts';
import { ExceptionIndex } from './exception-index.ts';
import { InfixIndex } from './infix-index.ts';
import { NetworkIndex } from './network-index.ts';
import { RangeIndex } from './range-index.ts';

type Found = (entry: number) => void;

/** What patterns want of the values of one path. A look-up costs the length of the value, not the number of entries. */
export class ValueIndex {
  readonly #anything: number[] = [];
  readonly #literals = new Buckets<Scalar>();
  readonly #plain = new TextIndex();
  readonly #folded = new TextIndex();
  readonly #infixes = new InfixIndex();
  readonly #ranges = new RangeIndex();
  readonly #networks = new NetworkIndex();
  #exceptions: ExceptionIndex | undefined;

  add(key: MatcherKey, entry: number): void {
    switch (key.by) {
      case 'literal':
        return this.#literals.add(key.value, entry);
      case 'text':
      case 'prefix':
      case 'suffix':
        return (key.isFolded ? this.#folded : this.#plain).add(key.by, key.text, entry);
      case 'infix':
        return this.#infixes.add(key.text, entry);
      case 'range':
        return this.#ranges.add(key.from, key.to, entry);
      case 'network':
        return this.#networks.add(key.network, key.maskBits, entry);
      case 'exception':
        this.#exceptions ??= new ExceptionIndex(new ValueIndex());
        return this.#exceptions.add(key.refused, entry);
      case 'presence':
        this.#anything.push(entry);
    }
  }

  /**
   * @param found is called for every entry that may accept the value, maybe more than once
   * @returns units of work
   */
  lookUp(value: Scalar, found: Found): number {
    this.#anything.forEach(found);
    const work = 1 + this.#anything.length + (this.#exceptions?.lookUp(value, found) ?? 0);
    this.#literals.of(value)?.forEach(found);
    if (typeof value === 'number' || typeof value === 'bigint') this.#ranges.lookUp(Number(value), found);
    if (typeof value !== 'string') return work;
    this.#plain.lookUp(value, found);
    this.#folded.lookUpFolded(value, found);
    return work + this.#networks.lookUp(value, found) + this.#infixes.lookUp(value, found);
  }
}

class TextIndex {
  readonly #whole = new Buckets<string>();
  readonly #prefixes = new AffixIndex('prefix');
  readonly #suffixes = new AffixIndex('suffix');
  #isEmpty = true;
  /** Of the whole texts. */
  #longest = 0;

  add(by: 'text' | 'prefix' | 'suffix', text: string, entry: number): void {
    this.#isEmpty = false;
    if (by !== 'text') return (by === 'prefix' ? this.#prefixes : this.#suffixes).add(text, entry);
    this.#longest = Math.max(this.#longest, text.length);
    this.#whole.add(text, entry);
  }

  lookUp(text: string, found: Found): void {
    if (text.length <= this.#longest) this.#whole.of(text)?.forEach(found);
    this.#prefixes.lookUp(text, found);
    this.#suffixes.lookUp(text, found);
  }

  /** Where the texts were added as `foldCase` gives them. No more of the value is folded than they are long. */
  lookUpFolded(text: string, found: Found): void {
    if (this.#isEmpty) return;
    if (text.length <= this.#longest) this.#whole.of(foldCase(text))?.forEach(found);
    this.#prefixes.lookUp(foldedStart(text, AFFIX_CHARACTERS_MAX), found);
    this.#suffixes.lookUp(foldedEnd(text, AFFIX_CHARACTERS_MAX), found);
  }
}
