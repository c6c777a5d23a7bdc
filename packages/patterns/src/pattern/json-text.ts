import { InvalidPattern } from './invalid-pattern.ts';

/** @throws InvalidPattern when the text is not JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidPattern(error instanceof Error ? error.message : String(error));
  }
}
