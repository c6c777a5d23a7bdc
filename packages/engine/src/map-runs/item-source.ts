import {
  itemFormat,
  itemsMax,
  listingItem,
  MapRunFailure,
  readItems,
  type ItemSource,
  type Json,
  type MapRunPlan,
  type ObjectText,
  type ReaderPlan,
} from '@riposte/asl';
import type { ObjectStorage, ObjectStorageCaller } from '../ports/object-storage.ts';
import { ObjectStorageFailure } from '../ports/object-storage.ts';
import { textOf } from './object-text.ts';

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
export function itemSource({ items = [], reader }: MapRunPlan, reading: Reading): ItemSource {
  if (!reader) return { items, source: () => 'STATE_DATA' };
  const { storage } = reading;
  if (!storage)
    throw readerFailed(
      'This server has no object storage configured: an ItemReader has nothing to read from.',
    );
  if (reader.config['ManifestType'] !== undefined)
    throw readerFailed(
      `Manifests (ManifestType ${JSON.stringify(reader.config['ManifestType'])}) are not read by Riposte yet.`,
    );
  const objects = new ReaderObjects(reader, storage, reading);
  return { items: namedFailures(objects.items()), source: () => objects.source };
}

/** The object, or the objects of a listing, that a reader reads. */
class ReaderObjects {
  /** Of the item that came last. */
  source: string;
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
    if (action === 'getObject') yield* readItems(itemFormat(config), this.#one(), limit);
    else if (config['Transformation'] === 'LOAD_AND_FLATTEN')
      yield* readItems(itemFormat(config), this.#all(), limit);
    else yield* this.#listing(limit);
  }

  async *#one(): AsyncIterable<ObjectText> {
    const { key, versionId } = this.#reader;
    if (key === undefined) throw readerFailed('The ItemReader needs a Key.');
    yield await this.#text({ key, ...(versionId !== undefined && { versionId }) });
  }

  async *#all(): AsyncIterable<ObjectText> {
    for await (const { key } of this.#listed()) yield await this.#text({ key });
  }

  async *#listing(limit: number): AsyncIterable<Json> {
    let left = limit;
    for await (const listed of this.#listed()) {
      if (left-- <= 0) return;
      yield listingItem(listed);
    }
  }

  async #text(object: { key: string; versionId?: string }): Promise<ObjectText> {
    const { bucket } = this.#reader;
    const { caller, signal } = this.#reading;
    this.source = `S3://${bucket}/${object.key}`;
    const body = await this.#storage.get(caller, { bucket, ...this.#owner(), ...object }, signal);
    return textOf(object.key, body);
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
