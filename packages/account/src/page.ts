import { ServiceError } from '@riposte/engine';

/** One page of a list that is kept in order of its names. */
export interface PageOf<T> {
  items: T[];
  /** Where the next page goes on; absent on the last one. */
  next?: string;
}

/**
 * @param after the token of the page before; the base64 of the last name on it, so that a list that changes
 *              between two pages neither repeats nor skips what stayed
 * @throws ServiceError with `code` for a token that no page gave out
 */
export function pageOf<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  request: { after?: string | undefined; limit: number; code: string },
): PageOf<T> {
  const last = request.after === undefined ? undefined : readToken(request.after, request.code);
  const rest = last === undefined ? items : items.filter((item) => nameOf(item) > last);
  const page = rest.slice(0, request.limit);
  const end = page.at(-1);
  return rest.length > page.length && end !== undefined
    ? { items: page, next: Buffer.from(nameOf(end)).toString('base64url') }
    : { items: page };
}

function readToken(token: string, code: string): string {
  const name = Buffer.from(token, 'base64url').toString();
  if (name === '' || Buffer.from(name).toString('base64url') !== token)
    throw new ServiceError(code, `Invalid token: ${token}. Use the one that the page before gave out.`);
  return name;
}
