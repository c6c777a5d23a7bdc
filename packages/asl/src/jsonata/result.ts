import type { Json, JsonObject } from '@riposte/json';
import { setMember } from '@riposte/json';
import { isFunction, MEMORY_BYTES_MAX, memoryExceeded } from './bounds.ts';

/** Stands for a result that JSON does not have: a function, a regular expression. */
export class UnsupportedResult extends Error {}

/**
 * A copy of a result as JSON. Paths give the input's own objects and arrays with marks of the library; numbers that
 * JSON has no word for become the service's words for them.
 * @throws UnsupportedResult
 */
export function jsonOf(result: unknown): Json {
  let bytes = 0;
  return copy(result);

  function copy(value: unknown): Json {
    if (typeof value === 'string') return counted(value, value.length);
    if (typeof value === 'number') return Number.isFinite(value) ? counted(value, 8) : String(value);
    if (typeof value === 'boolean' || value === null) return value;
    if (typeof value !== 'object' || isFunction(value) || value instanceof RegExp)
      throw new UnsupportedResult();
    if (Array.isArray(value)) return Array.from(counted(value, value.length), copy);
    const members: JsonObject = {};
    for (const [name, member] of Object.entries(value))
      if (member !== undefined) setMember(members, name, copy(counted(member, name.length)));
    return members;
  }

  /** The same object may stand in a result many times, and is copied each time. */
  function counted<T>(value: T, more: number): T {
    bytes += more;
    if (bytes > MEMORY_BYTES_MAX) throw memoryExceeded();
    return value;
  }
}
