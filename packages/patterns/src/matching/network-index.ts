import { masked, parseAddress } from '../pattern/cidr.ts';
import { Buckets } from './buckets.ts';

/** Networks of IP addresses, by the length of their mask. */
export class NetworkIndex {
  /** By family (length of an address in bytes) and mask. */
  readonly #byMask = new Map<string, { bytes: number; maskBits: number; networks: Buckets<string> }>();

  add(network: readonly number[], maskBits: number, entry: number): void {
    const mask = `${network.length}/${maskBits}`;
    const known = this.#byMask.get(mask) ?? {
      bytes: network.length,
      maskBits,
      networks: new Buckets<string>(),
    };
    this.#byMask.set(mask, known);
    known.networks.add(masked(network, maskBits).join(), entry);
  }

  lookUp(text: string, found: (entry: number) => void): void {
    if (this.#byMask.size === 0) return;
    const address = parseAddress(text);
    if (!address) return;
    for (const { bytes, maskBits, networks } of this.#byMask.values())
      if (bytes === address.length) networks.of(masked(address, maskBits).join())?.forEach(found);
  }
}
