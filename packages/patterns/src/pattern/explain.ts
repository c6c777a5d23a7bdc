import { combinationsOf } from './combinations.ts';
import type { CompiledPattern, FieldCondition } from './compile.ts';
import { Facts } from './facts.ts';
import { FlatEvent, flattenEvent } from './flatten.ts';
import { outcomeOf, type Outcome } from './match.ts';
import { shown } from './value-matcher.ts';
import { PATTERN_WORK_MAX, Work, WorkExceeded } from './work.ts';

/** Why an event matched or not: the first field that decided. */
export interface Explanation {
  matched: boolean;
  /** The field that decided; absent when the event matched. */
  path?: string;
  wanted?: string;
  seen?: string;
  /** One sentence for people. */
  sentence: string;
}

const SEEN_MAX = 5;
const MATCHED_SOMEHOW = 'The event matches; it is too large for finding out by which branch of $or.';
const REFUSED_SOMEHOW = 'The event does not match; it is too large for finding out which field decided.';
const UNDECIDED =
  'Whether the event matches was not decided, which counts as not matching: its lists give more to compare than is tried.';

/**
 * @param event parsed JSON, or the result of `flattenEvent`
 * @param known what the index of several patterns found, when it was asked: there they share a limit
 * @param work what may be spent on finding out why
 */
export function explain(
  pattern: CompiledPattern,
  event: unknown,
  known?: Outcome,
  work = new Work(PATTERN_WORK_MAX),
): Explanation {
  const flat = event instanceof FlatEvent ? event : flattenEvent(event);
  const outcome = known ?? outcomeOf(pattern, flat, new Work(PATTERN_WORK_MAX));
  if (outcome === 'undecided') return { matched: false, sentence: UNDECIDED };
  const matched = outcome === 'matched';
  try {
    return whyItIs(pattern, matched, new Facts(flat, work));
  } catch (error) {
    if (error instanceof WorkExceeded)
      return { matched, sentence: matched ? MATCHED_SOMEHOW : REFUSED_SOMEHOW };
    throw error;
  }
}

/** @throws WorkExceeded */
function whyItIs(pattern: CompiledPattern, matched: boolean, facts: Facts): Explanation {
  const { flat } = facts;
  const holds = onceEach((condition) => holdsAlone(condition, facts));
  const { closest, isOneOfSeveral } = closestCombination(pattern, holds, facts);
  if (matched) return { matched: true, sentence: matchedSentence(closest) };
  const failed = closest.find((condition) => !holds(condition));
  if (!failed) return differentElements(closest, flat);
  const seen = describeSeen(failed, flat);
  const among = isOneOfSeveral ? 'No branch of $or matches; in the closest, ' : '';
  const sentence = `${among}${failed.path} ${seen === undefined ? 'is absent' : `is ${seen}`}, and the pattern wants ${failed.wanted}.`;
  return { matched: false, path: failed.path, wanted: failed.wanted, seen: seen ?? 'absent', sentence };
}

type Holds = (condition: FieldCondition) => boolean;

function onceEach(ask: Holds): Holds {
  const known = new Map<FieldCondition, boolean>();
  return (condition) => {
    const holds = known.get(condition) ?? ask(condition);
    known.set(condition, holds);
    return holds;
  };
}

/** Does the condition hold anywhere, whatever the other conditions want? */
function holdsAlone(condition: FieldCondition, facts: Facts): boolean {
  const leaves = facts.flat.leaves.get(condition.path);
  return leaves ? facts.holdsAmong(condition, leaves) : condition.absenceAllowed;
}

/** The combination of `$or` in which the largest share of conditions holds, the first of several. */
function closestCombination(
  { root }: CompiledPattern,
  holds: Holds,
  { work }: Facts,
): { closest: readonly FieldCondition[]; isOneOfSeveral: boolean } {
  let closest: readonly FieldCondition[] = [];
  let highest = -1;
  for (const combination of combinationsOf(root)) {
    if (root.combinations === 1) return { closest: combination, isOneOfSeveral: false };
    work.spend(combination.length);
    const score = combination.filter(holds).length / combination.length;
    if (score <= highest) continue;
    highest = score;
    closest = combination;
  }
  return { closest, isOneOfSeveral: true };
}

function matchedSentence(combination: readonly FieldCondition[]): string {
  const paths = combination.map((condition) => condition.path);
  return paths.length === 1
    ? `${paths[0]} is as the pattern wants it.`
    : `All ${paths.length} fields are as the pattern wants them: ${paths.join(', ')}.`;
}

function differentElements(combination: readonly FieldCondition[], flat: FlatEvent): Explanation {
  const inArrays = combination.filter((condition) => flat.isInLists(condition.path));
  const last = inArrays.at(-1) ?? combination.at(-1);
  const paths = inArrays.map((condition) => condition.path).join(', ');
  return {
    matched: false,
    ...(last && { path: last.path, wanted: last.wanted, seen: describeSeen(last, flat) ?? 'absent' }),
    sentence: `${paths} hold in different elements of a list, and the pattern wants them in the same element.`,
  };
}

function describeSeen(condition: FieldCondition, flat: FlatEvent): string | undefined {
  const leaves = flat.leaves.get(condition.path);
  if (!leaves) return undefined;
  const texts = leaves.slice(0, SEEN_MAX).map((leaf) => shorten(shown(leaf.value)));
  const more = leaves.length > SEEN_MAX ? ` and ${leaves.length - SEEN_MAX} more` : '';
  return texts.join(', ') + more;
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
