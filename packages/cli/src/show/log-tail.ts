export interface LogEvent {
  eventId: string;
  timestamp: number;
  message: string;
  logStreamName: string;
}

/** Lines can come in with times before those that were printed already: so far back is looked again. */
const LATE_MS = 10_000;

/** What of a log group was printed, so that each line is printed once however often the group is asked. */
export class LogTail {
  #printed = new Map<string, number>();
  #newestMs: number;

  /** @param sinceMs  where to begin */
  constructor(sinceMs: number) {
    this.#newestMs = sinceMs + LATE_MS;
  }

  /** From where to ask next. */
  get startTime(): number {
    return this.#newestMs - LATE_MS;
  }

  /** @returns those that were not printed yet */
  fresh(events: readonly LogEvent[]): LogEvent[] {
    const fresh = events.filter(({ eventId }) => !this.#printed.has(eventId));
    for (const { eventId, timestamp } of fresh) {
      this.#printed.set(eventId, timestamp);
      this.#newestMs = Math.max(this.#newestMs, timestamp);
    }
    for (const [eventId, timestamp] of this.#printed)
      if (timestamp < this.startTime) this.#printed.delete(eventId);
    return fresh;
  }
}
