import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ServiceError } from '@riposte/engine';
import type { PutObjectInput } from './buckets.ts';

/**
 * The bytes that a Range header asks for.
 * @param range  `bytes=0-99`, `bytes=100-`, `bytes=-100`; anything else means the whole object, as HTTP has it
 * @returns from `start` to before `end`; undefined for the whole object
 * @throws ServiceError InvalidRange
 */
export function rangeOf(
  range: string | undefined,
  sizeBytes: number,
): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  if (start >= end) throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { start, end };
}

/**
 * @param etag  in quotation marks; undefined where there is no object
 * @throws ServiceError PreconditionFailed, NotModified
 */
export function checkMatch(
  conditions: { IfMatch?: string | undefined; IfNoneMatch?: string | undefined },
  etag: string | undefined,
  access: 'read' | 'write',
): void {
  const { IfMatch: wanted, IfNoneMatch: unwanted } = conditions;
  if (wanted !== undefined && !isNamed(wanted, etag)) throw preconditionFailed('If-Match');
  if (unwanted === undefined || !isNamed(unwanted, etag)) return;
  if (access === 'write') throw preconditionFailed('If-None-Match');
  throw new ServiceError('NotModified', 'Not Modified', 304);
}

function isNamed(list: string, etag: string | undefined): boolean {
  if (etag === undefined) return false;
  const bare = (name: string): string => name.trim().replaceAll('"', '');
  return list.split(',').some((name) => bare(name) === '*' || bare(name) === bare(etag));
}

function preconditionFailed(condition: string): ServiceError {
  return new ServiceError(
    'PreconditionFailed',
    `At least one of the pre-conditions you specified did not hold: ${condition}`,
    412,
  );
}

/** Bytes of a body; of a text, in UTF-8. */
export function bytesOf(body: Uint8Array | string | undefined): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : (body ?? new Uint8Array());
}

type Checksums = Pick<PutObjectInput, 'ContentMD5' | 'ChecksumCRC32' | 'ChecksumSHA1' | 'ChecksumSHA256'>;

/**
 * Checksums that a client sent along, all in base64.
 * @throws ServiceError BadDigest
 */
export function checkDigests(bytes: Uint8Array, sent: Checksums): void {
  const hashed = (algorithm: string): string => createHash(algorithm).update(bytes).digest('base64');
  const checks: [string, string | undefined, () => string][] = [
    ['Content-MD5', sent.ContentMD5, () => hashed('md5')],
    ['CRC32', sent.ChecksumCRC32, () => crc32Base64(bytes)],
    ['SHA1', sent.ChecksumSHA1, () => hashed('sha1')],
    ['SHA256', sent.ChecksumSHA256, () => hashed('sha256')],
  ];
  for (const [name, value, compute] of checks)
    if (value !== undefined && value !== compute())
      throw new ServiceError(
        'BadDigest',
        `The ${name} you specified did not match the calculated checksum.`,
        400,
      );
}

/** S3's checksum of a whole object, in base64. */
export function crc32Base64(bytes: Uint8Array): string {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(crc32(bytes));
  return buffer.toString('base64');
}
