import { masked, maskOf, parseAddress, READING_COST, wordsOf } from '../pattern/cidr.ts';
import { Buckets } from './buckets.ts';

/** Of looking an address up under one mask, in units of work. */
const LOOKING_UP_COST = 4;

/** Networks of IP addresses, by the length of their mask. */
export class NetworkIndex {
  /** By family (words of an address) and mask. */
  readonly #byMask = new Map<string, { mask: readonly number[]; networks: Buckets<string> }>();

  /** @param network  as 4 or 16 bytes */
  add(network: readonly number[], maskBits: number, entry: number): void {
    const words = wordsOf(network);
    const name = `${words.length}/${maskBits}`;
    const known = this.#byMask.get(name) ?? {
      mask: maskOf(maskBits, words.length),
      networks: new Buckets<string>(),
    };
    this.#byMask.set(name, known);
    known.networks.add(masked(words, known.mask).join(), entry);
  }

  /** @returns units of work */
  lookUp(text: string, found: (entry: number) => void): number {
    if (this.#byMask.size === 0) return 0;
    const address = parseAddress(text);
    if (!address) return READING_COST;
    const words = wordsOf(address);
    for (const { mask, networks } of this.#byMask.values())
      if (mask.length === words.length) networks.of(masked(words, mask).join())?.forEach(found);
    return READING_COST + LOOKING_UP_COST * this.#byMask.size;
  }
}
