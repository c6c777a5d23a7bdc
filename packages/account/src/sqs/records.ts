/** A queue as it is kept: type `sqs:queue`, id `<region>/<name>`. */
export interface QueueRecord {
  id: string;
  name: string;
  queueArn: string;
  /** Those that were set. */
  attributes: Partial<Record<SettableAttribute, string>>;
  tags: Record<string, string>;
  createdAtMs: number;
  changedAtMs: number;
}

/** Whole numbers within limits, with what holds when none is set. */
export const NUMBERS = {
  DelaySeconds: { min: 0, max: 900, default: 0 },
  MaximumMessageSize: { min: 1024, max: 1_048_576, default: 1_048_576 },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, default: 345_600 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, default: 0 },
  VisibilityTimeout: { min: 0, max: 43_200, default: 30 },
} as const;

/**
 * Kept and shown, so that templates for AWS stay as they are. They encrypt nothing here: the server's own disk holds
 * the messages.
 */
export const ENCRYPTION = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'] as const;

export type NumberAttribute = keyof typeof NUMBERS;
type SettableAttribute =
  NumberAttribute | 'Policy' | 'RedrivePolicy' | 'RedriveAllowPolicy' | (typeof ENCRYPTION)[number];

/** What holds for the queue, set or by default. */
export function numberOf(queue: QueueRecord, name: NumberAttribute): number {
  const set = queue.attributes[name];
  return set === undefined ? NUMBERS[name].default : Number(set);
}
