import { createHash } from 'node:crypto';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import type { NewNotification } from '../ports/notification.ts';
import type { MessageAttribute as KeptAttribute } from '../ports/queue-messages.ts';
import { isSimulated } from '../simulated.ts';
import { invalidParameter, topicAt } from './topic-arn.ts';
import { findTopic, policyOfTopic } from './topics.ts';
import type { SubscriptionRecord } from './records.ts';

interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: Uint8Array;
}

interface PublishInput {
  TopicArn?: string;
  TargetArn?: string;
  PhoneNumber?: string;
  Message: string;
  Subject?: string;
  MessageStructure?: string;
  MessageAttributes?: Record<string, MessageAttribute>;
  MessageDeduplicationId?: string;
}

/** 256 KiB, attributes included. */
const MESSAGE_BYTES_MAX = 262_144;
/** "Less than 100 characters", in the words of the API reference. */
const SUBJECT_CHARACTERS_MAX = 99;

export const publish: AccountOperation<PublishInput, { MessageId: string }> = {
  service: 'sns',
  name: 'Publish',
  access: 'write',
  resourceArn: (_context, input) => input.TopicArn ?? input.TargetArn ?? '*',
  resourcePolicy: (context, input, transaction) =>
    policyOfTopic(transaction, context, input.TopicArn ?? input.TargetArn),
  touched(_context, input) {
    const name = input.TopicArn ?? input.TargetArn;
    return name === undefined ? [] : [{ type: 'AWS::SNS::Topic', name }];
  },
  handle(transaction, context, input) {
    const topic = findTopic(transaction, context, ...targetOf(input));
    const message = checkedMessage(input);
    const messageId = context.ids.uuid();
    const prefix = `${topicAt(context, topic.topicArn)}/`;
    for (const subscription of transaction.list<SubscriptionRecord>('sns:subscription', prefix))
      transaction.enqueueNotification(notificationOf(context, input, message, messageId, subscription));
    return { MessageId: messageId };
  },
};

function notificationOf(
  context: CallContext,
  input: PublishInput,
  message: (protocol: string) => string,
  messageId: string,
  subscription: SubscriptionRecord,
): NewNotification {
  const { caller } = context;
  const step = caller.kind === 'role-session' ? caller.step : undefined;
  const text = message(subscription.protocol);
  return {
    id: notificationId(messageId, subscription.subscriptionArn),
    topicArn: subscription.topicArn,
    subscriptionArn: subscription.subscriptionArn,
    protocol: subscription.protocol,
    endpoint: subscription.endpoint,
    messageId,
    ...(input.Subject !== undefined && { subject: input.Subject }),
    message: hasEnvelope(subscription)
      ? envelope(context, input, text, messageId, subscription.topicArn)
      : text,
    ...(subscription.rawMessageDelivery === true && { messageAttributes: attributesOf(input) }),
    createdAtMs: context.nowMs,
    simulated: isSimulated(caller),
    ...(step && { executionArn: step.executionArn, stateName: step.stateName }),
  };
}

/** One message to one subscriber, for ever: whatever is repeated on the way to it is recognised by this. */
function notificationId(messageId: string, subscriptionArn: string): string {
  return createHash('sha256').update(`${messageId}\n${subscriptionArn}`).digest('hex').slice(0, 32);
}

function hasEnvelope({ protocol, rawMessageDelivery }: SubscriptionRecord): boolean {
  return protocol === 'email-json' || (protocol === 'sqs' && rawMessageDelivery !== true);
}

function attributesOf({ MessageAttributes = {} }: PublishInput): Record<string, KeptAttribute> {
  const kept = Object.entries(MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    StringValue === undefined
      ? { DataType, binaryBase64: Buffer.from(BinaryValue ?? new Uint8Array()).toString('base64') }
      : { DataType, StringValue },
  ]);
  return Object.fromEntries(kept) as Record<string, KeptAttribute>; // made of names and attributes
}

/** SNS's own envelope without its signature members: there is no certificate here that would stand behind them. */
function envelope(
  context: CallContext,
  input: PublishInput,
  message: string,
  messageId: string,
  topicArn: string,
): string {
  const attributes = Object.entries(input.MessageAttributes ?? {}).map(([name, attribute]) => [
    name,
    { Type: attribute.DataType, Value: attributeValue(attribute) },
  ]);
  return JSON.stringify(
    {
      Type: 'Notification',
      MessageId: messageId,
      TopicArn: topicArn,
      ...(input.Subject !== undefined && { Subject: input.Subject }),
      Message: message,
      Timestamp: new Date(context.nowMs).toISOString(),
      ...(attributes.length > 0 && { MessageAttributes: Object.fromEntries(attributes) }),
    },
    null,
    2,
  );
}

function attributeValue({ StringValue, BinaryValue }: MessageAttribute): string {
  return StringValue ?? Buffer.from(BinaryValue ?? new Uint8Array()).toString('base64');
}

function targetOf(input: PublishInput): [topicArn: string, member: string] {
  if (input.PhoneNumber !== undefined)
    throw invalidParameter(
      'PhoneNumber Reason: this server does not send text messages. Publish to a topic.',
    );
  if (input.TopicArn !== undefined && input.TargetArn !== undefined)
    throw invalidParameter('TopicArn or TargetArn Reason: only one of them may be given');
  if (input.TopicArn !== undefined) return [input.TopicArn, 'TopicArn'];
  if (input.TargetArn !== undefined) return [input.TargetArn, 'TargetArn'];
  throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter');
}

/** @returns the text for each protocol */
function checkedMessage(input: PublishInput): (protocol: string) => string {
  if (input.Message === '') throw invalidParameter('Empty message');
  if (messageBytes(input) > MESSAGE_BYTES_MAX) throw invalidParameter('Message too long');
  if (input.Subject !== undefined && !isSubject(input.Subject)) throw invalidParameter('Subject');
  if (input.MessageDeduplicationId !== undefined)
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
  if (input.MessageStructure === undefined || input.MessageStructure === 'string') return () => input.Message;
  if (input.MessageStructure !== 'json') throw invalidParameter('MessageStructure');
  const bodies = messagePerProtocol(input.Message);
  return (protocol) => bodies.get(protocol) ?? bodies.get('default') ?? '';
}

function isSubject(text: string): boolean {
  // Cc: every control character, line ends included
  return (
    text.trim() !== '' && [...text].length <= SUBJECT_CHARACTERS_MAX && !/[\p{Cc}\u2028\u2029]/u.test(text)
  );
}

function messageBytes(input: PublishInput): number {
  let bytes = Buffer.byteLength(input.Message);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(input.MessageAttributes ?? {}))
    bytes += Buffer.byteLength(name + DataType + (StringValue ?? '')) + (BinaryValue?.byteLength ?? 0);
  return bytes;
}

function messagePerProtocol(text: string): Map<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  const bodies = new Map<string, string>();
  for (const [protocol, body] of Object.entries(value))
    if (typeof body === 'string') bodies.set(protocol, body);
  if (!bodies.has('default'))
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  return bodies;
}
