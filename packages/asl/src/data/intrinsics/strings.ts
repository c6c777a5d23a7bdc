import { intrinsicFailure } from '../../errors/failure.ts';
import type { Json } from '@riposte/json';
import { isJsonObject, stringifyJson } from '@riposte/json';
import type { IntrinsicFunction } from './function.ts';
import { textAt } from './function.ts';

export const strings: Record<string, IntrinsicFunction> = {
  // The template comes with its escapes kept: `\{}` is text, `{}` is a place.
  'States.Format': {
    arity: [1, Infinity],
    run(values, call) {
      const pieces = splitTemplate(textAt(values, 0, call));
      const inserts = values.slice(1);
      if (pieces.length - 1 !== inserts.length)
        throw intrinsicFailure(
          `The template of ${call.name} has ${pieces.length - 1} places for ${inserts.length} values.`,
        );
      return pieces.map((piece, i) => (i === 0 ? piece : insertText(inserts[i - 1]!) + piece)).join(''); // as many as places
    },
  },
  'States.StringSplit': {
    arity: [2, 2],
    run(values, call) {
      const delimiters = new Set(textAt(values, 1, call));
      const pieces = [''];
      for (const character of textAt(values, 0, call))
        if (delimiters.has(character)) pieces.push('');
        else pieces.push(pieces.pop()! + character); // never empty
      return pieces.filter((piece) => piece !== '');
    },
  },
};

function splitTemplate(template: string): string[] {
  const pieces = [''];
  for (const token of template.match(/\\[\s\S]|\{\}|[\s\S]/g) ?? []) {
    if (token === '{}') pieces.push('');
    else pieces.push(pieces.pop()! + (/^\\['{}\\]$/.test(token) ? token.slice(1) : token)); // never empty
  }
  return pieces;
}

function insertText(value: Json): string {
  return typeof value === 'string' ? value : javaText(value);
}

/** Objects and arrays are printed as Java prints its maps and lists: `{Arg1=1, Arg2=[]}`. */
function javaText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(insertText).join(', ')}]`;
  if (!isJsonObject(value)) return stringifyJson(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${insertText(member)}`)
    .join(', ')}}`;
}
