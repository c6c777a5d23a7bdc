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

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of an object's own, so that `toString` or `__proto__` in a payload are only names. */
export function memberOf(value: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Sets a member of an object's own, `__proto__` included. */
export function setMember(target: JsonObject, name: string, value: Json): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

/** Deep equality; numbers by value, members in any order. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]!)); // same length
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equalJson(a[name]!, b[name]!)) // both own it
  );
}

/** Text that two values share exactly when equalJson holds: members stand in the order of their names. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return stringifyJson(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${stringifyJson(name)}:${canonicalJson(value[name]!)}`); // its own name
  return `{${members.join(',')}}`;
}
