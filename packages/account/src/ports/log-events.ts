/** Group and stream names hold no `:`, so it divides them where a text names both. */
export interface LogPlace {
  region: string;
  logGroup: string;
  logStream: string;
}

/** A log event as whoever writes it gives it. */
export interface NewLogEvent {
  /** Milliseconds since the epoch. */
  timestampMs: number;
  message: string;
}

/** Where an event stands in its group: in order of time, then as they came in. */
export interface LogPosition {
  timestampMs: number;
  /** Of one event for ever, and of no other. */
  sequence: number;
}

/** A log event as it is kept. */
export interface LogEvent extends NewLogEvent, LogPosition {
  logStreamName: string;
  ingestedAtMs: number;
}

/** Which events of a log group are wanted, oldest first unless it says otherwise. */
export interface LogEventQuery {
  region: string;
  logGroup: string;
  /** Default: all of the group. */
  logStreams?: readonly string[];
  /** Inclusive. */
  fromMs?: number;
  /** Exclusive. */
  toMs?: number;
  after?: LogPosition;
  before?: LogPosition;
  newestFirst?: boolean;
  limit: number;
}

/** The events of log groups. Groups and streams themselves are resources. */
export interface LogEvents {
  add(place: LogPlace, events: readonly NewLogEvent[], ingestedAtMs: number): void;
  find(query: LogEventQuery): LogEvent[];
  /** Of a stream or of a whole group; with `beforeMs` those older than it. @returns bytes, as CloudWatch counts them */
  remove(where: { region: string; logGroup: string; logStream?: string; beforeMs?: number }): number;
}
