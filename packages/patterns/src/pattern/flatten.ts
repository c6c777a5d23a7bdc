import { isObject } from './match-expression.ts';
import type { Scalar } from './value-matcher.ts';

/** Which element of which array a leaf lies in: array number → index. */
export type Membership = ReadonlyMap<number, number>;

/** A leaf of an event, and the array elements around it. */
export interface Leaf {
  value: Scalar;
  membership: Membership;
}

/** An event as leaves by dotted path. Made once and matched with many patterns. */
export class FlatEvent {
  readonly leaves: ReadonlyMap<string, readonly Leaf[]>;

  constructor(leaves: ReadonlyMap<string, readonly Leaf[]>) {
    this.leaves = leaves;
  }
}

const NOWHERE: Membership = new Map();

/** @param event parsed JSON; anything but an object has no fields */
export function flattenEvent(event: unknown): FlatEvent {
  const leaves = new Map<string, Leaf[]>();
  let arrays = 0;
  const add = (path: string, value: unknown, membership: Membership): void => {
    if (Array.isArray(value)) {
      const array = arrays;
      arrays += 1;
      for (const [index, element] of value.entries()) {
        // scalars of one list stand together; only objects and lists in a list are told apart
        const inside = typeof element === 'object' && element !== null;
        add(path, element, inside ? new Map([...membership, [array, index]]) : membership);
      }
    } else if (isObject(value)) {
      for (const [key, member] of Object.entries(value))
        add(path === '' ? key : `${path}.${key}`, member, membership);
    } else {
      const leaf = { value: value as Scalar, membership }; // parsed JSON: neither list nor object, so a scalar
      const known = leaves.get(path);
      if (known) known.push(leaf);
      else leaves.set(path, [leaf]);
    }
  };
  if (isObject(event)) add('', event, NOWHERE);
  return new FlatEvent(leaves);
}

/** @returns both together, or undefined when they lie in different elements of one array */
export function joinMemberships(a: Membership, b: Membership): Membership | undefined {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  for (const [array, index] of b) {
    const other = a.get(array);
    if (other !== undefined && other !== index) return undefined;
  }
  return new Map([...a, ...b]);
}
