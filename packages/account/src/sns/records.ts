/** A topic as it is kept: type `sns:topic`, id `<region>/<name>`. */
export interface TopicRecord {
  topicArn: string;
  /** Those that were set. */
  attributes: TopicAttributes;
  tags: { Key: string; Value: string }[];
}

/**
 * `KmsMasterKeyId` is kept and shown, so that templates for AWS stay as they are. It encrypts nothing here: the
 * server's own disk holds the messages.
 */
export const SETTABLE = ['DisplayName', 'Policy', 'KmsMasterKeyId'] as const;
export type TopicAttributes = Partial<Record<(typeof SETTABLE)[number], string>>;

/** A subscription as it is kept: type `sns:subscription`, id `<region>/<topic>/<uuid>`. */
export interface SubscriptionRecord {
  id: string;
  subscriptionArn: string;
  topicArn: string;
  protocol: Protocol;
  /** A mail address, or the ARN of a queue. */
  endpoint: string;
  /** Of a queue: it gets the message as it was published, without the envelope. */
  rawMessageDelivery?: boolean;
  /** ARN of who subscribed. */
  principal: string;
}

export type Protocol = 'email' | 'email-json' | 'sqs';
