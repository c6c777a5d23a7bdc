import type { Json } from '@riposte/json';

/**
 * Turns the text of one object into items as it comes in.
 * Its methods throw ItemReaderFailure; after that it is of no use.
 */
export interface ItemParser {
  /** Whether items are the members of an object, as `{Key, Value}`; known when they come. */
  readonly isKeyed?: boolean;
  /** @returns the items that are complete by now; to be taken before the next piece is pushed */
  push(text: string): Iterable<Json>;
  /** @returns the items that were not complete before */
  end(): Iterable<Json>;
}

/** Characters of one line or field that are collected: the service's limit of a raw item, 8 MB. */
export const ITEM_CHARACTERS_MAX = 8 * 1024 * 1024;
