import { intrinsicFailure } from '../../errors/failure.ts';
import { utf8Decode, utf8Encode } from '../../utf8.ts';
import type { IntrinsicFunction } from './function.ts';
import { shortTextAt, textAt } from './function.ts';

const HASHES = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const;

export const encoding: Record<string, IntrinsicFunction> = {
  'States.Base64Encode': {
    arity: [1, 1],
    run: (values, call) => base64Encode(utf8Encode(shortTextAt(values, 0, call))),
  },
  'States.Base64Decode': {
    arity: [1, 1],
    run(values, call) {
      const bytes = base64Decode(shortTextAt(values, 0, call));
      if (bytes === undefined) throw intrinsicFailure(`Argument 1 of ${call.name} is not Base64.`);
      return utf8Decode(bytes);
    },
  },
  'States.Hash': {
    arity: [2, 2],
    run(values, call) {
      const text = shortTextAt(values, 0, call);
      const name = textAt(values, 1, call);
      const algorithm = HASHES.find((known) => known === name);
      if (algorithm === undefined)
        throw intrinsicFailure(`${call.name} knows ${HASHES.join(', ')}, but not: ${name}`);
      if (call.environment.hash === undefined) throw intrinsicFailure(`${call.name} is not available here.`);
      return call.environment.hash(algorithm, text);
    },
  },
  'States.UUID': { arity: [0, 0], run: (_, call) => call.environment.uuid() },
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64Encode(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(i, i + 3);
    const bits = (a << 16) | (b << 8) | c;
    const digits = [18, 12, 6, 0].map((shift) => ALPHABET[(bits >> shift) & 63]);
    const kept = Math.min(bytes.length - i, 3) + 1;
    text += digits.slice(0, kept).join('') + '='.repeat(4 - kept);
  }
  return text;
}

function base64Decode(text: string): number[] | undefined {
  const digits = text.replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < digits.length; i += 4) {
    const group = digits.slice(i, i + 4);
    const bits = [...group.padEnd(4, 'A')].reduce((sum, digit) => (sum << 6) | ALPHABET.indexOf(digit), 0);
    bytes.push(...[bits >> 16, (bits >> 8) & 255, bits & 255].slice(0, group.length - 1));
  }
  return bytes;
}
