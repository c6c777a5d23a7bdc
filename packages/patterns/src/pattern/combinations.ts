import type { FieldCondition } from './compile.ts';

/** What a pattern asks, in its order: conditions, and choices among branches of `$or`. */
export type Part = FieldCondition | { branches: readonly Branch[] };

/** Conditions that must hold together, and choices that each must hold: as large as the text it was read from. */
export interface Branch {
  parts: readonly Part[];
  /** Combinations that its choices make. */
  combinations: number;
}

/** Parts that are still to come. */
interface Rest {
  parts: readonly Part[];
  from: number;
  next: Rest | undefined;
}

/** Every combination of branches, in the order in which they stand; each is made once, from its first condition on. */
export function* combinationsOf({ parts }: Pick<Branch, 'parts'>): Generator<FieldCondition[]> {
  yield* combinationsFrom({ parts, from: 0, next: undefined }, []);
}

function* combinationsFrom(start: Rest | undefined, taken: FieldCondition[]): Generator<FieldCondition[]> {
  const length = taken.length;
  for (let rest = start; rest; rest = rest.next)
    for (let { from } = rest; from < rest.parts.length; from += 1) {
      const part = rest.parts[from]!; // from is below the length
      if ('branches' in part) {
        const next = { parts: rest.parts, from: from + 1, next: rest.next };
        for (const branch of part.branches)
          yield* combinationsFrom({ parts: branch.parts, from: 0, next }, taken);
        taken.length = length;
        return;
      }
      taken.push(part);
    }
  yield lastOfEachPath(taken);
  taken.length = length;
}

/** A path that comes again replaces what was asked of it before, as a key that comes twice does. */
function lastOfEachPath(conditions: readonly FieldCondition[]): FieldCondition[] {
  const byPath = new Map<string, FieldCondition>();
  for (const condition of conditions) {
    byPath.delete(condition.path);
    byPath.set(condition.path, condition);
  }
  return [...byPath.values()];
}

export function* conditionsOf({ parts }: Branch): Generator<FieldCondition> {
  for (const part of parts)
    if ('branches' in part) for (const branch of part.branches) yield* conditionsOf(branch);
    else yield part;
}

/** Matching goes by path: which absences array consistency can see depends on the order, as in event-ruler. */
export function byPath(conditions: readonly FieldCondition[]): FieldCondition[] {
  return conditions.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Whether some combination asks for a path twice, so that the later condition replaces the earlier one. */
export function hasReplacements(branch: Branch): boolean {
  try {
    pathsOf(branch);
    return false;
  } catch (error) {
    if (error instanceof Replacement) return true;
    throw error;
  }
}

class Replacement extends Error {}

function pathsOf({ parts }: Branch): Set<string> {
  const paths = new Set<string>();
  for (const part of parts) {
    const own = 'branches' in part ? part.branches.flatMap((branch) => [...pathsOf(branch)]) : [part.path];
    if (own.some((path) => paths.has(path))) throw new Replacement();
    for (const path of own) paths.add(path);
  }
  return paths;
}
