import { MemoryObjects } from '@riposte/testkit';
import { distributed } from './map-run-support.ts';

/** An ItemReader of the object `k` in the bucket `b`, or of what `parameters` say. */
export const reader = (
  ReaderConfig: object,
  parameters: object = { Bucket: 'b', Key: 'k' },
  action = 'getObject',
) => ({
  ItemReader: { Resource: `arn:aws:states:::s3:${action}`, Parameters: parameters, ReaderConfig },
});

/** A machine whose Map reads the object `Key` in the bucket `b`. */
export function readingOf(Key: string, ReaderConfig: object): object {
  return distributed(reader(ReaderConfig, { Bucket: 'b', Key }));
}

/** Texts or bytes by `bucket/key`. */
export function objectsOf(objects: Record<string, string | Uint8Array>): MemoryObjects {
  const storage = new MemoryObjects();
  for (const [name, body] of Object.entries(objects)) storage.objects.set(name, body);
  return storage;
}
