import { createHash } from 'node:crypto';
import type { MessageAttribute } from '../ports/queue-messages.ts';

const TEXT_VALUE = 1;
const BINARY_VALUE = 2;

/** Hex MD5. */
export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/**
 * Hex MD5 over the attributes in order of their names; SDKs compute it too, and refuse an answer that differs.
 * @see "Calculating the MD5 message digest for message attributes", SQS developer guide
 * @returns undefined for no attributes
 */
export function md5OfAttributes(attributes: Record<string, MessageAttribute>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (value: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.byteLength);
    hash.update(length).update(value);
  };
  for (const name of names) {
    const { DataType, StringValue, binaryBase64 = '' } = attributes[name]!; // one of its own names
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.of(StringValue === undefined ? BINARY_VALUE : TEXT_VALUE));
    add(StringValue === undefined ? Buffer.from(binaryBase64, 'base64') : Buffer.from(StringValue));
  }
  return hash.digest('hex');
}
