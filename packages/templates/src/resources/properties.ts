import { isMap, memberOf, type Value, type ValueMap } from '../read/value.ts';

/** Readers for properties that a shape has checked. */
export function textAt(properties: ValueMap, key: string): string | undefined {
  const value = memberOf(properties, key);
  return typeof value === 'string' ? value : undefined;
}

/** For what the shape requires. */
export function requiredText(properties: ValueMap, key: string): string {
  const value = textAt(properties, key);
  if (value === undefined) throw new TypeError(`${key} is not a text`);
  return value;
}

export function mapAt(properties: ValueMap, key: string): ValueMap | undefined {
  const value = memberOf(properties, key);
  return isMap(value) ? value : undefined;
}

export function listAt(properties: ValueMap, key: string): Value[] {
  const value = memberOf(properties, key);
  return Array.isArray(value) ? value : [];
}

export function mapsAt(properties: ValueMap, key: string): ValueMap[] {
  return listAt(properties, key).filter(isMap);
}

export function textsAt(properties: ValueMap, key: string): string[] {
  return listAt(properties, key).filter((item) => typeof item === 'string');
}

/** The named members that are present, for an API that calls them the same. */
export function pick(properties: ValueMap, ...keys: readonly string[]): ValueMap {
  return Object.fromEntries(
    keys.filter((key) => Object.hasOwn(properties, key)).map((key) => [key, properties[key] ?? null]),
  );
}

/** A document as the APIs take it: JSON text. */
export function documentText(value: Value | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? {});
}
