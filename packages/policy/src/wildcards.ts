import type { ContextValue, RequestContext } from './request.ts';

/** A pattern after variables were put in: text that stands for itself, `*` and `?`. */
export type Glob = readonly (string | typeof ANY | typeof ONE)[];
const ANY = Symbol('*');
const ONE = Symbol('?');

const VARIABLE = /\$\{([^}]*)\}/g;

/**
 * Puts policy variables in. What a variable brings stands for itself: a `*` in a user's name is no wildcard.
 * @returns undefined when a variable has no single value in the request; such a pattern matches nothing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function compileGlob(
  pattern: string,
  context: RequestContext,
  variables: boolean,
  wildcards = true,
): Glob | undefined {
  const plain = (text: string): Glob => (wildcards ? splitWildcards(text) : [...text]);
  if (!variables) return plain(pattern);
  const parts: (string | typeof ANY | typeof ONE)[] = [];
  let end = 0;
  for (const match of pattern.matchAll(VARIABLE)) {
    const value = variableValue(match[1] ?? '', context);
    if (value === undefined) return undefined;
    parts.push(...plain(pattern.slice(end, match.index)), ...value);
    end = match.index + match[0].length;
  }
  return [...parts, ...plain(pattern.slice(end))];
}

/** The same, for operators that know no wildcards. */
export function resolveVariables(
  pattern: string,
  context: RequestContext,
  variables: boolean,
): string | undefined {
  return compileGlob(pattern, context, variables, false)?.join('');
}

function variableValue(expression: string, context: RequestContext): string | undefined {
  if (expression === '*' || expression === '?' || expression === '$') return expression;
  const [, name = '', fallback] = /^\s*([^,]*?)\s*(?:,\s*'(.*)')?\s*$/.exec(expression) ?? [];
  return singleText(context[name.toLowerCase()]) ?? fallback;
}

function singleText(value: ContextValue | undefined): string | undefined {
  return value === undefined || typeof value === 'object' ? undefined : String(value);
}

function splitWildcards(text: string): Glob {
  return [...text].map((char) => (char === '*' ? ANY : char === '?' ? ONE : char));
}

/** Steps back to the last `*` only, so the time stays below text × pattern whatever either holds. */
export function globMatches(glob: Glob, text: string): boolean {
  const chars = [...text];
  let g = 0;
  let c = 0;
  let star = -1;
  let resume = 0;
  while (c < chars.length) {
    const token = glob[g];
    if (token === ANY) {
      star = g++;
      resume = c;
    } else if (token !== undefined && (token === ONE || token === chars[c])) {
      g++;
      c++;
    } else if (star >= 0) {
      g = star + 1;
      c = ++resume;
    } else return false;
  }
  while (glob[g] === ANY) g++;
  return g === glob.length;
}

/**
 * ARN against ARN pattern: the first five parts are matched each for itself, so that a `*` does not run across a
 * colon; the resource part may hold colons. A pattern of fewer parts (`*`, `arn:aws:ec2:*`) is matched as one text.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function arnMatches(glob: Glob, arn: string): boolean {
  const patterns = splitAtColons(glob);
  const parts = arn.split(':');
  if (patterns.length < 6 || parts.length < 6) return globMatches(glob, arn);
  const resource = globFrom(glob, 5);
  return (
    patterns.slice(0, 5).every((pattern, index) => globMatches(pattern, parts[index] ?? '')) &&
    globMatches(resource, parts.slice(5).join(':'))
  );
}

function splitAtColons(glob: Glob): Glob[] {
  const parts: (string | typeof ANY | typeof ONE)[][] = [[]];
  for (const token of glob) {
    if (token === ':') parts.push([]);
    else parts.at(-1)!.push(token); // the list starts with one part
  }
  return parts;
}

function globFrom(glob: Glob, colons: number): Glob {
  let seen = 0;
  let index = 0;
  while (seen < colons) if (glob[index++] === ':') seen++;
  return glob.slice(index);
}
