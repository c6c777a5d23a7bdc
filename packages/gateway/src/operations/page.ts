import { ServiceError } from '@riposte/engine';

/**
 * One page of a short list that its room gives as a whole.
 * @param nextToken from the page before
 * @param limit default and most: 100
 * @throws ServiceError ValidationException for a token that is none of ours
 */
export function page<T>(
  list: readonly T[],
  nextToken: string | undefined,
  limit = 100,
): { items: T[]; next: string | undefined } {
  const from = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(from) || from < 0)
    throw new ServiceError('ValidationException', `NextToken '${nextToken}' is not valid.`);
  const end = from + Math.min(limit, 100);
  return { items: list.slice(from, end), next: end < list.length ? String(end) : undefined };
}
