import { isJsonObject, numberOf, parseJson, ServiceNumber, type Json, type JsonObject } from '@riposte/json';

/** Of a detail: PutEvents refuses deeper JSON. */
const DEPTH_MAX = 1000;
/** The detail is one level down. */
export const EVENT_DEPTH_MAX = DEPTH_MAX + 1;
const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;
const INTEGER_CHARACTERS_MAX = String(INTEGER_MIN).length;

/**
 * Reads text that an event, or the detail of one, comes as.
 * @param depthMax lists and objects within one another, itself included
 * @returns the object, its numbers with their digits; or what is wrong with it, as "it …"
 */
export function readObject(text: string, depthMax = DEPTH_MAX): { object: JsonObject } | { problem: string } {
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    // the parser recurses where digits must be kept, and gives up far above what an event may have
    return { problem: error instanceof RangeError ? TOO_DEEP : 'is not JSON' };
  }
  if (!isJsonObject(value)) return { problem: 'is not a JSON object' };
  const problem = jsonProblem(value, depthMax);
  return problem === undefined ? { object: value } : { problem };
}

const TOO_DEEP = `is nested more than ${DEPTH_MAX} deep`;

/**
 * Why PutEvents does not take a value: lists and objects within one another, and numbers that are too large.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function jsonProblem(value: unknown, depthMax = DEPTH_MAX): string | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const node of level) {
      const number = numberOf(node);
      if (number !== undefined) {
        if (isTooLarge(node, number)) return 'has a number that is too large: an integer has 64 bits at most';
      } else if (typeof node === 'object' && node !== null) {
        if (depth >= depthMax) return TOO_DEEP;
        for (const member of Object.values(node))
          if (typeof member === 'object' || typeof member === 'number') next.push(member);
      }
    }
    level = next;
  }
  return undefined;
}

function isTooLarge(node: unknown, number: number): boolean {
  if (!Number.isFinite(number)) return true;
  if (!(node instanceof ServiceNumber) || !/^-?\d+$/.test(node.text)) return false;
  if (node.text.length > INTEGER_CHARACTERS_MAX) return true; // a million digits are not worth reading
  const integer = BigInt(node.text);
  return integer < INTEGER_MIN || integer > INTEGER_MAX;
}
