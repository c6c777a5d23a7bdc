/**
 * Between JSON as awsJson and restJson1 carry it and values as the SDK for JavaScript types them: dates are `Date`,
 * blobs `Uint8Array`. Members that the schema does not know are dropped, `null` members too.
 */
import { ServiceError } from '@riposte/engine';
import type { Schema } from './models.ts';

/**
 * @param at where in the request this is, for the message
 * @throws ServiceError `SerializationException` when a JSON type is not the schema's
 */
export function readJson(schema: Schema, json: unknown, at = ''): unknown {
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) return readStruct(schema, object(json, at), at);
  if (schema.isListSchema()) return readList(schema, json, at);
  if (schema.isMapSchema()) return readMap(schema, object(json, at), at);
  if (schema.isDocumentSchema()) return json;
  if (schema.isBlobSchema()) return readBlob(string(json, at), at);
  if (schema.isTimestampSchema()) return readTimestamp(json, at);
  if (schema.isBooleanSchema()) {
    if (typeof json !== 'boolean') throw wrongType(json, 'Boolean', at);
    return json;
  }
  if (schema.isNumericSchema()) return readNumber(json, at);
  return string(json, at);
}

/**
 * @param secondsOf how a time is written: epoch seconds as a number, unless something else is given
 * @returns plain JSON: blobs as base64, `undefined` and `null` members left out
 */
export function writeJson(
  schema: Schema,
  value: unknown,
  secondsOf: (date: Date) => unknown = (date) => date.getTime() / 1000,
): unknown {
  if (schema.isUnitSchema()) return {};
  if (value instanceof Date) return schema.isStringSchema() ? value.toISOString() : secondsOf(value);
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (schema.isStructSchema()) return writeStruct(schema, value as Record<string, unknown>, secondsOf);
  if (schema.isListSchema())
    return (value as unknown[])
      .filter((item) => item !== undefined && item !== null)
      .map((item) => writeJson(schema.getValueSchema(), item, secondsOf));
  if (schema.isMapSchema()) {
    const entries = Object.entries(value as object).filter(([, item]) => item !== undefined && item !== null);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, writeJson(schema.getValueSchema(), item, secondsOf)]),
    );
  }
  if (schema.isBlobSchema() && typeof value === 'string') return Buffer.from(value).toString('base64');
  return value;
}

function writeStruct(
  schema: Schema,
  value: Record<string, unknown>,
  secondsOf: (date: Date) => unknown,
): object {
  const json: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const item = value[name];
    if (item !== undefined && item !== null) json[name] = writeJson(member, item, secondsOf);
  }
  return json;
}

function readStruct(schema: Schema, json: Record<string, unknown>, at: string): object {
  const value: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const item = Object.hasOwn(json, name) ? json[name] : undefined;
    if (item !== undefined && item !== null)
      value[name] = readJson(member, item, at === '' ? name : `${at}.${name}`);
  }
  return value;
}

function readList(schema: Schema, json: unknown, at: string): unknown[] {
  if (!Array.isArray(json)) throw wrongType(json, 'List', at);
  const member = schema.getValueSchema();
  return json
    .filter((item) => item !== null)
    .map((item: unknown, index) => readJson(member, item, `${at}.${index + 1}.member`));
}

function readMap(schema: Schema, json: Record<string, unknown>, at: string): object {
  const member = schema.getValueSchema();
  const entries = Object.entries(json).filter(([, item]) => item !== null);
  // fromEntries defines properties, so that a key `__proto__` is a key like any other.
  return Object.fromEntries(entries.map(([key, item]) => [key, readJson(member, item, `${at}.${key}`)]));
}

// The protocols' "NaN" is a number of no member here.
function readNumber(json: unknown, at: string): number {
  if (typeof json !== 'number') throw wrongType(json, 'Number', at);
  return inSixtyFourBits(json, jsonToken(json), at);
}

/**
 * No member of a request is wider; what JSON reads as infinity (`1e999`) is not let in either. Whether a member takes
 * only 32 bits the schemas do not say: its own limits decide.
 * @param shown  the number as the message names it: it is not repeated with the digits that reading it left
 * @throws ServiceError `SerializationException`
 */
export function inSixtyFourBits(number: number, shown: string, at: string): number {
  if (Math.abs(number) < 2 ** 63) return number;
  throw new ServiceError(
    'SerializationException',
    `${shown} can not be converted to a Number: ${place(at)} has a number that does not fit into 64 bits`,
  );
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @throws ServiceError `SerializationException` when the text is not base64 */
export function readBlob(text: string, at: string): Uint8Array {
  if (text.length % 4 !== 0 || !BASE64.test(text))
    throw new ServiceError('SerializationException', `${place(at)} is not valid base64`);
  return plainBytes(Buffer.from(text, 'base64'));
}

/** Not a `Buffer`: what a handler gets is what the SDK's types say. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
/** What a `Date` can hold, in seconds from the epoch either way. */
const DATE_SECONDS_MAX = 8.64e12;

/**
 * Epoch seconds as a number or as digits, ISO 8601, or an HTTP date: what the protocols and their clients send.
 * @throws ServiceError `SerializationException`
 */
export function readTimestamp(raw: unknown, at: string): Date {
  const isText = typeof raw === 'string';
  const seconds = isText && /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw;
  if (typeof seconds === 'number' && Math.abs(seconds) <= DATE_SECONDS_MAX)
    return new Date(Math.round(seconds * 1000));
  if (isText && (ISO_8601.test(raw) || raw.endsWith(' GMT'))) {
    // A time without a zone is UTC on AWS; Date.parse would take it for this machine's.
    const ms = Date.parse(/T[^Z+-]*$/.test(raw) ? `${raw}Z` : raw);
    if (!Number.isNaN(ms)) return new Date(ms);
  }
  throw wrongType(raw, 'Timestamp', at);
}

function object(json: unknown, at: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw wrongType(json, 'structure or map', at);
  return json as Record<string, unknown>;
}

function string(json: unknown, at: string): string {
  if (typeof json !== 'string') throw wrongType(json, 'String', at);
  return json;
}

function wrongType(json: unknown, wanted: string, at: string): ServiceError {
  return new ServiceError(
    'SerializationException',
    `${jsonToken(json)} can not be converted to a ${wanted}: ${place(at)}`,
  );
}

function place(at: string): string {
  return at === '' ? 'the request body' : `'${at}'`;
}

/** As the services' own messages call it. */
function jsonToken(json: unknown): string {
  if (json === null) return 'NULL_VALUE';
  if (Array.isArray(json)) return 'START_ARRAY';
  if (typeof json === 'object') return 'START_OBJECT';
  if (typeof json === 'boolean') return `${String(json).toUpperCase()}_VALUE`;
  return `${typeof json}_VALUE`.toUpperCase();
}
