import type { Json } from '@riposte/json';
import { CsvItems } from './csv-items.ts';
import type { ItemFormat } from './format.ts';
import { JsonItems, JsonLineItems } from './json-items.ts';
import type { ItemParser } from './parser.ts';

/** The text of one object, in pieces cut anywhere (but not within a character). */
export type ObjectText = AsyncIterable<string> | Iterable<string>;

/**
 * The items of one object (`s3:getObject`), or of several one after the other (`LOAD_AND_FLATTEN`, manifests). Objects
 * are asked for when their turn comes, and no further once there are enough items. Of CSV and JSONL a piece at a time is
 * held, of JSON the whole document.
 * @param limit  from `itemsMax`
 * @param told  before the items of an object: whether they are `{Key, Value}`, the members of a JSON object
 * @throws ItemReaderFailure; what the texts throw passes through
 */
export function readItems(
  format: ItemFormat,
  objects: AsyncIterable<ObjectText> | Iterable<ObjectText>,
  limit: number,
  told: (isKeyed: boolean) => void = () => undefined,
): AsyncGenerator<Json, void, undefined> {
  return flattened(objects, (text) => itemsOf(format, text, told), limit);
}

/** The same for objects that are no text: the caller knows what the items of one are. */
export async function* flattened<Contents>(
  objects: AsyncIterable<Contents> | Iterable<Contents>,
  itemsOfOne: (contents: Contents) => AsyncIterable<Json>,
  limit: number,
): AsyncGenerator<Json, void, undefined> {
  let left = limit;
  for await (const contents of objects) {
    for await (const item of itemsOfOne(contents)) {
      if (left-- <= 0) return;
      yield item;
      if (left === 0) return;
    }
  }
}

async function* itemsOf(
  format: ItemFormat,
  text: ObjectText,
  told: (isKeyed: boolean) => void,
): AsyncGenerator<Json, void, undefined> {
  const parser = parserOf(format);
  told(false);
  for await (const piece of text) yield* parser.push(piece);
  const rest = parser.end();
  told(parser.isKeyed === true);
  yield* rest;
}

function parserOf(format: ItemFormat): ItemParser {
  switch (format.inputType) {
    case 'JSON':
      return new JsonItems(format.itemsPointer);
    case 'JSONL':
      return new JsonLineItems();
    case 'CSV':
      return new CsvItems(format.delimiter, format.headers);
  }
}
