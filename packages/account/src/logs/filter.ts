import { ServiceError } from '@riposte/engine';

/**
 * A filter pattern for text: `a b` asks for both terms, `?a ?b` for one of them, `-a` for its absence, quotes keep
 * words together. Letter case counts.
 * @throws ServiceError for patterns over JSON members, columns and regular expressions, which are not written
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function logFilter(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (/^[{[%]/.test(text))
    throw new ServiceError(
      'InvalidParameterException',
      `The filter pattern ${text} is not supported by this server yet. Supported are terms: error -debug ?one ?other "two words".`,
    );
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(([, sign, quoted, word]) => ({
    sign,
    term: quoted?.replaceAll(/\\(.)/g, '$1') ?? word ?? '',
  }));
  const withSign = (wanted: string) => terms.filter(({ sign }) => sign === wanted).map(({ term }) => term);
  const [all, any, none] = [withSign(''), withSign('?'), withSign('-')];
  return (message) =>
    all.every((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term))) &&
    !none.some((term) => message.includes(term));
}
