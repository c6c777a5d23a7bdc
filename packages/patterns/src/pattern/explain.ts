import type { CompiledPattern, Conjunction, FieldCondition } from './compile.ts';
import { FlatEvent, flattenEvent } from './flatten.ts';
import { holdsAlone, matches } from './match.ts';
import { shown } from './value-matcher.ts';

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

/** @param event parsed JSON, or the result of `flattenEvent` */
export function explain(pattern: CompiledPattern, event: unknown): Explanation {
  const flat = event instanceof FlatEvent ? event : flattenEvent(event);
  const closest = closestAlternative(pattern, flat);
  if (matches(pattern, flat)) return { matched: true, sentence: matchedSentence(closest) };
  const failed = closest.inDocumentOrder.find((condition) => !holdsAlone(condition, flat));
  if (!failed) return differentElements(closest, flat);
  const seen = describeSeen(failed, flat);
  const among = pattern.alternatives.length > 1 ? 'No branch of $or matches; in the closest, ' : '';
  const sentence = `${among}${failed.path} ${seen === undefined ? 'is absent' : `is ${seen}`}, and the pattern wants ${failed.wanted}.`;
  return { matched: false, path: failed.path, wanted: failed.wanted, seen: seen ?? 'absent', sentence };
}

/** The alternative of `$or` in which the most conditions hold. */
function closestAlternative(pattern: CompiledPattern, flat: FlatEvent): Conjunction {
  const score = (conjunction: Conjunction): number =>
    conjunction.inDocumentOrder.filter((condition) => holdsAlone(condition, flat)).length /
    conjunction.inDocumentOrder.length;
  // a compiled pattern has at least one alternative
  return pattern.alternatives.reduce((best, next) => (score(next) > score(best) ? next : best));
}

function matchedSentence(conjunction: Conjunction): string {
  const paths = [...new Set(conjunction.inDocumentOrder.map((condition) => condition.path))];
  return paths.length === 1
    ? `${paths[0]} is as the pattern wants it.`
    : `All ${paths.length} fields are as the pattern wants them: ${paths.join(', ')}.`;
}

function differentElements(conjunction: Conjunction, flat: FlatEvent): Explanation {
  const inArrays = conjunction.inDocumentOrder.filter((condition) => flat.isInLists(condition.path));
  const last = inArrays.at(-1) ?? conjunction.inDocumentOrder.at(-1);
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
