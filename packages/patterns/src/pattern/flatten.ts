import { isJsonObject } from '@riposte/json';
import type { PathTree } from './path-tree.ts';
import { Addresses } from './cidr.ts';
import { comparable, type Scalar } from './value-matcher.ts';
import { NODE_COST } from './work.ts';

/**
 * An element of a list. Lists of one element are left out: nothing can lie in another element of theirs. So are
 * scalars: those of one list stand together, only objects and lists in a list are told apart.
 */
export interface Element {
  /** Number of the list in its event. */
  readonly list: number;
  /** The element that the list lies in. */
  readonly parent: Element | undefined;
  /** How many lie around it. */
  readonly depth: number;
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

const LEAF_COST = NODE_COST * 8;
/** For each list around a leaf's own. */
const LIST_COST = NODE_COST * 2;
/** Deeper is no list that anybody writes. */
const LISTS_MAX = 8;

/** An event as leaves by dotted path. Made once and matched with many patterns, so what they look for is kept. */
export class FlatEvent {
  readonly leaves: ReadonlyMap<string, readonly Leaf[]>;
  readonly addresses = new Addresses();
  readonly #trees = new Map<string, LeafTree>();
  readonly #lists = new Map<string, ReadonlySet<number>>();
  readonly #costsOfWalking = new Map<string, number>();

  constructor(leaves: ReadonlyMap<string, readonly Leaf[]>) {
    this.leaves = leaves;
  }

  /** Whether leaves of a path lie in different elements of a list. */
  isInLists(path: string): boolean {
    return this.lists(path).size > 0;
  }

  /** Numbers of the lists that leaves of a path lie in. */
  lists(path: string): ReadonlySet<number> {
    const known = this.#lists.get(path);
    if (known) return known;
    const seen = new Set<Element>();
    for (const { element } of this.leaves.get(path) ?? [])
      for (let step = element; step && !seen.has(step); step = step.parent) seen.add(step);
    const lists = new Set(Array.from(seen, ({ list }) => list));
    this.#lists.set(path, lists);
    return lists;
  }

  /**
   * What a condition may cost where no lists multiply, in units of `work.ts`: its leaves are met from no choice, and
   * from each element that they lie in.
   */
  costOfWalking(path: string): number {
    const known = this.#costsOfWalking.get(path);
    if (known !== undefined) return known;
    const leaves = this.leaves.get(path) ?? [];
    const cost = leaves.reduce(
      (sum, { element }) => sum + LEAF_COST + LIST_COST * Math.min(element?.depth ?? 0, LISTS_MAX),
      LEAF_COST,
    );
    this.#costsOfWalking.set(path, cost);
    return cost;
  }

  tree(path: string): LeafTree {
    const known = this.#trees.get(path);
    if (known) return known;
    const root: LeafTree = { leaves: [], lists: new Map() };
    const nodes = new Map<Element, LeafTree>();
    for (const leaf of this.leaves.get(path) ?? []) nodeOf(leaf.element, root, nodes).leaves.push(leaf);
    this.#trees.set(path, root);
    return root;
  }
}

/** @param nodes  those made so far: leaves deep in lists share the way to them */
function nodeOf(element: Element | undefined, root: LeafTree, nodes: Map<Element, LeafTree>): LeafTree {
  if (!element) return root;
  const known = nodes.get(element);
  if (known) return known;
  const { lists } = nodeOf(element.parent, root, nodes);
  const siblings = lists.get(element.list) ?? new Map<Element, LeafTree>();
  lists.set(element.list, siblings);
  const node: LeafTree = { leaves: [], lists: new Map() };
  siblings.set(element, node);
  nodes.set(element, node);
  return node;
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
    const depth = element ? element.depth + 1 : 0;
    for (const item of list) {
      const isTold = list.length > 1 && typeof item === 'object' && item !== null;
      this.#value(item, path, wanted, isTold ? { list: number, parent: element, depth } : element);
    }
  }

  #leaf(path: string, value: Scalar, element: Element | undefined): void {
    const known = this.#leaves.get(path);
    if (known) known.push({ value, element });
    else this.#leaves.set(path, [{ value, element }]);
  }
}
