const MIB = 1024 * 1024;

/** How much of what ItemReaders read this process holds and works through. */
export interface ReadingLimits {
  /** Objects held in memory at a time, over all Map Runs; a further one is fetched when its turn comes. */
  objectsMax: number;
  /** Bytes, unpacked, of one JSON document or manifest: it is held whole, as text and as values. */
  documentBytesMax: number;
  /** Bytes, unpacked, of one file of lines: the service's limit. A piece at a time is held. */
  linesBytesMax: number;
  /** MiB of values in the process that reads one object: very many small ones end it, not the server. */
  processHeapMiB: number;
}

export const READING_LIMITS: ReadingLimits = {
  objectsMax: 4,
  documentBytesMax: 128 * MIB,
  linesBytesMax: 10 * 1000 ** 3,
  processHeapMiB: 2048,
};
