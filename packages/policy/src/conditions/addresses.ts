/** Whether an IPv4 or IPv6 address lies in a range such as `203.0.113.0/24`; a range without a length is one address. */
export function addressInRange(address: string, range: string): boolean {
  const [network = '', length] = range.split('/');
  const wanted = readAddress(network);
  const actual = readAddress(address);
  if (!wanted || !actual || wanted.bits !== actual.bits) return false;
  const prefix = length === undefined ? wanted.bits : Number(length);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > wanted.bits) return false;
  const rest = BigInt(wanted.bits - prefix);
  return wanted.value >> rest === actual.value >> rest;
}

interface Address {
  bits: 32 | 128;
  value: bigint;
}

function readAddress(text: string): Address | undefined {
  return text.includes(':') ? readV6(text) : readV4(text);
}

function readV4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return undefined;
  return { bits: 32, value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) };
}

function readV6(text: string): Address | undefined {
  const halves = withoutDottedTail(text).split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const gap = 8 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 1) return undefined;
  const groups = [...head, ...Array<string>(gap).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n) };
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withoutDottedTail(text: string): string {
  const at = text.lastIndexOf(':') + 1;
  const dotted = readV4(text.slice(at));
  if (!dotted) return text;
  return `${text.slice(0, at)}${(dotted.value >> 16n).toString(16)}:${(dotted.value & 0xffffn).toString(16)}`;
}
