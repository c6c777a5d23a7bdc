import type { ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import { ServiceError } from '@riposte/engine';
import { compareKeys } from './names.ts';

/** One page of keys, and what they have in common up to the delimiter. */
export interface KeyPage {
  keys: string[];
  commonPrefixes: string[];
  /** The last key or common prefix, when more follows. */
  lastRead?: string;
}

/** The service's limit, and its default. */
export const PAGE_KEYS_MAX = 1000;

type Listing = Pick<ListObjectsV2CommandInput, 'Prefix' | 'Delimiter' | 'MaxKeys'>;

/** @param keys  in order, those after `after` */
export async function pageOf(
  keys: AsyncIterable<string>,
  { Prefix: prefix = '', Delimiter: delimiter = '', MaxKeys }: Listing,
  after: string,
): Promise<KeyPage> {
  const limit = Math.min(MaxKeys ?? PAGE_KEYS_MAX, PAGE_KEYS_MAX);
  const page: KeyPage = { keys: [], commonPrefixes: [] };
  if (limit === 0) return page;
  let last = '';
  for await (const key of keys) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end === -1 ? undefined : key.slice(0, end + delimiter.length);
    if (common !== undefined && (common === last || common === after)) continue; // told already
    if (page.keys.length + page.commonPrefixes.length === limit) return { ...page, lastRead: last };
    last = common ?? key;
    if (common === undefined) page.keys.push(key);
    else page.commonPrefixes.push(common);
  }
  return page;
}

/** Where a listing goes on: opaque to clients, and no secret. */
export function continuationToken(lastRead: string): string {
  return Buffer.from(JSON.stringify(lastRead)).toString('base64url');
}

/** @throws ServiceError InvalidArgument */
export function startOf({
  ContinuationToken: token,
  StartAfter: startAfter = '',
}: ListObjectsV2CommandInput): string {
  if (token === undefined) return startAfter;
  try {
    const lastRead: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof lastRead === 'string') return compareKeys(lastRead, startAfter) > 0 ? lastRead : startAfter;
  } catch {
    // told below
  }
  throw new ServiceError('InvalidArgument', 'The continuation token provided is incorrect');
}
