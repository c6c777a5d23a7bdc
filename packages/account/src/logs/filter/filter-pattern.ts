import { columnFilter } from './columns.ts';
import { jsonFilter } from './json.ts';
import { invalidPattern } from './tokens.ts';
import { termFilter } from './terms.ts';

export type LogFilter = (message: string) => boolean;

const PATTERN_LENGTH_MAX = 1024;

/**
 * Which messages a filter pattern finds: terms (`error -debug ?one ?other "two words"`), members of JSON messages
 * (`{ $.level = "error" && $.code > 499 }`) or columns divided by spaces (`[ip, user, status = 4*, ...]`).
 * @throws ServiceError `InvalidParameterException` for what is no pattern, and for regular expressions (`%…%`), which
 *   are not written
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function logFilter(pattern: string): LogFilter {
  const text = pattern.trim();
  if (text.length > PATTERN_LENGTH_MAX)
    throw invalidPattern(`it is longer than ${PATTERN_LENGTH_MAX} characters`);
  if (text.startsWith('{')) return jsonFilter(text);
  if (text.startsWith('[')) return columnFilter(text);
  return termFilter(text);
}
