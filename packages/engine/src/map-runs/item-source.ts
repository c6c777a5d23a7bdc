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
import type { HeldObjects } from './held-objects.ts';
import { jsonItems } from './json-items.ts';
import { pieces, textOf, unpacked, type StoredObject } from './object-text.ts';
import type { ReaderProcesses } from './reader-processes.ts';
import type { ReadingLimits } from './reading-limits.ts';

/** Without a bucket: in the reader's. */
type NamedFile = Partial<DataFile> & Pick<ObjectAddress, 'key' | 'versionId'>;
type Files = Iterable<NamedFile> | AsyncIterable<NamedFile>;

/** Who reads, and where from. */
export interface Reading {
  storage: ObjectStorage | undefined;
  caller: ObjectStorageCaller;
  limits: ReadingLimits;
  held: HeldObjects;
  processes: ReaderProcesses;
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
    items: reading.processes.during(namedFailures(objects.items())),
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
    const { limits, processes, signal } = this.#reading;
    const told = (isKeyed: boolean) => (this.isKeyed = isKeyed);
    const format = config['InputType'] === 'PARQUET' ? undefined : itemFormat(config);
    const itemsOf = (object: StoredObject) => {
      const { key, body: bytes } = object;
      if (format === undefined) return processes.items({ key, bytes, format }, told, signal);
      if (format.inputType === 'JSON') return jsonItems(object, format, told, this.#reading);
      return readItems(format, [textOf(object, limits.linesBytesMax, signal)], Infinity, told);
    };
    return flattened(files, (file) => this.#held(file, itemsOf), limit);
  }

  /** The object is in memory from here until its items are taken, or nobody wants more of them. */
  async *#held(file: NamedFile, itemsOf: (object: StoredObject) => AsyncIterable<Json>) {
    const release = await this.#reading.held.take(this.#reading.signal);
    try {
      yield* itemsOf(await this.#object(file));
    } finally {
      release();
    }
  }

  async #manifest(): Promise<Manifest> {
    const { config } = this.#reader;
    const { held, limits, signal } = this.#reading;
    const release = await held.take(signal);
    try {
      const bytes = await unpacked(await this.#object(this.#named()), limits.documentBytesMax);
      const text = [...pieces(bytes)].join('');
      return manifestType(config) === 'ATHENA_DATA' ? athenaManifest(text, config) : inventoryManifest(text);
    } finally {
      release();
    }
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

  async #object(file: NamedFile): Promise<StoredObject> {
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
