import { accepts, type FieldCondition } from './compile.ts';
import type { Element, FlatEvent, LeafTree } from './flatten.ts';

/**
 * Array consistency: one choice of elements, at most one of each list, must make all conditions hold. What has been
 * chosen so far is a state: the innermost chosen elements that a later condition can still see. Conditions go by path,
 * so those of one list stand together, and a list is forgotten as soon as no later condition looks into it:
 * independent lists never multiply, and each state only walks the leaves that it can reach.
 */
type State = readonly Element[];

/**
 * Nodes looked at for one pattern and one event, at most. Only an event made to hurt needs as many: two lists under
 * one dotted name, each with tens of thousands of elements. Such an event does not match.
 */
const WORK_MAX = 2_000_000;

export function holdsTogether(conditions: readonly FieldCondition[], flat: FlatEvent): boolean {
  const lastSeen = new Map<number, number>();
  for (const [index, { path }] of conditions.entries())
    for (const list of listsOf(flat.tree(path))) lastSeen.set(list, index);
  let states: State[] = [[]];
  let work = 0;
  for (const [index, condition] of conditions.entries()) {
    const reach = new Reach(condition, flat.tree(condition.path));
    const next = new Distinct();
    for (const state of states) {
      work += reach.from(state, (chosen) => {
        next.add(chosen.flatMap((element) => visible(element, lastSeen, index)));
      });
      if (work > WORK_MAX) return false;
    }
    states = next.states();
    if (states.length === 0) return false;
  }
  return true;
}

function* listsOf(tree: LeafTree): Generator<number> {
  for (const [list, elements] of tree.lists) {
    yield list;
    for (const below of elements.values()) yield* listsOf(below);
  }
}

/** The element, or the innermost one around it that a later condition can see. */
function visible(element: Element, lastSeen: ReadonlyMap<number, number>, index: number): Element[] {
  for (let step: Element | undefined = element; step; step = step.parent)
    if ((lastSeen.get(step.list) ?? -1) > index) return [step];
  return [];
}

/** Where one condition can go on from a state. */
class Reach {
  readonly #condition: FieldCondition;
  readonly #tree: LeafTree;
  /** Whether the condition holds among the leaves of a node; asked once however many states come by. */
  readonly #holds = new Map<LeafTree, boolean>();

  constructor(condition: FieldCondition, tree: LeafTree) {
    this.#condition = condition;
    this.#tree = tree;
  }

  /** @returns how many nodes were looked at */
  from(state: State, reached: (state: State) => void): number {
    const chosen = new Map<number, Element>();
    for (const tip of state)
      for (let step: Element | undefined = tip; step; step = step.parent) chosen.set(step.list, step);
    let isPresent = false;
    let looked = 1;
    const look = (node: LeafTree, element: Element | undefined): void => {
      looked += 1;
      if (node.leaves.length > 0) {
        isPresent = true;
        if (this.#holdsAt(node)) reached(choose(state, element));
      }
      for (const [list, elements] of node.lists) {
        const only = chosen.get(list);
        if (only) {
          const below = elements.get(only);
          if (below) look(below, only);
        } else for (const [next, below] of elements) look(below, next);
      }
    };
    look(this.#tree, undefined);
    if (!isPresent && this.#condition.absenceAllowed) reached(state);
    return looked;
  }

  #holdsAt(node: LeafTree): boolean {
    const known = this.#holds.get(node);
    if (known !== undefined) return known;
    const holds = node.leaves.some((leaf) => accepts(this.#condition, leaf.value));
    this.#holds.set(node, holds);
    return holds;
  }
}

function choose(state: State, element: Element | undefined): State {
  if (element === undefined || state.some((tip) => isAround(element, tip))) return state;
  return [...state.filter((tip) => !isAround(tip, element)), element];
}

/** Whether `outer` is `inner` or lies around it. */
function isAround(outer: Element, inner: Element): boolean {
  for (let step: Element | undefined = inner; step; step = step.parent) if (step === outer) return true;
  return false;
}

/** States, each once. */
class Distinct {
  #isEmptyIn = false;
  readonly #single = new Set<Element>();
  readonly #several = new Map<string, State>();
  readonly #numbers = new Map<Element, number>();

  add(state: State): void {
    const elements = [...new Set(state)];
    const [only] = elements;
    if (only === undefined) this.#isEmptyIn = true;
    else if (elements.length === 1) this.#single.add(only);
    else this.#several.set(this.#key(elements), elements);
  }

  states(): State[] {
    return [
      ...(this.#isEmptyIn ? [[]] : []),
      ...[...this.#single].map((element) => [element]),
      ...this.#several.values(),
    ];
  }

  #key(elements: State): string {
    const numbers = elements.map((element) => {
      const number = this.#numbers.get(element) ?? this.#numbers.size;
      this.#numbers.set(element, number);
      return number;
    });
    return numbers.sort((a, b) => a - b).join();
  }
}
