import type { CallRecord, CallFilter, NewCallRecord } from './call-record.ts';
import type { LogEvents } from './log-events.ts';
import type { Notification, NewNotification } from './notification.ts';
import type { QueueMessages } from './queue-messages.ts';

/**
 * What one change of the local account may touch. All of it is applied together or not at all. Synchronous on
 * purpose: a handler reads, decides and writes without another change in between.
 */
export interface AccountTransaction {
  /**
   * @param type kind of resource with its service, e.g. `iam:access-key`, `sns:topic`
   * @param id   unique in its type; resources of a region begin with `<region>/`
   */
  get<T>(type: string, id: string): T | undefined;
  /** In order of id; the first `limit`, or all. */
  list<T>(type: string, prefix?: string, limit?: number): T[];
  put(type: string, id: string, value: unknown): void;
  /** @returns whether there was one. */
  delete(type: string, id: string): boolean;

  /** Appends to the hash-chained record of AWS calls. */
  appendCall(call: NewCallRecord): CallRecord;
  /** Newest first. */
  findCalls(filter: CallFilter): CallRecord[];
  /** The recorded answer of a call that a crashed run of the same task attempt, or delivery, had made already. */
  findAnswer(taskId: string, journalKey: string): CallRecord | undefined;

  /** Sent after the commit, with retries, until delivered or dead. */
  enqueueNotification(notification: NewNotification): void;

  readonly messages: QueueMessages;
  readonly logEvents: LogEvents;
}

/** The part of a transaction that changes nothing. */
export type AccountReading = Pick<AccountTransaction, 'get' | 'list' | 'findCalls' | 'findAnswer'>;

/** Durable state of the local account. */
export interface AccountStore {
  /**
   * Runs `work` in a transaction and resolves with its result once it is on disk. An exception of `work` undoes
   * what it wrote and rejects; other transactions are not affected.
   */
  transaction<T>(work: (transaction: AccountTransaction) => T): Promise<T>;
  /** Reads what is on disk, all at one point in time, and waits for no write. */
  read<T>(work: (reading: AccountReading) => T): Promise<T>;
  /**
   * Calls `listener` after each commit that added messages to a queue, or changed when they may be received, with the
   * queue's id (`<region>/<name>`).
   * @returns a function that ends the subscription
   */
  onMessages(listener: (queue: string) => void): () => void;

  /** Undelivered notifications whose time has come, oldest first. */
  dueNotifications(nowMs: number, limit: number): Promise<Notification[]>;
  nextNotificationDueMs(): Promise<number | undefined>;
  updateNotification(id: string, change: Partial<Notification>): Promise<void>;
  /** Newest first. */
  listNotifications(filter: {
    executionArn?: string;
    /** Default: all. */
    protocols?: readonly string[];
    limit: number;
  }): Promise<Notification[]>;
}
