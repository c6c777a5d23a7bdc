import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import { pageOf, type PageOf } from '../page.ts';
import { conflict, type Tag } from './entities.ts';

/** @throws ServiceError ValidationError unless the text is 1 to `most` of the characters that IAM allows in names */
export function checkName(member: string, value: string, most: number): void {
  if (value.length > most)
    throw new ServiceError(
      'ValidationError',
      `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${most}`,
    );
  if (!/^[\w+=,.@-]+$/.test(value))
    throw new ServiceError(
      'ValidationError',
      `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
}

/** @returns the path, `/` by default */
export function checkedPath(path = '/'): string {
  if (path.length > 512 || !/^\/(?:[\u0021-\u007e]+\/)?$/.test(path))
    throw new ServiceError(
      'ValidationError',
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    );
  return path;
}

/** Names of users and roles differ by more than upper and lower case. */
export function checkNameIsFree(
  transaction: AccountTransaction,
  kind: 'User' | 'Role',
  name: string,
  nameOf: (record: { userName?: string; roleName?: string }) => string | undefined,
): void {
  const kept = transaction.list<{ userName?: string; roleName?: string }>(`iam:${kind.toLowerCase()}`);
  if (kept.some((record) => nameOf(record)?.toLowerCase() === name.toLowerCase()))
    throw conflict('EntityAlreadyExists', `${kind} with name ${name} already exists.`);
}

export interface ListInput {
  Marker?: string;
  MaxItems?: number;
}

/** A page as IAM lists it: 100 by default, `Marker` and `IsTruncated`. */
export function listed<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  input: ListInput,
): { page: PageOf<T>['items']; end: { IsTruncated: boolean; Marker?: string } } {
  const limit = input.MaxItems ?? 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new ServiceError('ValidationError', `MaxItems is ${limit}, and must be from 1 to 1000.`);
  const { items: page, next } = pageOf(items, nameOf, {
    after: input.Marker,
    limit,
    code: 'ValidationError',
  });
  return {
    page,
    end: next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next },
  };
}

/** The tags to keep: the new ones over the old ones, in order of first appearance. */
export function mergedTags(old: readonly Tag[], added: readonly Tag[]): Tag[] {
  const tags = new Map(old.map((tag) => [tag.Key, tag.Value]));
  for (const tag of added) tags.set(tag.Key, tag.Value);
  if (tags.size > 50) throw conflict('LimitExceeded', 'The number of tags has reached the maximum limit.');
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** @throws ServiceError for a permissions boundary: left out silently it would grant more than was asked for */
export function refuseBoundary(boundary: string | undefined): void {
  if (boundary !== undefined)
    throw new ServiceError(
      'InvalidInput',
      'PermissionsBoundary is not supported by this server yet. Leave it out and narrow the policies instead.',
    );
}
