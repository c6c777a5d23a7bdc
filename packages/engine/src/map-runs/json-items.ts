import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ItemReaderFailure, parseJson, readItems, type ItemFormat, type Json } from '@riposte/asl';
import { pieces, unpacked } from './object-text.ts';

/** Parsed in the main thread within some 20 ms; a thread takes longer to start. */
const IN_PLACE_BYTES_MAX = 512 * 1024;
/** Unpacked. A document is held whole, as text and as values. */
const DOCUMENT_BYTES_MAX = 128 * 1024 * 1024;
/** Ends a document of very many small values by name rather than the process. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 2048 };

/** What a thread is started with. */
export interface JsonRequest {
  bytes: Uint8Array;
  format: ItemFormat;
}

/** What a thread sends; after `items` it waits to be asked for more. */
export type JsonReply =
  | { type: 'items'; /** a JSON array */ text: string; isKeyed: boolean }
  | { type: 'end' }
  | { type: 'failed'; cause: string };

/**
 * The items of one JSON document. A large one is parsed in a thread of its own and comes over in batches, so that the
 * server goes on with everything else.
 * @param body  the object as it is stored, maybe packed
 * @param told  before items: whether they are `{Key, Value}`
 * @throws ItemReaderFailure; MapRunFailure when it cannot be unpacked; AbortError
 */
export async function* jsonItems(
  { key, body }: { key: string; body: Uint8Array },
  format: ItemFormat,
  told: (isKeyed: boolean) => void,
  signal: AbortSignal,
): AsyncGenerator<Json, void, undefined> {
  const bytes = await unpacked(key, body);
  if (bytes.length > DOCUMENT_BYTES_MAX)
    throw new ItemReaderFailure(
      `The JSON file ${key} has ${bytes.length} bytes, and at most ${DOCUMENT_BYTES_MAX} are read of one. Split it, or write it as JSONL.`,
    );
  if (bytes.length <= IN_PLACE_BYTES_MAX) yield* readItems(format, [pieces(bytes)], Infinity, told);
  else yield* threadItems(key, { bytes: new Uint8Array(bytes), format }, told, signal);
}

async function* threadItems(
  key: string,
  request: JsonRequest,
  told: (isKeyed: boolean) => void,
  signal: AbortSignal,
): AsyncGenerator<Json, void, undefined> {
  const worker = new Worker(new URL('./json-thread.ts', import.meta.url), {
    workerData: request,
    transferList: [request.bytes.buffer as ArrayBuffer], // a copy made for it
    resourceLimits: RESOURCE_LIMITS,
  });
  worker.on('error', () => undefined); // told by whoever waits for the next reply
  try {
    told(false);
    for (;;) {
      const reply = await nextReply(key, worker, signal);
      if (reply.type === 'end') return;
      if (reply.type === 'failed') throw new ItemReaderFailure(reply.cause);
      told(reply.isKeyed);
      yield* parseJson(reply.text) as Json[]; // an array, says JsonReply
      worker.postMessage('more');
    }
  } finally {
    await worker.terminate();
  }
}

async function nextReply(key: string, worker: Worker, signal: AbortSignal): Promise<JsonReply> {
  try {
    const [reply] = (await once(worker, 'message', { signal })) as [JsonReply];
    return reply;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
      throw new ItemReaderFailure(
        `The JSON file ${key} needs more than ${RESOURCE_LIMITS.maxOldGenerationSizeMb} MB of memory. Split it, or write it as JSONL.`,
      );
    throw error;
  }
}
