import type { MessageAttribute } from './queue-messages.ts';

/** One message of a topic on its way to one subscriber. */
export interface Notification {
  id: string;
  topicArn: string;
  subscriptionArn: string;
  protocol: string;
  endpoint: string;
  /** The SNS message id: one Publish, one id, however many subscribers. */
  messageId: string;
  subject?: string;
  /** As the subscriber gets it: with SNS's envelope where its protocol has one. */
  message: string;
  /** Of a message that a queue gets without an envelope. */
  messageAttributes?: Record<string, MessageAttribute>;
  createdAtMs: number;
  /** Caused by an injected event: the mail says SIMULATED. */
  simulated: boolean;
  executionArn?: string;
  stateName?: string;

  status: 'pending' | 'delivered' | 'dead';
  attempts: number;
  dueAtMs: number;
  deliveredAtMs?: number;
  lastError?: string;
  /** Where the mail lies when it went to the outbox folder: a file name in it. */
  outboxFile?: string;
}

/** A notification before anybody has tried to send it. */
export type NewNotification = Omit<
  Notification,
  'status' | 'attempts' | 'dueAtMs' | 'deliveredAtMs' | 'lastError' | 'outboxFile'
>;
