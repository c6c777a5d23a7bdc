import { InvalidPattern } from './invalid-pattern.ts';
import type { MatcherCost, ValueMatcher } from './value-matcher.ts';

/** The longest way to write one: six groups, and four bytes in dotted form. */
const ADDRESS_CHARACTERS_MAX = '0000:0000:0000:0000:0000:0000:255.255.255.255'.length;
const READING_AN_ADDRESS: MatcherCost = { fixed: 16, readers: 0 };

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
  return {
    accepts: (value) => {
      const address = typeof value === 'string' ? parseAddress(value) : undefined;
      return address !== undefined && sharesPrefix(address, network, maskBits);
    },
    wanted: `an IP address in ${text}`,
    key: { by: 'network', network, maskBits },
    cost: READING_AN_ADDRESS,
  };
}

/** The bits of an address that count under a mask, the others as zero. */
export function masked(address: readonly number[], bits: number): number[] {
  return address.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}

function sharesPrefix(address: readonly number[], network: readonly number[], bits: number): boolean {
  if (address.length !== network.length) return false;
  const wanted = masked(network, bits);
  return masked(address, bits).every((byte, index) => byte === wanted[index]);
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
