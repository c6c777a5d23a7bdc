import { byPath } from './combinations.ts';
import { combinationGraph, END } from './combination-graph.ts';
import type { FieldCondition } from './compile.ts';
import type { Facts } from './facts.ts';
import type { Element, LeafTree } from './flatten.ts';
import { CHOICE_COST, NODE_COST, PATTERN_WORK_MAX } from './work.ts';

/**
 * Array consistency: one choice of elements, at most one of each list, must make all conditions of one combination
 * hold. What has been chosen so far is a state: the innermost chosen elements that a later condition can still see.
 * Conditions go by path, so those of one list stand together, and a list is forgotten as soon as no later condition
 * looks into it: independent lists never multiply, and each state only walks the leaves that it can reach.
 * Combinations that have the same conditions left go on together, with the states of all of them.
 */
type State = readonly Element[];

/**
 * @param combinations each of conditions of which it depends on elements of lists whether they hold
 * @throws WorkExceeded
 */
export function holdTogether(combinations: Iterable<FieldCondition[]>, facts: Facts): boolean {
  const graph = combinationGraph(combinations, facts.work);
  const start = graph.length - 1;
  if (start === END) return true; // some combination has nothing left
  const conditions = graph.flatMap((steps) => steps.map(({ condition }) => condition));
  const walking = conditions.reduce((sum, { path }) => sum + facts.flat.costOfWalking(path), 0);
  facts.work.grant(Math.min(walking, PATTERN_WORK_MAX));
  const lastSeen = lastPathsOf(conditions, facts);
  const reaches = new Map<FieldCondition, Reach>();
  const states = new Map<number, Distinct>([[start, new Distinct([])]]);
  for (let node = start; node !== END; node -= 1) {
    const here = states.get(node)?.states() ?? [];
    states.delete(node);
    if (here.length === 0) continue;
    for (const { condition, to } of graph[node] ?? []) {
      const reach = reaches.get(condition) ?? new Reach(condition, facts);
      reaches.set(condition, reach);
      const next = states.get(to) ?? new Distinct();
      states.set(to, next);
      for (const state of here) {
        reach.from(state, (chosen) => {
          next.add(chosen.flatMap((element) => visible(element, lastSeen, condition.path)));
        });
        if (to === END && !next.isEmpty) return true;
      }
    }
  }
  return false;
}

/** For each list, the last path that looks into it. */
function lastPathsOf(conditions: readonly FieldCondition[], { flat, work }: Facts): Map<number, string> {
  const lastPaths = new Map<number, string>();
  for (const path of new Set(byPath(conditions).map((condition) => condition.path))) {
    const lists = flat.lists(path);
    work.spend(lists.size);
    for (const list of lists) lastPaths.set(list, path);
  }
  return lastPaths;
}

/** The element, or the innermost one around it that a later condition can see. */
function visible(element: Element, lastSeen: ReadonlyMap<number, string>, path: string): Element[] {
  for (let step: Element | undefined = element; step; step = step.parent)
    if ((lastSeen.get(step.list) ?? '') > path) return [step];
  return [];
}

/** Where one condition can go on from a state. */
class Reach {
  readonly #condition: FieldCondition;
  readonly #facts: Facts;
  readonly #tree: LeafTree;
  /** Whether the condition holds among the leaves of a node; asked once however many states come by. */
  readonly #holds = new Map<LeafTree, boolean>();

  constructor(condition: FieldCondition, facts: Facts) {
    this.#condition = condition;
    this.#facts = facts;
    this.#tree = facts.flat.tree(condition.path);
  }

  from(state: State, reached: (state: State) => void): void {
    const { work } = this.#facts;
    const around = state.reduce((sum, tip) => sum + 1 + tip.depth, 0);
    work.spendOnChoices(NODE_COST + around);
    const chosen = chosenIn(state);
    let isPresent = false;
    const look = (node: LeafTree, element: Element | undefined): void => {
      work.spendOnChoices(NODE_COST + node.lists.size);
      if (node.leaves.length > 0) {
        isPresent = true;
        if (this.#holdsAt(node)) {
          const next = choose(state, element);
          const among = next.length > 1 ? CHOICE_COST * next.length : 0;
          work.spendOnChoices(among + around + (element ? element.depth * (1 + state.length) : 0));
          reached(next);
        }
      }
      for (const [list, elements] of node.lists) {
        const only = chosen(list);
        if (only) {
          const below = elements.get(only);
          if (below) look(below, only);
        } else for (const [next, below] of elements) look(below, next);
      }
    };
    look(this.#tree, undefined);
    if (!isPresent && this.#condition.absenceAllowed) reached(state);
  }

  #holdsAt(node: LeafTree): boolean {
    const known = this.#holds.get(node);
    if (known !== undefined) return known;
    const holds = this.#facts.holdsAmong(this.#condition, node.leaves);
    this.#holds.set(node, holds);
    return holds;
  }
}

/** The element that a state has chosen of a list. */
function chosenIn(state: State): (list: number) => Element | undefined {
  const [only] = state;
  if (!only) return () => undefined;
  if (state.length === 1 && !only.parent) return (list) => (list === only.list ? only : undefined);
  const chosen = new Map<number, Element>();
  for (const tip of state)
    for (let step: Element | undefined = tip; step; step = step.parent) chosen.set(step.list, step);
  return (list) => chosen.get(list);
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

  constructor(...states: State[]) {
    for (const state of states) this.add(state);
  }

  get isEmpty(): boolean {
    return !this.#isEmptyIn && this.#single.size === 0 && this.#several.size === 0;
  }

  add(state: State): void {
    const elements = state.length > 1 ? [...new Set(state)] : state;
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
