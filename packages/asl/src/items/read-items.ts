import type { Json } from '../json.ts';
import { CsvItems } from './csv-items.ts';
import type { ItemFormat } from './format.ts';
import { JsonItems, JsonLineItems } from './json-items.ts';
import type { ItemParser } from './parser.ts';

/** The text of one object, in pieces cut anywhere (but not within a character). */
export type ObjectText = AsyncIterable<string> | Iterable<string>;

/**
 * The items of one object (`s3:getObject`), or of several one after the other (`LOAD_AND_FLATTEN`). Objects are asked
 * for when their turn comes, and no further once there are enough items. Of CSV and JSONL a piece at a time is held, of
 * JSON the whole document.
 * @param limit  from `itemsMax`
 * @throws ItemReaderFailure; what the texts throw passes through
 */
export async function* readItems(
  format: ItemFormat,
  objects: AsyncIterable<ObjectText> | Iterable<ObjectText>,
  limit: number,
): AsyncGenerator<Json, void, undefined> {
  let left = limit;
  for await (const text of objects) {
    for await (const item of itemsOf(format, text)) {
      if (left-- <= 0) return;
      yield item;
      if (left === 0) return;
    }
  }
}

async function* itemsOf(format: ItemFormat, text: ObjectText): AsyncGenerator<Json, void, undefined> {
  const parser = parserOf(format);
  for await (const piece of text) yield* parser.push(piece);
  yield* parser.end();
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
