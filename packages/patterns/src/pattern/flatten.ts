import { isJsonObject } from '@riposte/json';
import type { PathTree } from './path-tree.ts';
import { comparable, type Scalar } from './value-matcher.ts';

/**
 * An element of a list. Lists of one element are left out: nothing can lie in another element of theirs. So are
 * scalars: those of one list stand together, only objects and lists in a list are told apart.
 */
export interface Element {
  /** Number of the list in its event. */
  readonly list: number;
  /** The element that the list lies in. */
  readonly parent: Element | undefined;
}

/** A leaf of an event, and the innermost element around it. */
export interface Leaf {
  value: Scalar;
  element: Element | undefined;
}

/** The leaves of one path, by the elements that they lie in. */
export interface LeafTree {
  leaves: Leaf[];
  /** By list, then by element. */
  lists: Map<number, Map<Element, LeafTree>>;
}

/** An event as leaves by dotted path. Made once and matched with many patterns. */
export class FlatEvent {
  readonly leaves: ReadonlyMap<string, readonly Leaf[]>;
  readonly #trees = new Map<string, LeafTree>();

  constructor(leaves: ReadonlyMap<string, readonly Leaf[]>) {
    this.leaves = leaves;
  }

  /** Whether leaves of a path lie in different elements of a list. */
  isInLists(path: string): boolean {
    return this.leaves.get(path)?.some((leaf) => leaf.element !== undefined) ?? false;
  }

  tree(path: string): LeafTree {
    const known = this.#trees.get(path);
    if (known) return known;
    const tree: LeafTree = { leaves: [], lists: new Map() };
    for (const leaf of this.leaves.get(path) ?? []) nodeOf(tree, leaf.element).leaves.push(leaf);
    this.#trees.set(path, tree);
    return tree;
  }
}

function nodeOf(root: LeafTree, element: Element | undefined): LeafTree {
  let node = root;
  for (const step of chainOf(element)) {
    const siblings = node.lists.get(step.list) ?? new Map<Element, LeafTree>();
    node.lists.set(step.list, siblings);
    const next = siblings.get(step) ?? { leaves: [], lists: new Map() };
    siblings.set(step, next);
    node = next;
  }
  return node;
}

/** @returns the elements around a leaf, from the outermost to the innermost */
function chainOf(element: Element | undefined): Element[] {
  const chain: Element[] = [];
  for (let step = element; step; step = step.parent) chain.push(step);
  return chain.reverse();
}

/**
 * @param event parsed JSON; anything but an object has no fields
 * @param wanted only leaves of these paths are kept: the rest of a large event costs next to nothing
 */
export function flattenEvent(event: unknown, wanted?: PathTree): FlatEvent {
  const leaves = new Map<string, Leaf[]>();
  if (isJsonObject(event)) new Flattening(leaves).members(event, '', wanted, undefined);
  return new FlatEvent(leaves);
}

class Flattening {
  readonly #leaves: Map<string, Leaf[]>;
  #lists = 0;

  constructor(leaves: Map<string, Leaf[]>) {
    this.#leaves = leaves;
  }

  /** @param prefix of the paths of the members, with its dot */
  members(
    object: Record<string, unknown>,
    prefix: string,
    wanted: PathTree | undefined,
    element: Element | undefined,
  ): void {
    for (const name of Object.keys(object)) {
      const below = wanted?.below(name);
      if (wanted && !below) continue;
      this.#value(object[name], prefix + name, below, element);
    }
  }

  #value(value: unknown, path: string, wanted: PathTree | undefined, element: Element | undefined): void {
    if (Array.isArray(value)) this.#list(value, path, wanted, element);
    else if (isJsonObject(value)) this.members(value, `${path}.`, wanted, element);
    else if (!wanted || wanted.isPath) this.#leaf(path, comparable(value) as Scalar, element); // of JSON, a scalar is left
  }

  #list(
    list: readonly unknown[],
    path: string,
    wanted: PathTree | undefined,
    element: Element | undefined,
  ): void {
    const number = this.#lists;
    this.#lists += 1;
    for (const item of list) {
      const isTold = list.length > 1 && typeof item === 'object' && item !== null;
      this.#value(item, path, wanted, isTold ? { list: number, parent: element } : element);
    }
  }

  #leaf(path: string, value: Scalar, element: Element | undefined): void {
    const known = this.#leaves.get(path);
    if (known) known.push({ value, element });
    else this.#leaves.set(path, [{ value, element }]);
  }
}
