import { comparison } from './comparison.ts';
import { condition } from './condition.ts';
import type { LogFilter } from './filter-pattern.ts';
import { Tokens } from './tokens.ts';

type Holds = (document: unknown) => boolean;

/** `{ $.a.b[0] = "x" && ($.c > 5 || $.d NOT EXISTS) }`. A message that is no JSON object or list is not found. */
export function jsonFilter(text: string): LogFilter {
  const tokens = new Tokens(text);
  tokens.expect('{');
  const holds = condition(tokens, simple);
  tokens.expect('}');
  if (!tokens.isAtEnd) throw tokens.unexpected('the end');
  return (message) => {
    const document = documentIn(message);
    return document !== undefined && holds(document);
  };
}

function simple(tokens: Tokens): Holds {
  const path = pathOf(tokens.take("a member such as '$.level'", 'selector').text);
  if (tokens.takeIf('IS') !== undefined) {
    const wanted = tokens.takeIf('NULL', 'TRUE', 'FALSE');
    if (wanted === undefined) throw tokens.unexpected('NULL, TRUE or FALSE');
    const value: unknown = JSON.parse(wanted.toLowerCase());
    return (document) => valueAt(document, path) === value;
  }
  if (tokens.takeIf('NOT') !== undefined) {
    tokens.expect('EXISTS');
    return (document) => valueAt(document, path) === undefined;
  }
  if (tokens.takeIf('EXISTS') !== undefined) return (document) => valueAt(document, path) !== undefined;
  const compares = comparison(tokens, (value) => (typeof value === 'number' ? value : undefined));
  return (document) => compares(valueAt(document, path));
}

function documentIn(message: string): object | undefined {
  if (!/^\s*[{[]/.test(message)) return undefined;
  try {
    return JSON.parse(message) as object; // it begins with a bracket
  } catch {
    return undefined;
  }
}

function pathOf(selector: string): (string | number)[] {
  return [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/g)].map(
    ([, name, index, double, single]) =>
      index === undefined ? (name ?? double ?? single ?? '') : Number(index),
  );
}

function valueAt(document: unknown, path: readonly (string | number)[]): unknown {
  let value = document;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
