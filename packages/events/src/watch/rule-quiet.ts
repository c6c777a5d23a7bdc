import { quietAfterMs, type Announcement } from '../ports/announcements.ts';
import type { StoredRule } from '../ports/event-store.ts';

/** The last instant that a `Date` can tell. */
const INSTANT_MAX_MS = 8.64e15;

/** A rule whose tags ask to be told when it is quiet. Times in milliseconds. */
export interface RuleWatch {
  /** It may become quiet; it was told to be; and it has matched again, which is to be told. */
  state: 'matching' | 'quiet' | 'matched-again';
  /** Without a match for so long it is quiet. */
  afterMs: number;
  /** Of the last match, or of the rule's creation, since the epoch. */
  lastMs: number;
}

type RuleAnnouncement = Extract<Announcement, { afterMs: number }>;

/**
 * After the rule was written.
 * @param before  undefined: it was not watched
 * @returns undefined: it is not
 */
export function watchAfterChange(
  before: RuleWatch | undefined,
  { rule, tags, createdAtMs }: Pick<StoredRule, 'rule' | 'tags' | 'createdAtMs'>,
): RuleWatch | undefined {
  const afterMs = rule.State === 'DISABLED' ? undefined : quietAfterMs(tags);
  if (afterMs === undefined) return undefined;
  return before ? { ...before, afterMs } : { state: 'matching', afterMs, lastMs: createdAtMs };
}

/** After it matched what really happened: a rehearsal does not tell that what really happens comes. */
export function watchAfterMatch(before: RuleWatch, atMs: number): RuleWatch {
  return { ...before, lastMs: atMs, state: before.state === 'quiet' ? 'matched-again' : before.state };
}

/** After its state was told. What came between finding that it is quiet and telling so is to be told, too. */
export function watchAfterTelling(before: RuleWatch, told: RuleAnnouncement): RuleWatch {
  if (told.kind === 'rule-quiet')
    return { ...before, state: before.lastMs === told.sinceMs ? 'quiet' : 'matched-again' };
  return before.state === 'matched-again' ? { ...before, state: 'matching' } : before;
}

/** @returns when something is to be told of it if it does not match until then; undefined: never */
export function tellAtMs({ state, afterMs, lastMs }: RuleWatch): number | undefined {
  if (state === 'quiet') return undefined;
  if (state === 'matched-again') return lastMs;
  const quietMs = lastMs + afterMs;
  return quietMs <= INSTANT_MAX_MS ? quietMs : undefined;
}

/** What is to be told of it when that time has come. */
export function ruleAnnouncement(ruleArn: string, { state, afterMs, lastMs }: RuleWatch): RuleAnnouncement {
  const kind = state === 'matched-again' ? 'rule-matched-again' : 'rule-quiet';
  return { kind, ruleArn, sinceMs: lastMs, afterMs };
}
