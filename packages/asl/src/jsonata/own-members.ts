import { isFunction } from './bounds.ts';
import type { Node } from './syntax.ts';
import { nodesOf } from './syntax.ts';

/** Members that every object of the host language has, and no object of JSON: `constructor`, `__proto__` and so on. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/**
 * Makes the steps of a path that are named like an inherited member look at an object's own members only. The library
 * takes a member as it finds it; through `constructor` or `__defineGetter__` an expression would reach the host.
 */
export function readOwnMembersOnly(root: Node): void {
  for (const node of nodesOf(root)) {
    if (node.type !== 'name' || !INHERITED.has(String(node.value))) continue;
    const name = { type: 'string', value: node.value };
    Object.assign(node, {
      type: 'function',
      value: '(',
      procedure: { type: 'variable', value: 'lookup' },
      arguments: [{ type: 'variable', value: '' }, name],
    });
  }
}

/** `$lookup` over own members; an array gives what its items give. */
export function lookUp(input: unknown, name: string): unknown {
  if (Array.isArray(input)) {
    const found = input.map((item) => lookUp(item, name)).filter((value) => value !== undefined);
    const flat = found.flat();
    return flat.length > 1 ? flat : flat[0];
  }
  if (typeof input !== 'object' || input === null || isFunction(input)) return undefined;
  if (!Object.hasOwn(input, name)) return undefined;
  return (input as Record<string, unknown>)[name];
}
