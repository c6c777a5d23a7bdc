import { readItems, type ItemFormat, type Json } from '@riposte/asl';
import { pieces, unpacked, type StoredObject } from './object-text.ts';
import type { ReaderProcesses } from './reader-processes.ts';
import type { ReadingLimits } from './reading-limits.ts';

/** Parsed in place within some 20 ms; a process takes longer to start. */
const IN_PLACE_BYTES_MAX = 512 * 1024;

/**
 * The items of one JSON document. A large one is parsed in a process.
 * @param told  before items: whether they are `{Key, Value}`
 * @throws ItemReaderFailure; MapRunFailure when it cannot be unpacked or is too large; AbortError
 */
export async function* jsonItems(
  object: StoredObject,
  format: ItemFormat,
  told: (isKeyed: boolean) => void,
  { limits, processes, signal }: { limits: ReadingLimits; processes: ReaderProcesses; signal: AbortSignal },
): AsyncGenerator<Json, void, undefined> {
  const bytes = await unpacked(object, limits.documentBytesMax);
  if (bytes.length <= IN_PLACE_BYTES_MAX) yield* readItems(format, [pieces(bytes)], Infinity, told);
  else yield* processes.items({ key: object.key, bytes, format }, told, signal);
}
