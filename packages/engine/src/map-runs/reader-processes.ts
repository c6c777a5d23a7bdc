import type { ItemFormat, Json } from '@riposte/asl';
import { ReaderProcess } from './reader-process.ts';

/**
 * Reads objects in processes. To start one takes longer than to read most objects: while any Map Run reads, idle ones
 * are kept for the next object. There are never more than objects that are read at a time.
 */
export class ReaderProcesses {
  readonly #heapMiB: number;
  readonly #idle: ReaderProcess[] = [];
  #readingsCount = 0;

  constructor(heapMiB: number) {
    this.#heapMiB = heapMiB;
  }

  /** What a Map Run reads, from the first object to the last. */
  async *during<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
    this.#readingsCount += 1;
    try {
      yield* items;
    } finally {
      this.#readingsCount -= 1;
      if (this.#readingsCount === 0) for (const idle of this.#idle.splice(0)) idle.kill();
    }
  }

  /**
   * The items of one object, to be asked for within `during`.
   * @param object  `format` is that of JSON; undefined: the object is Parquet
   * @param told  before items: whether they are `{Key, Value}`
   * @throws ItemReaderFailure; AbortError, at once
   */
  async *items(
    object: { key: string; bytes: Uint8Array; format: ItemFormat | undefined },
    told: (isKeyed: boolean) => void,
    signal: AbortSignal,
  ): AsyncGenerator<Json, void, undefined> {
    const reader = this.#idle.pop() ?? new ReaderProcess(this.#heapMiB);
    try {
      yield* reader.items(object, told, signal);
    } finally {
      if (reader.isIdle) this.#idle.push(reader);
      else reader.kill();
    }
  }
}
