import { parseJson as parse, type Json } from '@riposte/json';
import { InvalidPattern } from './invalid-pattern.ts';
import { findJsonError, placeOf } from './json-error.ts';

/** @throws InvalidPattern in the words of the parser that EventBridge uses, with the place, when the text is not JSON */
export function parseJson(text: string): Json {
  try {
    return parse(text);
  } catch (error) {
    const found = findJsonError(text);
    if (!found) throw new InvalidPattern(error instanceof Error ? error.message : String(error));
    throw new InvalidPattern(`${found.problem}\n at ${placeOf(text, found.at)}`);
  }
}
