/**
 * What is wrong with a text that `parseJson` has refused, in the words of the service's own reader (Jackson): people
 * look for them. Where ours stops is taken from its message; what the table does not know is told in our reader's words.
 */
const VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/** Our reader's words, and what the service says of the character that they are about. */
const PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/^Expected (property name|double-quoted property name)/, 'was expecting double-quote to start field name'],
  [/^Expected ':'/, 'was expecting a colon to separate field name and value'],
  [/^Expected ',' or '}'/, 'was expecting comma to separate Object entries'],
  [/^Expected ',' or ']'/, 'was expecting comma to separate Array entries'],
  [/^Unexpected token/, `expected a valid value ${VALUE}`],
];

/** @param error  as `parseJson` threw it */
export function jsonProblem(text: string, error: unknown): string {
  const own = error instanceof Error ? error.message : String(error);
  const word = strayWord(text, own);
  if (word !== undefined) return `Unrecognized token '${word}': was expecting ${VALUE}`;
  const isCutOff = offsetOf(text, own) >= text.length && !own.startsWith('Unexpected token');
  if (isCutOff && /^Unexpected end|^Unterminated string|^Expected/.test(own))
    return 'Unexpected end-of-input';
  const character = characterOf(text, own);
  const [, wanted] = PROBLEMS.find(([words]) => words.test(own)) ?? [];
  if (wanted === undefined || character === undefined) return own;
  return `Unexpected character ('${character}' (code ${character.codePointAt(0)})): ${wanted}`;
}

/** Where a text stops being JSON; its end when our reader does not say. */
export function jsonProblemOffset(text: string, error: unknown): number {
  const own = error instanceof Error ? error.message : '';
  const start = wordStart(text, own);
  const [word = ''] = start === undefined ? [] : (/^[\w$]+/.exec(text.slice(start)) ?? []);
  return start === undefined ? offsetOf(text, own) : start + word.length;
}

function offsetOf(text: string, own: string): number {
  return Number(/position (\d+)/.exec(own)?.[1] ?? text.length);
}

function characterOf(text: string, own: string): string | undefined {
  const [, named] = /^Unexpected token '(.)'/u.exec(own) ?? [];
  return named ?? String.fromCodePoint(text.codePointAt(offsetOf(text, own)) ?? 0);
}

/** Ours stops inside a word that begins like `true`, the service's reads it to its end. */
function strayWord(text: string, own: string): string | undefined {
  const start = wordStart(text, own);
  return start === undefined ? undefined : /^[\w$]+/.exec(text.slice(start))?.[0];
}

/** Only where a value is wanted: at the beginning, or after what a value follows. Strings are passed over. */
function wordStart(text: string, own: string): number | undefined {
  if (/^Expected|^Unterminated string/.test(own)) return undefined;
  for (const { 0: token, index } of text.matchAll(/"(?:\\.|[^"\\])*"|(?<=^|[[:,\s])[A-Za-z_$][\w$]*/g))
    if (!token.startsWith('"') && !/^(true|false|null)$/.test(token)) return index;
  return undefined;
}
