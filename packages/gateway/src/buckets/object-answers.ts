/** Objects as S3's answers tell of them. */
import type { PutObjectInput } from './buckets.ts';
import type { KnownObject, ObjectHeaders } from './object-records.ts';

/** Members that are kept with an object, and given back as they came. */
export const HEADERS = [
  'ContentType',
  'ContentEncoding',
  'ContentDisposition',
  'ContentLanguage',
  'CacheControl',
  'Metadata',
] as const satisfies readonly (keyof ObjectHeaders)[];

/** What S3 answers for an object that was written without a type. */
const DEFAULT_TYPE = 'binary/octet-stream';

/** What S3 says of every object. The files are not encrypted by this server; a state machine's result shall be as on AWS. */
export const ENCRYPTION = { ServerSideEncryption: 'AES256' } as const;

/** As S3 tells it of an object that was written whole. */
export function checksummed({ crc32 }: Pick<KnownObject, 'crc32'>) {
  return crc32 === undefined ? {} : { ChecksumCRC32: crc32, ChecksumType: 'FULL_OBJECT' as const };
}

export function described(object: KnownObject) {
  const { state, headers } = object;
  return {
    AcceptRanges: 'bytes',
    ContentLength: state.sizeBytes,
    ETag: etagOf(object),
    LastModified: new Date(Math.floor(state.modifiedMs / 1000) * 1000), // S3 knows whole seconds
    ContentType: DEFAULT_TYPE,
    ...ENCRYPTION,
    ...headers,
    Metadata: headers.Metadata ?? {},
  };
}

export function headersOf(input: Pick<PutObjectInput, (typeof HEADERS)[number]>): ObjectHeaders {
  const given = HEADERS.map((name) => [name, input[name]] as const).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(given) as ObjectHeaders; // pairs of its own members
}

export function etagOf({ etag }: Pick<KnownObject, 'etag'>): string {
  return `"${etag}"`;
}
