import { CHARACTERS_OF_A_UNIT } from './work.ts';

const ASCII = /^[\0-\x7f]*$/;

/** Of folding a text, however short, in units of `work.ts`; a longer one costs that for so many of its characters. */
const FOLDING_COST = 4;

/** What folding a text of so many characters costs, in units of `work.ts`. */
export function foldingCost(length: number): number {
  return FOLDING_COST + Math.floor((FOLDING_COST * length) / CHARACTERS_OF_A_UNIT);
}

/**
 * Upper case first, then lower case one by one: `ΰ` and its three-character upper case fold alike, a final sigma too.
 * Each character by itself, so a part of a text folds to a part of what the whole folds to.
 */
export function foldCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text.toUpperCase()) folded += character.toLowerCase();
  return folded;
}

/** @returns at least so many characters of what the whole text begins with when folded, or all of it */
export function foldedStart(text: string, length: number): string {
  // folding shortens nothing; a pair of surrogates is not cut
  return foldCase(text.slice(0, cutsPair(text, length) ? length + 1 : length));
}

/** @returns at least so many characters of what the whole text ends with when folded, or all of it */
export function foldedEnd(text: string, length: number): string {
  const from = Math.max(0, text.length - length);
  return foldCase(text.slice(cutsPair(text, from) ? from - 1 : from));
}

/** Whether a cut before this place goes through a pair of surrogates. */
function cutsPair(text: string, at: number): boolean {
  // of what is not there the code is NaN, which no mask makes either
  return (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
