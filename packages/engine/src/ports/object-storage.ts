import type { ListedObject } from '@riposte/asl';
import type { StepReference } from './tasks.ts';

export type { ListedObject };

/**
 * Objects in buckets, as the readers and writers of distributed Map states use them. A method may be called again
 * with the same arguments after a crash. Failures reject with `ObjectStorageFailure`; a store of the server that
 * refuses, with `StoreUnavailable`: the call is then made again later.
 */
export interface ObjectStorage {
  /** The whole object, as stored: nothing is unpacked. @throws ObjectStorageFailure */
  get(caller: ObjectStorageCaller, object: ObjectAddress, signal: AbortSignal): Promise<Uint8Array>;
  /** In order of key, across all pages. @throws ObjectStorageFailure */
  list(caller: ObjectStorageCaller, listing: ObjectListing, signal: AbortSignal): AsyncIterable<ListedObject>;
  /** Replaces what stands under the key. @throws ObjectStorageFailure */
  put(caller: ObjectStorageCaller, object: NewObject, signal: AbortSignal): Promise<void>;
}

/** On whose behalf a call is made: attributed to the step, allowed by the role. */
export interface ObjectStorageCaller {
  step: StepReference;
  /** The execution role of the state machine. */
  roleArn: string;
  region: string;
}

/** Which object is meant. Without `versionId`: the one that stands under the key now. */
export interface ObjectAddress {
  bucket: string;
  key: string;
  versionId?: string;
  /** Account that must own the bucket. */
  expectedBucketOwner?: string;
}

/** Which objects are listed: those whose key begins with `prefix`, by default all of the bucket. */
export interface ObjectListing {
  bucket: string;
  prefix?: string;
  expectedBucketOwner?: string;
}

/** What is written under a key. */
export interface NewObject {
  bucket: string;
  key: string;
  body: Uint8Array;
  /** MIME type. */
  contentType?: string;
  expectedBucketOwner?: string;
}

/** Why an object could not be read, listed or written: data for the Map state, which fails with it as its cause. */
export class ObjectStorageFailure extends Error {
  override readonly name = 'ObjectStorageFailure';
  /** As an `aws-sdk:s3` task would name it: `S3.NoSuchKeyException`, `S3.NoSuchBucketException`, `S3.S3Exception`, … */
  readonly error: string;

  /** @param cause  the text that the service gives for it */
  constructor(error: string, cause: string, options?: { cause?: unknown }) {
    super(cause, options);
    this.error = error;
  }
}
