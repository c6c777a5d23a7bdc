import { accepts, type CompiledPattern, type Conjunction, type FieldCondition } from './compile.ts';
import { FlatEvent, flattenEvent } from './flatten.ts';
import { holdsTogether } from './together.ts';

/**
 * Does the event match? Conditions on members of the same list of objects must be met by the same element.
 * @param event parsed JSON, or the result of `flattenEvent` when one event meets many patterns
 */
export function matches(pattern: CompiledPattern, event: unknown): boolean {
  const flat = event instanceof FlatEvent ? event : flattenEvent(event);
  return pattern.alternatives.some((conjunction) => matchesConjunction(conjunction, flat));
}

export function matchesConjunction(conjunction: Conjunction, flat: FlatEvent): boolean {
  // the cheap refusal first: most events fail here
  for (const condition of conjunction.byPath)
    if (!condition.absenceAllowed && !holdsAlone(condition, flat)) return false;
  // only fields in lists can hold one by one and yet not together
  const isInLists = conjunction.byPath.some((condition) => flat.isInLists(condition.path));
  return isInLists
    ? holdsTogether(conjunction.byPath, flat)
    : conjunction.byPath.every((condition) => !condition.absenceAllowed || holdsAlone(condition, flat));
}

/** Does the condition hold anywhere, whatever the other conditions want? */
export function holdsAlone(condition: FieldCondition, flat: FlatEvent): boolean {
  const leaves = flat.leaves.get(condition.path);
  if (!leaves) return condition.absenceAllowed;
  return leaves.some((leaf) => accepts(condition, leaf.value));
}
