import type { LogFilter } from './filter-pattern.ts';
import { invalidPattern } from './tokens.ts';

/** `a b` asks for both terms, `?a ?b` for one of them, `-a` for its absence, quotes keep words together. Case counts. */
export function termFilter(text: string): LogFilter {
  if (/(?:^|\s)[?-]?%/.test(text))
    throw invalidPattern('regular expressions are not supported by this server');
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
