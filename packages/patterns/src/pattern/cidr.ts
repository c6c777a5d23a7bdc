import { InvalidPattern } from './invalid-pattern.ts';
import type { Scalar, ValueMatcher } from './value-matcher.ts';

/** The longest way to write one: six groups, and four bytes in dotted form. */
const ADDRESS_CHARACTERS_MAX = '0000:0000:0000:0000:0000:0000:255.255.255.255'.length;
/** Of reading an address, and of comparing it with one network, in units of `work.ts`. */
export const READING_COST = 24;
const COMPARING_COST = 0.5;

/** `10.0.0.0/24` or `2001:db8::/64`. */
export function cidr(text: string): ValueMatcher {
  const slash = text.indexOf('/');
  if (slash < 0 || slash !== text.lastIndexOf('/'))
    throw new InvalidPattern("Malformed CIDR, one '/' required");
  const maskText = text.slice(slash + 1);
  if (!/^[+-]?\d{1,9}$/.test(maskText))
    throw new InvalidPattern('Malformed CIDR, mask bits must be an integer');
  const maskBits = Number(maskText);
  if (maskBits < 0) throw new InvalidPattern('Malformed CIDR, mask bits must not be negative');
  const network = parseAddress(text.slice(0, slash));
  if (!network) throw new InvalidPattern(`Nonstandard IP address: ${text.slice(0, slash)}`);
  if (network.length === 4 && maskBits > 31) throw new InvalidPattern('IPv4 mask bits must be < 32');
  if (network.length === 16 && maskBits > 127) throw new InvalidPattern('IPv6 mask bits must be < 128');
  const networks = new Networks([{ network, maskBits }]);
  return {
    accepts: (value) => networks.accepts(value),
    wanted: `an IP address in ${text}`,
    key: { by: 'network', network, maskBits },
    cost: { fixed: READING_COST + COMPARING_COST, readers: 0 },
  };
}

/** The addresses that texts are: each is read once, however many patterns ask about it. */
export class Addresses {
  readonly #known = new Map<string, readonly number[] | undefined>();

  /** @returns its words, or undefined when the text is no address */
  of(text: string): readonly number[] | undefined {
    if (text.length > ADDRESS_CHARACTERS_MAX) return undefined;
    if (this.#known.has(text)) return this.#known.get(text);
    const bytes = parseAddress(text);
    const words = bytes && wordsOf(bytes);
    this.#known.set(text, words);
    return words;
  }
}

/** Networks, any of which an address may lie in. */
export class Networks {
  readonly #networks: readonly { words: readonly number[]; mask: readonly number[] }[];

  /** @param networks  as 4 or 16 bytes, and how many bits of them count */
  constructor(networks: readonly { network: readonly number[]; maskBits: number }[]) {
    this.#networks = networks.map(({ network, maskBits }) => {
      const mask = maskOf(maskBits, network.length / 4);
      return { words: masked(wordsOf(network), mask), mask };
    });
  }

  accepts(value: Scalar, addresses = new Addresses()): boolean {
    if (this.#networks.length === 0 || typeof value !== 'string') return false;
    const address = addresses.of(value);
    return address !== undefined && this.#networks.some(({ words, mask }) => liesIn(address, words, mask));
  }

  /** What it costs to ask about a text of so many characters, in units of `work.ts`. */
  costOf(length: number): number {
    if (this.#networks.length === 0 || length > ADDRESS_CHARACTERS_MAX) return 0;
    return READING_COST + COMPARING_COST * this.#networks.length;
  }
}

function liesIn(address: readonly number[], words: readonly number[], mask: readonly number[]): boolean {
  if (address.length !== words.length) return false;
  for (let index = 0; index < words.length; index += 1)
    if ((address[index]! & mask[index]!) >>> 0 !== words[index]) return false; // all of one length
  return true;
}

/** An address in words of 32 bits, unsigned. */
export function wordsOf(bytes: readonly number[]): number[] {
  return Array.from({ length: bytes.length / 4 }, (_, word) =>
    bytes.slice(word * 4, word * 4 + 4).reduce((all, byte) => all * 256 + byte, 0),
  );
}

/** The mask of so many bits, in words. */
export function maskOf(bits: number, words: number): number[] {
  return Array.from({ length: words }, (_, word) => {
    const kept = Math.min(32, Math.max(0, bits - word * 32));
    return kept === 0 ? 0 : (0xffffffff << (32 - kept)) >>> 0;
  });
}

/** The words that count under a mask, the other bits as zero. */
export function masked(words: readonly number[], mask: readonly number[]): number[] {
  return words.map((word, index) => (word & (mask[index] ?? 0)) >>> 0);
}

/** @returns 4 or 16 bytes, or undefined when the text is no address */
export function parseAddress(text: string): number[] | undefined {
  if (text.length > ADDRESS_CHARACTERS_MAX) return undefined;
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseV6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '');
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '') : [];
  if (!head || !tail) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** Groups of a half, the last one maybe in dotted form. */
function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (group.includes('.') && index === groups.length - 1) {
      const dotted = parseV4(group);
      if (!dotted) return undefined;
      bytes.push(...dotted);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return undefined;
  }
  return bytes;
}
