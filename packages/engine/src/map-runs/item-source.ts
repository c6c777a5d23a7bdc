import {
  athenaManifest,
  flattened,
  inventoryManifest,
  itemFormat,
  itemsMax,
  listingItem,
  manifestType,
  MapRunFailure,
  readItems,
  type DataFile,
  type ItemSource,
  type Json,
  type JsonObject,
  type Manifest,
  type MapRunPlan,
  type ReaderPlan,
} from '@riposte/asl';
import type { ObjectAddress, ObjectStorage, ObjectStorageCaller } from '../ports/object-storage.ts';
import { ObjectStorageFailure } from '../ports/object-storage.ts';
import { jsonItems } from './json-items.ts';
import { textOf } from './object-text.ts';
import { parquetItems } from './parquet-items.ts';

/** Without a bucket: in the reader's. */
type NamedFile = Partial<DataFile> & Pick<ObjectAddress, 'key' | 'versionId'>;
type Files = Iterable<NamedFile> | AsyncIterable<NamedFile>;

/** Who reads, and where from. */
export interface Reading {
  storage: ObjectStorage | undefined;
  caller: ObjectStorageCaller;
  signal: AbortSignal;
}

/**
 * The items of a Map Run: those of its plan, or what its reader finds.
 * Iterating throws StateFailure or MapRunFailure (States.ItemReaderFailed).
 */
export function itemSource(
  { items = [], isKeyed = false, reader }: MapRunPlan,
  reading: Reading,
): ItemSource {
  if (!reader) return { items, source: () => 'STATE_DATA', isKeyed: () => isKeyed };
  const { storage } = reading;
  if (!storage)
    throw readerFailed(
      'This server has no object storage configured: an ItemReader has nothing to read from.',
    );
  const objects = new ReaderObjects(reader, storage, reading);
  return {
    items: namedFailures(objects.items()),
    source: () => objects.source,
    isKeyed: () => objects.isKeyed,
  };
}

/** The object, the objects of a listing or those of a manifest, that a reader reads. */
class ReaderObjects {
  /** Of the item that came last. */
  source: string;
  /** Of the same: whether it is the member of a JSON object. */
  isKeyed = false;
  readonly #reader: ReaderPlan;
  readonly #storage: ObjectStorage;
  readonly #reading: Reading;

  constructor(reader: ReaderPlan, storage: ObjectStorage, reading: Reading) {
    this.#reader = reader;
    this.#storage = storage;
    this.#reading = reading;
    this.source = `S3://${reader.bucket}`;
  }

  /** A generator, so that what is wrong with the configuration fails whoever iterates. */
  async *items(): AsyncIterable<Json> {
    const { action, config, itemsWanted } = this.#reader;
    const limit = itemsMax(itemsWanted);
    if (action === 'listObjectsV2') {
      if (config['Transformation'] === 'LOAD_AND_FLATTEN')
        yield* this.#contents(config, this.#listed(), limit);
      else yield* this.#listing(limit);
    } else if (manifestType(config) === undefined) {
      if (config['InputType'] === 'PARQUET' && this.#reader.versionId !== undefined)
        throw readerFailed('A VersionId cannot be given for Parquet files.'); // a limit of the service's
      yield* this.#contents(config, [this.#named()], limit);
    } else {
      const manifest = await this.#manifest();
      yield* this.#contents(manifest.config, manifest.files, limit);
    }
  }

  /** What stands in the files, one after the other. */
  #contents(config: JsonObject, files: Files, limit: number): AsyncIterable<Json> {
    if (config['InputType'] === 'PARQUET')
      return flattened(this.#bodies(files), ({ key, body }) => parquetItems(key, body), limit);
    const format = itemFormat(config);
    const told = (isKeyed: boolean) => (this.isKeyed = isKeyed);
    if (format.inputType !== 'JSON') return readItems(format, this.#texts(files), limit, told);
    const { signal } = this.#reading;
    return flattened(this.#bodies(files), (object) => jsonItems(object, format, told, signal), limit);
  }

  async #manifest(): Promise<Manifest> {
    const { config } = this.#reader;
    const { key, body } = await this.#body(this.#named());
    const text = [...(await textOf(key, body))].join('');
    return manifestType(config) === 'ATHENA_DATA' ? athenaManifest(text, config) : inventoryManifest(text);
  }

  #named(): NamedFile {
    const { key, versionId } = this.#reader;
    if (key === undefined) throw readerFailed('The ItemReader needs a Key.');
    return { key, ...(versionId !== undefined && { versionId }) };
  }

  async *#listing(limit: number): AsyncIterable<Json> {
    let left = limit;
    for await (const listed of this.#listed()) {
      if (left-- <= 0) return;
      yield listingItem(listed);
    }
  }

  async *#texts(files: Files) {
    for await (const { key, body } of this.#bodies(files)) yield await textOf(key, body);
  }

  async *#bodies(files: Files) {
    for await (const file of files) yield await this.#body(file);
  }

  async #body(file: NamedFile): Promise<{ key: string; body: Uint8Array }> {
    const { caller, signal } = this.#reading;
    const { bucket = this.#reader.bucket, key, versionId } = file;
    this.source = `S3://${bucket}/${key}`;
    const address = { bucket, key, ...(versionId !== undefined && { versionId }), ...this.#owner() };
    return { key, body: await this.#storage.get(caller, address, signal) };
  }

  #listed() {
    const { bucket, prefix } = this.#reader;
    const { caller, signal } = this.#reading;
    const listing = { bucket, ...(prefix !== undefined && { prefix }), ...this.#owner() };
    return this.#storage.list(caller, listing, signal);
  }

  #owner() {
    const { expectedBucketOwner } = this.#reader;
    return expectedBucketOwner === undefined ? {} : { expectedBucketOwner };
  }
}

/** What the storage refuses fails the reader. */
async function* namedFailures(items: AsyncIterable<Json>): AsyncIterable<Json> {
  try {
    yield* items;
  } catch (error) {
    if (error instanceof ObjectStorageFailure) throw readerFailed(error.message);
    throw error;
  }
}

function readerFailed(cause: string): MapRunFailure {
  return new MapRunFailure('States.ItemReaderFailed', cause);
}
