/** What runs in a thread of `json-items.ts`: sends the items of one JSON document, a batch whenever it is asked. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { ITEM_CHARACTERS_MAX, ItemReaderFailure, readItems, stringifyJson } from '@riposte/asl';
import type { JsonReply, JsonRequest } from './json-items.ts';
import { pieces } from './object-text.ts';

/** What the main thread parses at a time: some milliseconds. */
const BATCH_CHARACTERS = 256 * 1024;

async function send(reply: JsonReply): Promise<void> {
  const asked = once(parentPort!, 'message'); // this file is only run as a thread
  parentPort!.postMessage(reply);
  await asked;
}

async function sendItems({ bytes, format }: JsonRequest): Promise<void> {
  let isKeyed = false;
  let texts: string[] = [];
  let characters = 0;
  const sendBatch = () => send({ type: 'items', text: `[${texts.join(',')}]`, isKeyed });
  for await (const item of readItems(format, [pieces(bytes)], Infinity, (told) => (isKeyed = told))) {
    const text = stringifyJson(item);
    if (text.length > ITEM_CHARACTERS_MAX)
      throw new ItemReaderFailure(
        `An item of the JSON file is longer than ${ITEM_CHARACTERS_MAX} characters.`,
      );
    texts.push(text);
    characters += text.length;
    if (characters < BATCH_CHARACTERS) continue;
    await sendBatch();
    texts = [];
    characters = 0;
  }
  if (texts.length > 0) await sendBatch();
}

try {
  await sendItems(workerData as JsonRequest); // what json-items.ts gives
  parentPort!.postMessage({ type: 'end' } satisfies JsonReply);
} catch (error) {
  if (!(error instanceof ItemReaderFailure)) throw error;
  parentPort!.postMessage({ type: 'failed', cause: error.message } satisfies JsonReply);
}
