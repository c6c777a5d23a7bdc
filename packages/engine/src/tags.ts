import { serviceValidation, validationError } from './checks.ts';
import { ServiceError } from './ports/service-error.ts';

const TAGS_MAX = 50;

/** "Tags may only contain Unicode letters, digits, white space, or these symbols: _ . : / = + - @". */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Tags as they are after a request; a key that is there already keeps its place.
 * @throws ServiceError `TooManyTags`, `ValidationException`
 */
export function mergeTags(
  before: Record<string, string> | undefined,
  added: Record<string, string>,
  arn: string,
): Record<string, string> {
  Object.entries(added).forEach(([key, value], index) => {
    checkText(`tags.${index + 1}.member.key`, key);
    checkText(`tags.${index + 1}.member.value`, value);
    if (/^aws:/i.test(key))
      throw serviceValidation('aws: prefixed tag key names are not allowed for external use.');
  });
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

function checkText(member: string, text: string): void {
  if (!TAG_TEXT.test(text))
    throw validationError(
      member,
      text,
      `Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$`,
    );
}
