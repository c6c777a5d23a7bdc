/** What runs in a process of `reader-process.ts`: sends the items of one object after the other, a batch whenever it is asked. */
import { on } from 'node:events';
import { ITEM_CHARACTERS_MAX, ItemReaderFailure, readItems, stringifyJson, type Json } from '@riposte/asl';
import { pieces } from './object-text.ts';
import { parquetItems } from './parquet-items.ts';
import type { ReaderMessage, ReaderReply, ReaderRequest } from './reader-process.ts';

/** What the server parses at a time: some milliseconds. */
const BATCH_CHARACTERS = 256 * 1024;

/** Ends when the server has gone. */
const messages = on(process, 'message', { close: ['disconnect'] });

async function received(): Promise<ReaderMessage> {
  const next = (await messages.next()) as IteratorResult<[ReaderMessage], undefined>;
  if (next.done) process.exit();
  return next.value[0];
}

function send(reply: ReaderReply): void {
  process.send!(reply); // this file is only run as a process with a channel
}

async function body({ byteLength }: ReaderRequest): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteLength);
  for (let at = 0; at < byteLength;) {
    const part = (await received()) as Uint8Array; // as many as make up the length
    bytes.set(part, at);
    at += part.length;
    send({ type: 'received' });
  }
  return bytes;
}

function itemsOf(
  { key, format }: ReaderRequest,
  bytes: Uint8Array,
  told: (isKeyed: boolean) => void,
): AsyncIterable<Json> {
  return format === undefined ? parquetItems(key, bytes) : readItems(format, [pieces(bytes)], Infinity, told);
}

async function sendItems(request: ReaderRequest): Promise<void> {
  let isKeyed = false;
  let texts: string[] = [];
  let characters = 0;
  const sendBatch = async () => {
    send({ type: 'items', text: `[${texts.join(',')}]`, isKeyed });
    await received(); // more is wanted
    texts = [];
    characters = 0;
  };
  for await (const item of itemsOf(request, await body(request), (told) => (isKeyed = told))) {
    const text = stringifyJson(item);
    if (text.length > ITEM_CHARACTERS_MAX)
      throw new ItemReaderFailure(
        `An item of the object ${request.key} is longer than ${ITEM_CHARACTERS_MAX} characters.`,
      );
    texts.push(text);
    characters += text.length;
    if (characters >= BATCH_CHARACTERS) await sendBatch();
  }
  if (texts.length > 0) await sendBatch();
}

for (;;) {
  const request = (await received()) as ReaderRequest; // an object begins with it
  try {
    await sendItems(request);
    send({ type: 'end' });
  } catch (error) {
    if (error instanceof ItemReaderFailure) send({ type: 'failed', cause: error.message });
    else send({ type: 'broken', message: error instanceof Error ? String(error.stack) : String(error) });
  }
}
