import { ServiceError } from '@riposte/engine';

/**
 * Refuses members that are given and not among those that are done: to leave one out silently would answer with
 * something else than was asked for.
 * @throws ServiceError NotImplemented, which is S3's own word for it
 */
export function onlyMembers<T extends object>(input: T, done: readonly (keyof T & string)[]): void {
  const known = new Set<string>(done);
  const others = Object.entries(input).filter(
    ([name, value]) => value !== undefined && value !== null && !known.has(name),
  );
  if (others.length === 0) return;
  const names = others.map(([name]) => name).join(', ');
  throw new ServiceError(
    'NotImplemented',
    `${names}: not supported by Riposte's own buckets. Leave it out, or use an S3 endpoint (--s3-endpoint).`,
    501,
  );
}
