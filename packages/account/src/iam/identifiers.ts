import { createHash } from 'node:crypto';
import type { Ids } from '@riposte/engine';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first five bits of ids issued since 2019: from then on the account number is in them. */
const CARRIES_ACCOUNT = 1n << 79n;
const ACCOUNT_BITS_AT = 39n;

/**
 * An access key id: prefix and 16 characters of `A-Z2-7`. As in AWS's ids, 40 of their 80 bits are the account's
 * number, which is how GetAccessKeyInfo knows the account of a key that is long gone.
 * @param prefix `AKIA` for a user's key, `ASIA` for temporary credentials
 * @see https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id-f88cc4317489
 */
export function accessKeyId(prefix: 'AKIA' | 'ASIA', account: string, ids: Ids): string {
  const chance = randomBits(ids) & ((1n << ACCOUNT_BITS_AT) - 1n);
  return prefix + base32(CARRIES_ACCOUNT | (BigInt(account) << ACCOUNT_BITS_AT) | chance, 16);
}

/** The twelve digits of the account that an access key id belongs to; undefined for ids that do not say. */
export function accountOfAccessKeyId(id: string): string | undefined {
  const match = /^A[KS]IA([A-Z2-7]{16})$/.exec(id);
  if (!match) return undefined;
  let bits = 0n;
  for (const character of match[1] ?? '') bits = (bits << 5n) | BigInt(BASE32.indexOf(character));
  if ((bits & CARRIES_ACCOUNT) === 0n) return undefined;
  const account = (bits & (CARRIES_ACCOUNT - 1n)) >> ACCOUNT_BITS_AT;
  return account < 1_000_000_000_000n ? account.toString().padStart(12, '0') : undefined;
}

/** `AIDA…` (user) or `AROA…` (role): 21 characters. */
export function principalId(prefix: 'AIDA' | 'AROA', ids: Ids): string {
  return prefix + base32(randomBits(ids), 17);
}

/** 40 characters. */
export function secretAccessKey(ids: Ids): string {
  return digest(ids.secret()).subarray(0, 30).toString('base64');
}

function randomBits(ids: Ids): bigint {
  return BigInt(`0x${digest(ids.uuid()).toString('hex')}`);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The lowest `length` × 5 bits. */
function base32(bits: bigint, length: number): string {
  let text = '';
  for (let index = length - 1; index >= 0; index--) text += BASE32[Number((bits >> BigInt(index * 5)) & 31n)];
  return text;
}
