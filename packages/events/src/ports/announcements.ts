/** A change of state that is told as an event of its own, once. Times in milliseconds since the epoch. */
export type Announcement =
  | {
      kind: 'target-failing' | 'target-recovered';
      /** Of the rule or schedule. */
      ruleArn: string;
      targetId: string;
      /** It was a rehearsal that failed or worked again. */
      simulated: boolean;
      /** Attempts that failed one after the other. */
      failures: number;
      error: string;
      /** Of the first of them. */
      sinceMs: number;
    }
  | {
      kind: 'rule-quiet' | 'rule-matched-again';
      ruleArn: string;
      /** Of the last match, or of the rule's creation where it never matched. */
      sinceMs: number;
      afterMs: number;
    };

/** A rule with this tag is watched: its value is the number of hours after which it is quiet. */
const QUIET_AFTER_HOURS = 'riposte:quiet-after-hours';
/** About 137,000 years: with it no instant lies beyond what a `Date` can tell. */
const QUIET_AFTER_MAX_MS = 8.64e15 / 2;

/** @returns milliseconds, or undefined for a rule that is not watched, as one whose hours no date can tell */
export function quietAfterMs(tags: Readonly<Record<string, string>> | undefined): number | undefined {
  const hours = Number(tags?.[QUIET_AFTER_HOURS]);
  const afterMs = hours * 3_600_000;
  return afterMs > 0 && afterMs <= QUIET_AFTER_MAX_MS ? afterMs : undefined;
}
