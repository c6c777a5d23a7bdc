/** Refusals of S3 that several operations on objects have. */
import { ServiceError } from '@riposte/engine';
import { OBJECT_BYTES_MAX } from './buckets.ts';

export function noSuchKey(): ServiceError {
  return new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
}

/** An answer to HEAD has no body that could name the bucket or the key. */
export function notFound(): ServiceError {
  return new ServiceError('NotFound', 'Not Found', 404);
}

/** Of HEAD: whatever was not found, the answer is that. */
export function asNotFound(error: unknown): never {
  throw error instanceof ServiceError && error.status === 404 ? notFound() : error;
}

/** @param bytes  that were to be held at once */
export function tooLarge(bytes: number): ServiceError {
  return new ServiceError(
    'EntityTooLarge',
    `Your proposed upload exceeds the maximum allowed size: ${bytes} bytes at once, of which this server holds ${OBJECT_BYTES_MAX}.`,
  );
}
