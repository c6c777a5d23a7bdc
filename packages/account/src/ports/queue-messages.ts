/** A user's attribute of a message, as it is kept: a binary value in base64. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  binaryBase64?: string;
}

/** One message in a queue. */
export interface QueueMessage {
  /** Rises with every message that was ever added; the store gives it. */
  sequence: number;
  /** `<region>/<name>` */
  queue: string;
  messageId: string;
  body: string;
  attributes: Record<string, MessageAttribute>;
  /** X-Ray's. */
  traceHeader?: string;
  /** Who sent it: an access key's id, or the principal of a service. */
  senderId: string;
  /** When it was first sent: moving to a dead-letter queue does not change it. */
  sentAtMs: number;
  /** It is hidden until then: delayed, or in flight. */
  visibleAtMs: number;
  receiveCount: number;
  firstReceivedAtMs?: number;
  /** Named by the newest receipt handle. */
  receipt?: string;
  /** ARN of the queue that it was moved away from. */
  deadLetterSourceArn?: string;
}

/** A message before it has its place in the queue. */
export type NewQueueMessage = Omit<QueueMessage, 'sequence'>;

/** Messages of the queues, within one transaction. */
export interface QueueMessages {
  add(message: NewQueueMessage): void;
  /** Those that may be received at `nowMs`, the longest waiting first. */
  visible(queue: string, nowMs: number, limit: number): QueueMessage[];
  get(queue: string, sequence: number): QueueMessage | undefined;
  /** Keeps the message as it is now; it may have moved to another queue. */
  change(message: QueueMessage): void;
  delete(queue: string, sequence: number): void;
  deleteAll(queue: string): void;
  /** Removes those sent at or before `atMs`: their retention has ended. */
  deleteSentUntil(queue: string, atMs: number): void;
  /** @returns how many may be received, are out with a receiver, wait for their delay to end */
  count(queue: string, nowMs: number): { visible: number; inFlight: number; delayed: number };
  /** The first instant after `nowMs` at which a hidden message becomes visible. */
  nextVisibleMs(queue: string, nowMs: number): number | undefined;
}
