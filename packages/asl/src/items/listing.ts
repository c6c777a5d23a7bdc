import type { JsonObject } from '@riposte/json';

/** An object as a listing of its bucket tells of it. */
export interface ListedObject {
  key: string;
  /** In quotation marks, as S3 gives it. */
  etag: string;
  lastModifiedMs: number;
  sizeBytes: number;
  /** `STANDARD`, … */
  storageClass: string;
}

/** What `s3:listObjectsV2` gives a Map for each object when it does not open them (`Transformation` NONE). */
export function listingItem(object: ListedObject): JsonObject {
  return {
    Etag: object.etag,
    Key: object.key,
    LastModified: Math.floor(object.lastModifiedMs / 1000), // S3 knows whole seconds
    Size: object.sizeBytes,
    StorageClass: object.storageClass,
  };
}
