import { createHash } from 'node:crypto';
import { invalidToken } from './checks.ts';

/** What is paged: the operation and all that says what it lists. A token of one listing is none of another. */
export type Listing = readonly [operation: string, ...of: unknown[]];

/** Characters of the digest that a token begins with: against mistakes, not against forgery. */
const DIGEST_CHARACTERS = 16;

/** A cursor of the store as the opaque text that the API hands out. */
export function toPageToken(listing: Listing, cursor: string): string {
  return Buffer.from(digestOf(listing) + cursor).toString('base64url');
}

/** @throws ServiceError `InvalidToken` for what was not handed out for this listing */
export function fromPageToken(listing: Listing, token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const cursor = Buffer.from(token, 'base64url').toString().slice(DIGEST_CHARACTERS);
  if (cursor === '' || toPageToken(listing, cursor) !== token) throw invalidToken();
  return cursor;
}

/** A cursor that is a positive number. @throws ServiceError `InvalidToken` */
export function fromNumericPageToken(listing: Listing, token: string | undefined): number | undefined {
  const cursor = fromPageToken(listing, token);
  if (cursor === undefined) return undefined;
  if (!/^[1-9]\d{0,15}$/.test(cursor)) throw invalidToken();
  return Number(cursor);
}

function digestOf(listing: Listing): string {
  return createHash('sha256').update(JSON.stringify(listing)).digest('hex').slice(0, DIGEST_CHARACTERS);
}
