/** Names of buckets and keys of objects, as far as they can be folders and files. Nothing here touches a disk. */

/** Bytes of UTF-8. */
const KEY_BYTES_MAX = 1024;
/** Of one name on all common file systems. */
const SEGMENT_BYTES_MAX = 255;
/** In a bucket's folder: files on their way in. No key reaches it. */
export const UPLOADS_FOLDER = '.riposte-uploads';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !IPV4.test(name);
}

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** Characters and names that Windows keeps for itself; elsewhere a key may have them. */
const WINDOWS_RESERVED = /[<>:"|?*\\]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * The names of the folders and the file that a key stands for.
 * @param platform  as `process.platform`
 * @returns or, in one sentence, why it can be no file
 */
export function segmentsOf(key: string, platform: string): string[] | string {
  if (key === '') return 'it is empty';
  if (!key.isWellFormed()) return 'it is not well-formed Unicode';
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) return `it is longer than ${KEY_BYTES_MAX} bytes`;
  if (key.includes('\0')) return 'it holds the character NUL';
  const segments = key.split('/');
  for (const [index, segment] of segments.entries()) {
    if (segment === '')
      return index === segments.length - 1
        ? 'it ends with a slash, so it would be a folder'
        : 'it begins with a slash, or has two in a row';
    if (segment === '.' || segment === '..') return `'${segment}' means another folder`;
    if (Buffer.byteLength(segment) > SEGMENT_BYTES_MAX)
      return `a part between slashes is longer than ${SEGMENT_BYTES_MAX} bytes`;
    if (platform === 'win32' && WINDOWS_RESERVED.test(segment))
      return `Windows has no file named '${segment}'`;
  }
  return segments[0] === UPLOADS_FOLDER ? `'${UPLOADS_FOLDER}' is kept for files on their way in` : segments;
}

/** S3 lists keys in the order of their bytes in UTF-8, which is not that of JavaScript's strings. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
