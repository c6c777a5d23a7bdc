import type { AccountReading, AccountStore } from '@riposte/account';
import type { FileState, ObjectFiles } from './object-files.ts';

/** An object as it stands. */
export interface KnownObject {
  state: FileState;
  /** Without quotation marks. */
  etag: string;
  headers: ObjectHeaders;
  /** Base64; of objects written whole, through here. */
  crc32?: string;
}

/** What a file cannot tell of the object that it is. */
interface ObjectRecord {
  /** Of the file that was written with it. A file changed by somebody else since has lost its record. */
  stamp: string;
  /** Without quotation marks: the hex MD5, unless the object came in parts. */
  etag: string;
  headers: ObjectHeaders;
  crc32?: string;
}

export interface ObjectHeaders {
  ContentType?: string;
  ContentEncoding?: string;
  ContentDisposition?: string;
  ContentLanguage?: string;
  CacheControl?: string;
  Metadata?: Record<string, string>;
}

const TYPE = 's3:object';
/** Digests of files that nobody wrote through here. */
const DIGESTS_KEPT_MAX = 20_000;
/** Files of a listing. */
const LOOKED_AT_ONCE = 16;

/** Headers of objects, and the digests that are their ETags; a digest is computed once for each state of a file. */
export class ObjectRecords {
  readonly #store: AccountStore;
  readonly #digests = new Map<string, { stamp: string; md5: string }>();

  constructor(store: AccountStore) {
    this.#store = store;
  }

  async put(bucket: string, key: string, record: ObjectRecord): Promise<void> {
    await this.#store.transaction((transaction) => transaction.put(TYPE, idOf(bucket, key), record));
  }

  async delete(bucket: string, key: string): Promise<void> {
    await this.#store.transaction((transaction) => transaction.delete(TYPE, idOf(bucket, key)));
  }

  /** @returns undefined for a key without a file */
  async of(bucket: string, key: string, files: ObjectFiles): Promise<KnownObject | undefined> {
    return (await this.ofAll(bucket, [key], files)).get(key);
  }

  /** In the order of the keys; those without a file are left out. */
  async ofAll(
    bucket: string,
    keys: readonly string[],
    files: ObjectFiles,
  ): Promise<Map<string, KnownObject>> {
    const records = await this.#store.read((reading) => keys.map((key) => recordIn(reading, bucket, key)));
    const known = new Map<string, KnownObject>();
    for (let from = 0; from < keys.length; from += LOOKED_AT_ONCE) {
      const some = keys.slice(from, from + LOOKED_AT_ONCE);
      const objects = await Promise.all(
        some.map((key, index) => this.#known(bucket, key, records[from + index], files)),
      );
      for (const [index, object] of objects.entries()) if (object) known.set(some[index]!, object); // as many as keys
    }
    return known;
  }

  async #known(
    bucket: string,
    key: string,
    record: ObjectRecord | undefined,
    files: ObjectFiles,
  ): Promise<KnownObject | undefined> {
    const state = await files.state(key);
    if (!state) return undefined;
    if (record?.stamp === state.stamp) {
      const { stamp: _, ...known } = record;
      return { state, ...known };
    }
    const id = idOf(bucket, key);
    const digested = this.#digests.get(id);
    if (digested?.stamp === state.stamp) return { state, etag: digested.md5, headers: {} };
    const digest = await files.digest(key);
    if (!digest) return undefined;
    if (this.#digests.size >= DIGESTS_KEPT_MAX) this.#digests.clear();
    this.#digests.set(id, { stamp: digest.state.stamp, md5: digest.md5 });
    return { state: digest.state, etag: digest.md5, headers: {} };
  }
}

function recordIn(reading: AccountReading, bucket: string, key: string): ObjectRecord | undefined {
  return reading.get<ObjectRecord>(TYPE, idOf(bucket, key));
}

function idOf(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}
