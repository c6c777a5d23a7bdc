import { numberOf, readNumber, ServiceNumber } from './numbers.ts';

/** Any JSON value. */
export type Json = null | boolean | number | ServiceNumber | string | Json[] | JsonObject;
/** A JSON object; names such as `__proto__` are members like others (`memberOf`, `setMember`). */
export interface JsonObject {
  [member: string]: Json;
}

/** In a text: a number with a fraction or an exponent, or one too long to be surely exact. May be one in a string. */
const UNCOMMON_NUMBER = /(?:^|[:[,\s])-?(?:\d+\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\d{16,})(?=[,}\]\s]|$)/;

/** A string, with the colon behind it if it names a member, or a number. */
const STRING_OR_NUMBER = /"(?:\\.|[^"\\])*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/gs;

/**
 * Reads JSON text. The one place where the language decides how JSON numbers are held.
 * @throws SyntaxError
 */
export function parseJson(text: string): Json {
  const value = JSON.parse(text) as Json; // JSON.parse yields JSON values and nothing else
  // Hardly any text needs the second look, which costs several times what the first does.
  return UNCOMMON_NUMBER.test(text) ? parseDigits(text) : value;
}

/**
 * Reads text that is JSON again, its numbers as they are written: as strings that begin with `n`, whereas other strings
 * get an `s`. (A reviver is also told a number's text, but V8 14 leaves it out now and then.)
 */
function parseDigits(text: string): Json {
  const marked = text.replace(STRING_OR_NUMBER, (token: string, colon: string | undefined) => {
    if (!token.startsWith('"')) return `"n${token}"`;
    return colon === undefined ? `"s${token.slice(1)}` : token;
  });
  return JSON.parse(marked, (_, value: Json) => {
    if (typeof value !== 'string') return value;
    return value.startsWith('n') ? readNumber(value.slice(1)) : value.slice(1);
  }) as Json;
}

/** Compact JSON text, as state events and payloads carry it. */
export function stringifyJson(value: Json): string {
  return JSON.stringify(value);
}

/** Whether a value is a JSON object: neither an array nor a number that keeps its digits. */
export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ServiceNumber)
  );
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
  if (a instanceof ServiceNumber || b instanceof ServiceNumber)
    return numberOf(a) !== undefined && canonicalJson(a) === canonicalJson(b);
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
  if (value instanceof ServiceNumber) return canonicalNumber(value);
  if (!isJsonObject(value)) return stringifyJson(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${stringifyJson(name)}:${canonicalJson(value[name]!)}`); // its own name
  return `{${members.join(',')}}`;
}

/** Numbers are equal by value: `1.0` is `1`, and an integer is never rounded to be equal. */
function canonicalNumber(number: ServiceNumber): string {
  const value = number.valueOf();
  return /^-?\d+$/.test(number.text) ? number.text : stringifyJson(value);
}
