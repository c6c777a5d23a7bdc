/** A leaf of an event. */
export type Scalar = string | number | boolean | null;

/** One alternative of a leaf of a pattern. */
export interface ValueMatcher {
  accepts(value: Scalar): boolean;
  /** For people: `"open"`, `a number > 0 and <= 5`. */
  wanted: string;
}

export function exactly(literal: Scalar): ValueMatcher {
  return { accepts: (value) => value === literal, wanted: JSON.stringify(literal) };
}

export function equalsIgnoreCase(text: string): ValueMatcher {
  const folded = foldCase(text);
  return {
    accepts: (value) => typeof value === 'string' && foldCase(value) === folded,
    wanted: `${JSON.stringify(text)} in any case`,
  };
}

export function startsWith(prefix: string): ValueMatcher {
  return {
    accepts: (value) => typeof value === 'string' && value.startsWith(prefix),
    wanted: `text starting with ${JSON.stringify(prefix)}`,
  };
}

export function startsWithIgnoreCase(prefix: string): ValueMatcher {
  const folded = foldCase(prefix);
  return {
    accepts: (value) => typeof value === 'string' && foldCase(value).startsWith(folded),
    wanted: `text starting with ${JSON.stringify(prefix)} in any case`,
  };
}

export function endsWith(suffix: string): ValueMatcher {
  return {
    accepts: (value) => typeof value === 'string' && value.endsWith(suffix),
    wanted: `text ending with ${JSON.stringify(suffix)}`,
  };
}

export function endsWithIgnoreCase(suffix: string): ValueMatcher {
  const folded = foldCase(suffix);
  return {
    accepts: (value) => typeof value === 'string' && foldCase(value).endsWith(folded),
    wanted: `text ending with ${JSON.stringify(suffix)} in any case`,
  };
}

/** Holds for any leaf that none of `refused` accepts; never for a field that is absent. */
export function anythingBut(refused: readonly ValueMatcher[]): ValueMatcher {
  return {
    accepts: (value) => !refused.some((matcher) => matcher.accepts(value)),
    wanted: `anything but ${refused.map((matcher) => matcher.wanted).join(' or ')}`,
  };
}

export function anyValue(): ValueMatcher {
  return { accepts: () => true, wanted: 'any value' };
}

/** Upper case first, then lower case one by one: `ΰ` and its three-character upper case fold alike, a final sigma too. */
function foldCase(text: string): string {
  let folded = '';
  for (const character of text.toUpperCase()) folded += character.toLowerCase();
  return folded;
}
