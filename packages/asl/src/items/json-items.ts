import type { Json } from '@riposte/json';
import { isJsonObject, parseJson } from '@riposte/json';
import { ItemReaderFailure } from './failure.ts';
import { iterableItems } from './format.ts';
import { pointedAt } from './json-pointer.ts';
import { ITEM_CHARACTERS_MAX, type ItemParser } from './parser.ts';

/** One JSON document: its items are known when it is complete. */
export class JsonItems implements ItemParser {
  readonly #pointer: string | undefined;
  #pieces: string[] = [];
  isKeyed = false;

  constructor(pointer: string | undefined) {
    this.#pointer = pointer;
  }

  push(text: string): Json[] {
    this.#pieces.push(text);
    return [];
  }

  end(): Json[] {
    const text = this.#pieces.join('');
    this.#pieces = []; // or it would be held while its items are worked on
    const document = parsed(text, 'The JSON file');
    const found = this.#pointer === undefined ? document : pointedAt(document, this.#pointer);
    if (found === undefined)
      throw new ItemReaderFailure(`The JSON file has nothing at the ItemsPointer ${this.#pointer}.`);
    this.isKeyed = isJsonObject(found);
    return iterableItems(found);
  }
}

/** A JSON value a line; blank lines do not count. */
export class JsonLineItems implements ItemParser {
  #rest = '';
  #line = 0;

  *push(text: string): Generator<Json> {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!; // split gives one part at least
    for (const line of lines) yield* this.#item(line);
    if (this.#rest.length > ITEM_CHARACTERS_MAX)
      throw new ItemReaderFailure(
        `Line ${this.#line + 1} of the JSONL file is longer than ${ITEM_CHARACTERS_MAX} characters.`,
      );
  }

  *end(): Generator<Json> {
    yield* this.#item(this.#rest);
  }

  *#item(line: string): Generator<Json> {
    this.#line++;
    if (line.trim() !== '') yield parsed(line, `Line ${this.#line} of the JSONL file`);
  }
}

function parsed(text: string, what: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ItemReaderFailure(`${what} is not valid JSON: ${reason}`);
  }
}
