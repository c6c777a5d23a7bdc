import { byPath } from './combinations.ts';
import type { FieldCondition } from './compile.ts';
import type { Work } from './work.ts';

/** A condition, and the node at which what must hold after it begins. */
interface Step {
  condition: FieldCondition;
  to: number;
}

/** The node at which nothing is left to hold. */
export const END = 0;

/** Steps of each node but the end, by its number: each leads to a lower one, and the highest is where it starts. */
export type CombinationGraph = readonly (readonly Step[])[];

/** Conditions told from each other by what they are, not by what they ask. */
interface Beginning {
  isEnd: boolean;
  steps: Map<FieldCondition, Beginning>;
}

/**
 * Combinations of conditions, by path, as a graph that has what they begin with and what they end with once: three
 * choices among ten are thirty steps, not a thousand combinations.
 */
export function combinationGraph(combinations: Iterable<FieldCondition[]>, work: Work): CombinationGraph {
  const start: Beginning = { isEnd: false, steps: new Map() };
  for (const combination of combinations) {
    work.spend(1 + combination.length);
    let node = start;
    for (const condition of byPath(combination)) {
      if (node.isEnd) break; // what asks for less is enough
      const next = node.steps.get(condition) ?? { isEnd: false, steps: new Map() };
      node.steps.set(condition, next);
      node = next;
    }
    node.isEnd = true;
    node.steps.clear();
  }
  return merged(start);
}

function merged(start: Beginning): CombinationGraph {
  const nodes: Step[][] = [[]];
  const numbers = new Map<string, number>();
  const conditions = new Map<FieldCondition, number>();
  const numberOf = (node: Beginning): number => {
    if (node.isEnd) return END;
    const steps = Array.from(node.steps, ([condition, next]) => ({ condition, to: numberOf(next) }));
    const key = steps
      .map(({ condition, to }) => {
        if (!conditions.has(condition)) conditions.set(condition, conditions.size);
        return `${conditions.get(condition)}>${to}`;
      })
      .sort()
      .join();
    const known = numbers.get(key) ?? nodes.push(steps) - 1;
    numbers.set(key, known);
    return known;
  };
  const first = numberOf(start);
  return nodes.slice(0, first + 1);
}
