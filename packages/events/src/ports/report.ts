import type { Schedule } from './scheduler.ts';

/** Something an operator should know; nobody waits for it. */
export type EventReport =
  /** Every run from `firstMissedMs` to before `untilMs` was skipped. */
  | { kind: 'schedule-missed'; ruleArn: string; firstMissedMs: number; untilMs: number }
  /**
   * Its next time cannot be told: it was written by another version. It does not run until it is changed. Without its
   * expression nothing of what is stored can be read.
   */
  | { kind: 'schedule-unreadable'; ruleArn: string; expression?: string; problem: string }
  /** Its one local time does not exist: clocks are put forward over it. */
  | { kind: 'schedule-never'; schedule: Schedule }
  /** It was real, and a rehearsal replaced it: what it does by the clock is marked until it is put by another. */
  | { kind: 'schedule-rehearsed'; ruleArn: string }
  | {
      kind: 'delivery-dead';
      deliveryId: string;
      eventId: string;
      ruleArn: string;
      targetArn: string;
      error: string;
    }
  | { kind: 'event-lost'; eventId: string; eventBusName: string; reason: string }
  /** The work limit of matching was reached, which counts as not matching. Told once for a rule and its pattern. */
  | { kind: 'match-undecided'; eventId: string; ruleArn: string }
  /** The store refused; the work is tried again. */
  | { kind: 'store-failed'; error: unknown };
