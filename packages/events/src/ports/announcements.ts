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

/** @returns milliseconds, or undefined for a rule that is not watched */
export function quietAfterMs(tags: Readonly<Record<string, string>> | undefined): number | undefined {
  const hours = Number(tags?.[QUIET_AFTER_HOURS]);
  return hours > 0 && Number.isFinite(hours) ? hours * 3_600_000 : undefined;
}
