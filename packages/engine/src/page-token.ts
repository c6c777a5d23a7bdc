import { invalidToken } from './checks.ts';

/** A cursor of the store as the opaque text that the API hands out. */
export function toPageToken(cursor: string): string {
  return Buffer.from(cursor).toString('base64url');
}

/** @throws ServiceError `InvalidToken` */
export function fromPageToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const cursor = Buffer.from(token, 'base64url').toString();
  if (cursor === '' || toPageToken(cursor) !== token) throw invalidToken();
  return cursor;
}

/** A cursor that is a positive number. @throws ServiceError `InvalidToken` */
export function fromNumericPageToken(token: string | undefined): number | undefined {
  const cursor = fromPageToken(token);
  if (cursor === undefined) return undefined;
  if (!/^[1-9]\d{0,15}$/.test(cursor)) throw invalidToken();
  return Number(cursor);
}
