import type { Place } from '../template-error.ts';

/** A template's content as plain JSON, intrinsic functions in their long form (`{ "Fn::Sub": … }`). */
export type Value = null | boolean | number | string | Value[] | ValueMap;
export interface ValueMap {
  [member: string]: Value;
}

/** Where a value stands in its file. */
interface Mark {
  line: number;
  column: number;
  /** The text of a number that does not print as it was written, e.g. `1.10`. */
  source?: string;
}

/**
 * Positions of the members of each map and list, beside the values: they follow a value through Globals, SAM and
 * intrinsic functions, and the values stay plain JSON.
 */
const marks = new WeakMap<object, Map<string, Mark>>();

/** Says where member `key` of `owner` stands. */
export function mark(owner: object, key: string | number, position: Mark): void {
  let members = marks.get(owner);
  if (members === undefined) marks.set(owner, (members = new Map()));
  members.set(String(key), position);
}

/** Gives `copy` the positions of `original`, as far as members have the same keys. */
export function copyMarks<T extends object>(original: object, copy: T): T {
  for (const [key, position] of marks.get(original) ?? []) mark(copy, key, position);
  return copy;
}

/** Member `key` of `from` now stands under `newKey` of `to`. */
export function moveMark(from: object, key: string | number, to: object, newKey: string | number): void {
  const position = marks.get(from)?.get(String(key));
  if (position !== undefined) mark(to, newKey, position);
}

/** The place of member `key` of the map or list at `parent`; generated members stand where their parent stands. */
export function placeIn(parent: Place, owner: object, key: string | number): Place {
  const position = marks.get(owner)?.get(String(key)) ?? parent;
  return {
    file: parent.file,
    path: parent.path === '' ? String(key) : `${parent.path}/${key}`,
    line: position.line,
    column: position.column,
  };
}

/** How a number was written. */
export function sourceText(owner: object, key: string | number, value: number): string {
  return marks.get(owner)?.get(String(key))?.source ?? String(value);
}

export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member, `undefined` when absent; never something inherited. */
export function memberOf(map: ValueMap, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** What a value is, for a sentence. */
export function describe(value: Value): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `the text ${JSON.stringify(value)}` : `${value}`;
}
