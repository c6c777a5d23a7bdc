/** Pages of keys as S3's two listings tell of them. */
import type { ListObjectsCommandInput, ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import { continuationToken, PAGE_KEYS_MAX, startOf, type KeyPage } from './listing.ts';
import { described } from './object-answers.ts';
import type { KnownObject } from './object-records.ts';

/** @param objects  those of the page's keys that are still there */
export function listingAnswer(
  { Bucket, Prefix = '', MaxKeys = PAGE_KEYS_MAX, ...input }: ListObjectsV2CommandInput,
  { commonPrefixes, lastRead }: KeyPage,
  objects: ReadonlyMap<string, KnownObject>,
) {
  const { Delimiter, EncodingType, StartAfter, ContinuationToken } = input;
  const encode = EncodingType === 'url' ? urlEncoded : (text: string) => text;
  const Contents = [...objects].map(([key, object]) => listed(encode(key), object));
  return {
    Name: Bucket,
    Prefix: encode(Prefix),
    MaxKeys: Math.min(MaxKeys, PAGE_KEYS_MAX),
    KeyCount: Contents.length + commonPrefixes.length,
    IsTruncated: lastRead !== undefined,
    ...(Contents.length > 0 && { Contents }),
    ...(commonPrefixes.length > 0 && {
      CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    }),
    ...(lastRead !== undefined && { NextContinuationToken: continuationToken(lastRead) }),
    ...(Delimiter !== undefined && { Delimiter: encode(Delimiter) }),
    ...(EncodingType !== undefined && { EncodingType }),
    ...(StartAfter !== undefined && { StartAfter: encode(StartAfter) }),
    ...(ContinuationToken !== undefined && { ContinuationToken }),
  };
}

/** The same page as ListObjects tells of it. */
export function olderListingAnswer(
  { Bucket, EncodingType, Delimiter }: ListObjectsCommandInput,
  page: ReturnType<typeof listingAnswer>,
) {
  const { KeyCount: _, StartAfter: Marker = '', NextContinuationToken: token, ...output } = page;
  const next = token === undefined ? undefined : startOf({ Bucket, ContinuationToken: token });
  return {
    ...output,
    Marker,
    // Without a delimiter clients go on from the last key.
    ...(next !== undefined &&
      Delimiter !== undefined && { NextMarker: EncodingType === 'url' ? urlEncoded(next) : next }),
  };
}

function listed(key: string, object: KnownObject) {
  const { ETag, LastModified, ContentLength } = described(object);
  return { Key: key, ETag, LastModified, Size: ContentLength, StorageClass: 'STANDARD' as const };
}

/** As the service does it: a slash stays. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/');
}
