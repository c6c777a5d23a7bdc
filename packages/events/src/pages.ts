import { Constraints, validationError } from './constraints.ts';

const PAGE_MAX = 100;

/** Options of the list operations. */
export interface PageRequest {
  NamePrefix?: string;
  NextToken?: string;
  Limit?: number;
}

/**
 * One page of a list that is sorted by name.
 * @throws ServiceError ValidationException for a limit outside 1 to 100 or a token that is not ours
 */
export function pageOf<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  request: PageRequest,
): { items: T[]; NextToken?: string } {
  new Constraints().range(request.Limit, 'limit', 1, PAGE_MAX).enforce();
  const after = request.NextToken === undefined ? undefined : readToken(request.NextToken);
  const wanted = items.filter(
    (item) =>
      nameOf(item).startsWith(request.NamePrefix ?? '') && (after === undefined || nameOf(item) > after),
  );
  const page = wanted.slice(0, request.Limit ?? PAGE_MAX);
  const last = page.at(-1);
  if (last === undefined || page.length === wanted.length) return { items: page };
  return { items: page, NextToken: Buffer.from(`after ${nameOf(last)}`).toString('base64url') };
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('after ')) throw validationError('The next token is not valid.');
  return text.slice('after '.length);
}
