/** The first thing in a text that is not JSON. */
export interface JsonError {
  problem: string;
  /** Offset into the text. */
  at: number;
}

interface Open {
  kind: 'Object' | 'Array';
  at: number;
}

/** What may come next: a value, a field name, a colon, or a comma or close marker. */
type Expected = 'value' | 'value or close' | 'name' | 'name or close' | 'colon' | 'separator' | 'end';

const ANY_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const BLANK = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}\p{N}_$]+/uy;

/**
 * Looks for the first error, one token after the other, without recursion. Called when `JSON.parse` has refused.
 * The wording follows what the service was seen to answer; what was not seen is worded alike.
 */
export function findJsonError(text: string): JsonError | undefined {
  const open: Open[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    at += matchAt(BLANK, text, at)?.length ?? 0;
    if (at >= text.length) return expected === 'end' ? undefined : endOfInput(text, open);
    const character = text[at] ?? '';
    const inside = open.at(-1);
    if (character === '}' || character === ']') {
      const problem = closeProblem(text, character, inside, expected);
      if (problem !== undefined) return { problem, at };
      open.pop();
      expected = open.length > 0 ? 'separator' : 'end';
      at += 1;
    } else if (expected === 'separator') {
      if (character !== ',') return unexpected(character, at, `comma to separate ${inside?.kind} entries`);
      expected = inside?.kind === 'Object' ? 'name' : 'value';
      at += 1;
    } else if (expected === 'colon') {
      if (character !== ':') return unexpected(character, at, 'a colon to separate field name and value');
      expected = 'value';
      at += 1;
    } else if (expected === 'name' || expected === 'name or close') {
      if (character !== '"') return unexpected(character, at, 'double-quote to start field name');
      const name = stringAt(text, at);
      if (typeof name !== 'number') return name;
      at += name;
      expected = 'colon';
    } else if (expected === 'end') {
      return { problem: `Unexpected text after the pattern: ${shown(character)}`, at };
    } else if (character === '{' || character === '[') {
      open.push({ kind: character === '{' ? 'Object' : 'Array', at });
      expected = character === '{' ? 'name or close' : 'value or close';
      at += 1;
    } else {
      const scalar = scalarAt(text, at);
      if (typeof scalar !== 'number') return scalar;
      at += scalar;
      expected = open.length > 0 ? 'separator' : 'end';
    }
  }
}

/** @returns the length of the scalar, or what is wrong with it */
function scalarAt(text: string, at: number): number | JsonError {
  if (text[at] === '"') return stringAt(text, at);
  const word = matchAt(WORD, text, at);
  if (word === 'true' || word === 'false' || word === 'null') return word.length;
  const number = matchAt(NUMBER, text, at);
  if (number !== undefined) return number.length;
  if (word !== undefined) return { problem: `Unrecognized token '${word}': was expecting ${ANY_VALUE}`, at };
  return {
    problem: `Unexpected character (${shown(text[at] ?? '')}): expected a valid value ${ANY_VALUE}`,
    at,
  };
}

/** @returns the length of the text with its quotes, or what is wrong with it */
function stringAt(text: string, start: number): number | JsonError {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') return at + 1 - start;
    if (character < ' ')
      return {
        problem: `Illegal unquoted character ((CTRL-CHAR, code ${character.charCodeAt(0)})): has to be escaped using backslash to be included in string value`,
        at,
      };
    if (character !== '\\') continue;
    const escaped = text[at + 1] ?? '';
    if (!/["\\/bfnrtu]/.test(escaped))
      return { problem: `Unrecognized character escape ${shown(escaped)}`, at: at + 1 };
    if (escaped === 'u' && !/^[0-9a-fA-F]{4}/.test(text.slice(at + 2)))
      return {
        problem: 'Unexpected character: expected a hex-digit for character escape sequence',
        at: at + 2,
      };
    at += 1;
  }
  return {
    problem: 'Unexpected end-of-input: was expecting closing quote for a string value',
    at: text.length,
  };
}

function closeProblem(
  text: string,
  close: '}' | ']',
  inside: Open | undefined,
  expected: Expected,
): string | undefined {
  if (inside && (inside.kind === 'Object') !== (close === '}'))
    return `Unexpected close marker '${close}': expected '${close === '}' ? ']' : '}'}' (for ${inside.kind} starting at ${placeOf(text, inside.at)})`;
  if (inside && ['separator', 'name or close', 'value or close'].includes(expected)) return undefined;
  if (expected === 'name')
    return `Unexpected character (${shown(close)}): was expecting double-quote to start field name`;
  return `Unexpected character (${shown(close)}): expected a valid value ${ANY_VALUE}`;
}

function endOfInput(text: string, open: readonly Open[]): JsonError {
  const last = open.at(-1);
  const where = last
    ? `: expected close marker for ${last.kind} (start marker at ${placeOf(text, last.at)})`
    : '';
  return { problem: `Unexpected end-of-input${where}`, at: text.length };
}

function unexpected(character: string, at: number, wanted: string): JsonError {
  return { problem: `Unexpected character (${shown(character)}): was expecting ${wanted}`, at };
}

function shown(character: string): string {
  return `'${character}' (code ${character.codePointAt(0) ?? 0})`;
}

function matchAt(expression: RegExp, text: string, at: number): string | undefined {
  expression.lastIndex = at;
  return expression.exec(text)?.[0];
}

/** `[Source: (String)"…"; line: 1, column: 7]` */
export function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1) + 1;
  return `[Source: (String)"${text}"; line: ${line}, column: ${column}]`;
}
