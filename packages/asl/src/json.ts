/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [member: string]: Json;
}

/**
 * Reads JSON text. The one place where the language decides how JSON numbers are held.
 * @throws SyntaxError
 */
export function parseJson(text: string): Json {
  return JSON.parse(text) as Json; // JSON.parse yields JSON values and nothing else
}

/** Compact JSON text, as state events and payloads carry it. */
export function stringifyJson(value: Json): string {
  return JSON.stringify(value);
}
