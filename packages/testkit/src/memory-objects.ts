import {
  ObjectStorageFailure,
  type ListedObject,
  type NewObject,
  type ObjectAddress,
  type ObjectListing,
  type ObjectStorage,
  type ObjectStorageCaller,
} from '@riposte/engine';

/** Buckets in memory, and who asked for what. */
export class MemoryObjects implements ObjectStorage {
  /** Texts or bytes by `bucket/key`. */
  readonly objects = new Map<string, string | Uint8Array>();
  readonly callers: ObjectStorageCaller[] = [];

  async get(caller: ObjectStorageCaller, { bucket, key }: ObjectAddress): Promise<Uint8Array> {
    this.callers.push(caller);
    const found = this.objects.get(`${bucket}/${key}`);
    if (found === undefined)
      throw new ObjectStorageFailure('S3.NoSuchKeyException', 'The specified key does not exist.');
    return typeof found === 'string' ? Buffer.from(found) : found;
  }

  async *list(
    caller: ObjectStorageCaller,
    { bucket, prefix = '' }: ObjectListing,
  ): AsyncIterable<ListedObject> {
    this.callers.push(caller);
    for (const name of [...this.objects.keys()].toSorted()) {
      if (!name.startsWith(`${bucket}/${prefix}`)) continue;
      const sizeBytes = Buffer.byteLength(this.objects.get(name) ?? '');
      const key = name.slice(bucket.length + 1);
      yield { key, etag: '"e"', lastModifiedMs: Date.UTC(2026, 0, 1), sizeBytes, storageClass: 'STANDARD' };
    }
  }

  async put(caller: ObjectStorageCaller, { bucket, key, body }: NewObject): Promise<void> {
    this.callers.push(caller);
    this.objects.set(`${bucket}/${key}`, Buffer.from(body).toString());
  }

  /** An object that holds JSON. */
  json(bucket: string, key: string): unknown {
    const found = this.objects.get(`${bucket}/${key}`);
    return typeof found === 'string' ? JSON.parse(found) : undefined;
  }
}
