import { combinationsOf, type Part } from './combinations.ts';
import type { CompiledPattern, FieldCondition } from './compile.ts';
import { Facts } from './facts.ts';
import { FlatEvent, flattenEvent } from './flatten.ts';
import { holdTogether } from './together.ts';
import { PATTERN_WORK_MAX, Work, WorkExceeded } from './work.ts';

/** `undecided`: the work limit was reached. Such an event counts as one that does not match. */
export type Outcome = 'matched' | 'refused' | 'undecided';

/**
 * Does the event match? Conditions on members of the same list of objects must be met by the same element.
 * @param event parsed JSON, or the result of `flattenEvent` when one event meets many patterns
 */
export function matches(pattern: CompiledPattern, event: unknown): boolean {
  const flat = event instanceof FlatEvent ? event : flattenEvent(event);
  return outcomeOf(pattern, flat, new Work(PATTERN_WORK_MAX)) === 'matched';
}

export function outcomeOf(pattern: CompiledPattern, flat: FlatEvent, work: Work): Outcome {
  try {
    return isMatch(pattern, flat, work) ? 'matched' : 'refused';
  } catch (error) {
    if (error instanceof WorkExceeded) return 'undecided';
    throw error;
  }
}

function isMatch({ root, hasReplacements }: CompiledPattern, flat: FlatEvent, work: Work): boolean {
  const facts = new Facts(flat, work);
  if (hasReplacements) return holdTogether(combinationsLeft(root.parts, facts), facts);
  const parts = partsLeft(root.parts, facts);
  if (!parts || parts.length === 0) return parts !== undefined;
  const [only] = parts;
  // alone, it holds where any leaf does
  if (only && parts.length === 1 && !('branches' in only))
    return facts.holdsAmong(only, flat.leaves.get(only.path) ?? []);
  return holdTogether(combinationsOf({ parts }), facts);
}

/**
 * Parts of which it is open whether they hold: all that matters in the end is where fields in lists hold.
 * @returns undefined when some part cannot hold, whatever the others want
 */
function partsLeft(parts: readonly Part[], facts: Facts): Part[] | undefined {
  const left: Part[] = [];
  for (const part of parts) {
    if (!('branches' in part)) {
      const holds = facts.holds(part);
      if (holds === false) return undefined;
      if (holds === 'maybe') left.push(part);
      continue;
    }
    const branches = part.branches.flatMap((branch) => {
      const inside = partsLeft(branch.parts, facts);
      return inside ? [{ parts: inside, combinations: branch.combinations }] : [];
    });
    if (branches.length === 0) return undefined;
    // one that holds for sure decides, whatever the others are
    if (branches.every((branch) => branch.parts.length > 0)) left.push({ branches });
  }
  return left;
}

/** A condition that another one replaces need not hold, so here each combination is looked at as a whole. */
function* combinationsLeft(parts: readonly Part[], facts: Facts): Generator<FieldCondition[]> {
  for (const combination of combinationsOf({ parts })) {
    facts.work.spend(combination.length);
    const verdicts = combination.map((condition) => facts.holds(condition));
    if (!verdicts.includes(false)) yield combination.filter((_, index) => verdicts[index] === 'maybe');
  }
}
