import { ServiceError } from '@riposte/engine';
import type { MessageAttribute } from '../ports/queue-messages.ts';
import { invalidParameter, invalidValue, missingParameter, unsupported } from './errors.ts';

/** As the SDK has it. */
interface GivenAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: Uint8Array;
  StringListValues?: string[];
  BinaryListValues?: Uint8Array[];
}

export interface MessageInput {
  MessageBody: string;
  DelaySeconds?: number;
  MessageAttributes?: Record<string, GivenAttribute>;
  MessageSystemAttributes?: Record<string, GivenAttribute>;
  MessageDeduplicationId?: string;
  MessageGroupId?: string;
}

/** What a message consists of, checked. */
export interface MessageContent {
  body: string;
  attributes: Record<string, MessageAttribute>;
  traceHeader?: string;
  /** What its length limit counts: body and attributes. */
  bytes: number;
}

const ATTRIBUTES_MAX = 10;
/** What XML can carry, which is what SQS takes. */
const ILLEGAL = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** @throws ServiceError InvalidMessageContents, InvalidParameterValue, MissingParameter, UnsupportedOperation */
export function contentOf(input: MessageInput): MessageContent {
  if (input.MessageBody === undefined || input.MessageBody === '') throw missingParameter('MessageBody');
  checkText(input.MessageBody, 'message body');
  if (input.MessageDeduplicationId !== undefined)
    throw invalidValue(
      'MessageDeduplicationId',
      input.MessageDeduplicationId,
      'The request include parameter that is not valid for this queue type.',
    );
  if (input.MessageGroupId !== undefined)
    throw unsupported(
      'MessageGroupId is not supported by this server yet: it has neither FIFO nor fair queues. Leave it out.',
    );
  const given = Object.entries(input.MessageAttributes ?? {});
  if (given.length > ATTRIBUTES_MAX)
    throw invalidParameter(
      `Number of message attributes [${given.length}] exceeds the allowed maximum [${ATTRIBUTES_MAX}].`,
    );
  const attributes = Object.fromEntries(given.map(([name, value]) => [name, attributeOf(name, value)]));
  const traceHeader = traceHeaderOf(input.MessageSystemAttributes ?? {});
  return {
    body: input.MessageBody,
    attributes,
    bytes: Buffer.byteLength(input.MessageBody) + bytesOf(attributes),
    ...(traceHeader !== undefined && { traceHeader }),
  };
}

function attributeOf(name: string, given: GivenAttribute): MessageAttribute {
  const { DataType, StringValue, BinaryValue } = given;
  const reservedName = /^(?:aws|amazon)\./i.test(name);
  if (!/^[\w.-]{1,256}$/.test(name) || reservedName || /^\.|\.$|\.\./.test(name))
    throw invalidParameter(
      `Message (user) attribute name '${name}' can contain only a-z, A-Z, 0-9, _, - and single inner dots, has 1 to 256 characters, and does not begin with AWS. or Amazon.`,
    );
  if (given.StringListValues?.length || given.BinaryListValues?.length)
    throw unsupported('Message attribute list values in SendMessage operation are not supported.');
  const kind = /^(String|Number|Binary)(?:\..+)?$/.exec(DataType ?? '')?.[1];
  if (kind === undefined)
    throw invalidParameter(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  if (kind === 'Binary') {
    if (!BinaryValue || BinaryValue.byteLength === 0) throw emptyAttribute(name, 'binary', DataType);
    return { DataType, binaryBase64: Buffer.from(BinaryValue).toString('base64') };
  }
  if (StringValue === undefined || StringValue === '') throw emptyAttribute(name, 'string', DataType);
  checkText(StringValue, `message attribute '${name}'`);
  if (kind === 'Number' && !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(StringValue))
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  return { DataType, StringValue };
}

function emptyAttribute(name: string, kind: string, type: string): ServiceError {
  return invalidParameter(
    `The message attribute '${name}' with type '${type}' must use field '${kind === 'string' ? 'String' : 'Binary'}' and have a value that is not empty.`,
  );
}

function traceHeaderOf(given: Record<string, GivenAttribute>): string | undefined {
  const unknown = Object.keys(given).find((name) => name !== 'AWSTraceHeader');
  if (unknown !== undefined)
    throw invalidParameter(
      `Message system attribute name '${unknown}' is invalid. The only one that can be sent is AWSTraceHeader.`,
    );
  const header = given['AWSTraceHeader'];
  if (header === undefined) return undefined;
  if (header.DataType !== 'String' || !header.StringValue)
    throw emptyAttribute('AWSTraceHeader', 'string', 'String');
  return header.StringValue;
}

function bytesOf(attributes: Record<string, MessageAttribute>): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue = '', binaryBase64 = '' }] of Object.entries(attributes))
    bytes += Buffer.byteLength(name + DataType + StringValue) + Buffer.byteLength(binaryBase64, 'base64');
  return bytes;
}

function checkText(text: string, what: string): void {
  const found = ILLEGAL.exec(text)?.[0];
  if (found === undefined) return;
  const code = found.codePointAt(0)!.toString(16); // it has matched a character
  throw new ServiceError(
    'InvalidMessageContents',
    `Invalid binary character '#x${code.toUpperCase()}' was found in the ${what}, the set of allowed characters is #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]`,
  );
}
