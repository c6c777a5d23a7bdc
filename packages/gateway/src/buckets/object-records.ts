import type { AccountReading, AccountStore } from '@riposte/account';
import type { ObjectFiles } from './object-files.ts';

/** What a file cannot tell of the object that it is. */
export interface ObjectRecord {
  /** Of the file that was written with it. A file changed by somebody else since has lost its record. */
  stamp: string;
  /** Hex MD5. */
  md5: string;
  headers: ObjectHeaders;
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
  async of(bucket: string, key: string, files: ObjectFiles): Promise<ObjectRecord | undefined> {
    return (await this.ofAll(bucket, [key], files)).get(key);
  }

  /** Keys without a file are left out. */
  async ofAll(
    bucket: string,
    keys: readonly string[],
    files: ObjectFiles,
  ): Promise<Map<string, ObjectRecord>> {
    const known = await this.#store.read((reading) => keys.map((key) => recordIn(reading, bucket, key)));
    const records = new Map<string, ObjectRecord>();
    for (const [index, key] of keys.entries()) {
      const state = await files.state(key);
      if (!state) continue;
      const written = known[index];
      const record =
        written?.stamp === state.stamp ? written : await this.#digested(bucket, key, state.stamp, files);
      if (record) records.set(key, record);
    }
    return records;
  }

  async #digested(
    bucket: string,
    key: string,
    stamp: string,
    files: ObjectFiles,
  ): Promise<ObjectRecord | undefined> {
    const id = idOf(bucket, key);
    const known = this.#digests.get(id);
    if (known?.stamp === stamp) return { ...known, headers: {} };
    const digest = await files.digest(key);
    if (!digest) return undefined;
    const fresh = { stamp: digest.state.stamp, md5: digest.md5 };
    if (this.#digests.size >= DIGESTS_KEPT_MAX) this.#digests.clear();
    this.#digests.set(id, fresh);
    return { ...fresh, headers: {} };
  }
}

function recordIn(reading: AccountReading, bucket: string, key: string): ObjectRecord | undefined {
  return reading.get<ObjectRecord>(TYPE, idOf(bucket, key));
}

function idOf(bucket: string, key: string): string {
  return `${bucket}/${key}`;
}
