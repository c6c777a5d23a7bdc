import { ServiceError } from './ports/service-error.ts';

const TAGS_MAX = 50;

/** Tags as they are after a request; a key that is there already keeps its place. @throws ServiceError `TooManyTags` */
export function mergeTags(
  before: Record<string, string> | undefined,
  added: Record<string, string>,
  arn: string,
): Record<string, string> {
  const tags = { ...before, ...added };
  if (Object.keys(tags).length > TAGS_MAX)
    throw new ServiceError('TooManyTags', `Too many tags: a resource has at most ${TAGS_MAX}: '${arn}'`);
  return tags;
}

export function withoutTags(
  before: Record<string, string> | undefined,
  keys: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(before ?? {}).filter(([key]) => !keys.includes(key)));
}
