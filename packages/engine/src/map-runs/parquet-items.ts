import { ItemReaderFailure, parseJson, type Json } from '@riposte/asl';
import {
  parquetMetadata,
  parquetReadObjects,
  snappyUncompress,
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  type ParquetParsers,
} from 'hyparquet';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

const MIB = 1024 * 1024;
/** The service's, as its guide gives them. */
const ROW_GROUP_BYTES_MAX = 256 * MIB;
const FOOTER_BYTES_MAX = 5 * MIB;
/** At the end of a file: the length of the footer, and `PAR1`. */
const TRAILER_BYTES = 8;

/**
 * The rows of a Parquet file as items: objects with the names of its columns. One row group is unpacked at a time, in
 * one go and to whatever it holds (a few bytes may stand for any number of rows): for a process with bounded memory.
 *
 * Guesses, where no documentation speaks: dates and timestamps are ISO 8601 texts with all their digits, bytes that are
 * no text are Base64, a missing value is null. A number of a floating-point column that is whole comes without `.0`.
 * @throws ItemReaderFailure
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html, "Parquet"
 */
export async function* parquetItems(key: string, body: Uint8Array): AsyncGenerator<Json, void, undefined> {
  const metadata = await readable(key, () => metadataOf(body));
  const file = bufferOf(body);
  let rowStart = 0;
  for (const [index, group] of metadata.row_groups.entries()) {
    if (group.total_byte_size > ROW_GROUP_BYTES_MAX)
      throw unreadable(
        key,
        `its row group ${index} has ${group.total_byte_size} bytes, at most 256 MB are read`,
      );
    const rowEnd = rowStart + Number(group.num_rows);
    const options = { file, metadata, rowStart, rowEnd, compressors: COMPRESSORS, parsers: PARSERS };
    for (const row of await readable(key, () => parquetReadObjects(options))) yield jsonOf(row);
    rowStart = rowEnd;
  }
}

function metadataOf(body: Uint8Array): FileMetaData {
  const trailer = Buffer.from(body.subarray(Math.max(0, body.length - TRAILER_BYTES)));
  if (trailer.length < TRAILER_BYTES || trailer.toString('latin1', 4) !== 'PAR1')
    throw new Error('it does not end with PAR1');
  const footerBytes = trailer.readUInt32LE(0);
  if (footerBytes > FOOTER_BYTES_MAX)
    throw new Error(`its footer has ${footerBytes} bytes, at most 5 MB are read`);
  return parquetMetadata(copyOf(body.subarray(-(footerBytes + TRAILER_BYTES))), { geoparquet: false });
}

/** @throws ItemReaderFailure for whatever a broken file makes the reader throw */
async function readable<Result>(key: string, read: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(key, error instanceof Error ? error.message : String(error));
  }
}

function unreadable(key: string, reason: string): ItemReaderFailure {
  return new ItemReaderFailure(`The object ${key} could not be read as Parquet: ${reason}.`);
}

function bufferOf(body: Uint8Array): AsyncBuffer {
  return { byteLength: body.length, slice: (start, end) => copyOf(body.subarray(start, end)) };
}

/** A buffer of its own: what came from the disk may be part of a larger one. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** How pages may be packed on AWS; others are refused by name. The length is what the file says of the page. */
const COMPRESSORS: Compressors = {
  SNAPPY: (page, length) => {
    const unpacked = new Uint8Array(bounded(length));
    snappyUncompress(page, unpacked);
    return unpacked;
  },
  GZIP: (page, length) => gunzipSync(page, { maxOutputLength: bounded(length) }),
  ZSTD: (page, length) => zstdDecompressSync(page, { maxOutputLength: bounded(length) }),
};

function bounded(pageBytes: number): number {
  if (pageBytes > ROW_GROUP_BYTES_MAX) throw new Error(`a page of it claims ${pageBytes} bytes`);
  return Math.max(pageBytes, 1); // zlib takes no 0
}

const PARSERS: Partial<ParquetParsers> = {
  dateFromDays: (days) => new Date(days * 86_400_000).toISOString().slice(0, 10),
  timestampFromMilliseconds: (count) => timestamp(count, 3),
  timestampFromMicroseconds: (count) => timestamp(count, 6),
  timestampFromNanoseconds: (count) => timestamp(count, 9),
  jsonFromBytes: (bytes) => new TextDecoder().decode(bytes),
};

/** @param digits  of the fraction of a second that `count` counts */
function timestamp(count: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits);
  const fraction = ((count % perSecond) + perSecond) % perSecond;
  const seconds = new Date(Number((count - fraction) / perSecond) * 1000)
    .toISOString()
    .slice(0, -'.000Z'.length);
  return `${seconds}.${String(fraction).padStart(digits, '0')}Z`;
}

function jsonOf(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return parseJson(String(value)); // which keeps every digit
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonOf(member)]));
}
