/** The shaped input is no JSON: EventBridge does not deliver it and does not try again. */
export class UndeliverableInput extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'UndeliverableInput';
  }
}

/**
 * Bytes of UTF-8 that a shaped input has at most: what the largest message of a queue or a topic, and the payload of an
 * asynchronous invocation, may have.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const INPUT_BYTES_MAX = 1_048_576;

/** The shaped input is larger than any target takes; it was not put together. */
export class InputTooLarge extends UndeliverableInput {
  constructor(what = 'The filled InputTemplate') {
    super(`${what} is larger than ${INPUT_BYTES_MAX} bytes, more than any target takes.`);
    this.name = 'InputTooLarge';
  }
}
