import type { CompiledPattern, Conjunction, FieldCondition } from './compile.ts';
import { FlatEvent, flattenEvent, joinMemberships, type Leaf, type Membership } from './flatten.ts';

/**
 * Does the event match? Conditions on members of the same array of objects must be met by the same element.
 * @param event parsed JSON, or the result of `flattenEvent` when one event meets many patterns
 */
export function matches(pattern: CompiledPattern, event: unknown): boolean {
  const flat = event instanceof FlatEvent ? event : flattenEvent(event);
  return pattern.alternatives.some((conjunction) => matchesTogether(conjunction, flat));
}

/** Does the condition hold anywhere, whatever the other conditions want? */
export function holdsAlone(condition: FieldCondition, flat: FlatEvent): boolean {
  const leaves = flat.leaves.get(condition.path);
  if (!leaves) return condition.absenceAllowed;
  return leaves.some((leaf) => accepts(condition, leaf));
}

function matchesTogether(conjunction: Conjunction, flat: FlatEvent): boolean {
  // the cheap refusal first: most events fail here
  const impossible = (condition: FieldCondition): boolean =>
    !condition.absenceAllowed && !holdsAlone(condition, flat);
  if (conjunction.byPath.some(impossible)) return false;
  let states: Membership[] = [new Map()];
  for (const [index, condition] of conjunction.byPath.entries()) {
    states = advance(states, condition, flat);
    if (states.length === 0) return false;
    states = forgetFinished(states, conjunction.byPath.slice(index + 1), flat);
  }
  return true;
}

function advance(states: readonly Membership[], condition: FieldCondition, flat: FlatEvent): Membership[] {
  const leaves = flat.leaves.get(condition.path) ?? [];
  const next: Membership[] = [];
  for (const state of states) {
    let present = false;
    for (const leaf of leaves) {
      const joined = joinMemberships(state, leaf.membership);
      if (!joined) continue;
      present = true;
      if (accepts(condition, leaf)) next.push(joined);
    }
    if (!present && condition.absenceAllowed) next.push(state);
  }
  return next;
}

function accepts(condition: FieldCondition, leaf: Leaf): boolean {
  return condition.matchers.some((matcher) => matcher.accepts(leaf.value));
}

/** Arrays that no later condition can see are dropped and equal states merged: independent arrays never multiply. */
function forgetFinished(
  states: readonly Membership[],
  later: readonly FieldCondition[],
  flat: FlatEvent,
): Membership[] {
  if (states.every((state) => state.size === 0)) return [new Map()];
  const visible = new Set<number>();
  for (const condition of later)
    for (const leaf of flat.leaves.get(condition.path) ?? [])
      for (const array of leaf.membership.keys()) visible.add(array);
  const distinct = new Map<string, Membership>();
  for (const state of states) {
    const kept = [...state].filter(([array]) => visible.has(array)).sort(([a], [b]) => a - b);
    distinct.set(kept.join(';'), new Map(kept));
  }
  return [...distinct.values()];
}
