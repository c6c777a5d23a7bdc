import type { EventEnvelope } from './event-service.ts';
import type { EventRecord } from './event-store.ts';

/** What every source has. Names are unique among all kinds. */
interface SourceBase {
  name: string;
  /** The bus, of the server's own region, that its events are put on. */
  eventBusName: string;
  createdAtMs: number;
}

/** An SQS queue, as a rule of another account fills it: each message is an event. */
export interface QueueSource extends SourceBase {
  kind: 'queue';
  queueUrl: string;
  region: string;
  /** Of the server's `~/.aws`; absent: the SDK's default credentials. */
  profile?: string;
  /** Absent: the host of `queueUrl`. */
  endpointUrl?: string;
}

/** Whole events, sent here by an API destination of EventBridge. */
export interface PushSource extends SourceBase {
  kind: 'events';
  /** Name of the header that carries the key. */
  apiKeyHeader: string;
  /** The key itself is nowhere: hexadecimal SHA-256 of it. */
  apiKeySha256: string;
}

/** JSON of any shape, signed with a shared secret. */
export interface WebhookSource extends SourceBase {
  kind: 'webhook';
  /** Of the envelope; never one of AWS. */
  source: string;
  detailType: string;
  /** Needed to check signatures, so it is kept as it is, and leaves the store for that alone. */
  secret: string;
  signatureHeader: string;
  /** Stands before the signature in its header, e.g. `sha256=`. */
  signaturePrefix: string;
  /** What is signed, with `{body}` and `{timestamp}` in it. */
  signedContent: string;
  timestampHeader?: string;
  /** Seconds that the timestamp may be off, either way. */
  toleranceSeconds?: number;
  /** The header that names one delivery: the same name again is dropped. */
  idHeader?: string;
}

/** Where events come from besides PutEvents. */
export type EventSource = QueueSource | PushSource | WebhookSource;

/** A message of a queue. */
export interface SourceMessage {
  messageId: string;
  receiptHandle: string;
  body: string;
  /** It carries the mark of a rehearsal. */
  simulated: boolean;
}

/** A queue as the poller uses it. Errors say what a person can do. */
export interface SourceQueue {
  /** Waits up to 20 seconds for messages; none is an answer. */
  receive(signal: AbortSignal): Promise<SourceMessage[]>;
  /** @throws Error when any of them was not deleted */
  delete(messages: readonly SourceMessage[]): Promise<void>;
  close(): void;
}

/** What came by a source. */
export type Arrival =
  | { kind: 'event'; key: string | undefined; event: EventEnvelope; simulated: boolean }
  /** No event: kept aside. */
  | { kind: 'rejected'; key: string; reason: string; body: string };

/** What became of an arrival. `duplicate`: it came before under the same key, and causes nothing. */
export type ArrivalOutcome = 'stored' | 'duplicate' | 'rejected';

/** Arrivals with what they cause: one transaction. */
export interface Intake {
  source: string;
  atMs: number;
  arrivals: (
    { kind: 'event'; key: string | undefined; record: EventRecord } | Extract<Arrival, { kind: 'rejected' }>
  )[];
  /** Keys of older arrivals may be forgotten, milliseconds since the epoch. */
  forgetBeforeMs: number;
}

/** Since the first use of the source's name. */
export interface SourceCounts {
  events: number;
  duplicates: number;
  rejected: number;
  lastEventMs?: number;
}

/** A message that is no event. */
export interface RejectedArrival {
  source: string;
  key: string;
  receivedAtMs: number;
  reason: string;
  body: string;
}

/** A source as it may be shown: without what is secret. */
export type ShownSource = QueueSource | Omit<PushSource, 'apiKeySha256'> | Omit<WebhookSource, 'secret'>;

/** A source and how it does. Of errors and polls, those since the server's start. */
export interface SourceStatus {
  source: ShownSource;
  /** It stands in the server's configuration, not in its store. */
  isConfigured: boolean;
  counts: SourceCounts;
  lastPollMs?: number;
  /** Gone when it works again. */
  failingSinceMs?: number;
  lastError?: { atMs: number; message: string };
}
