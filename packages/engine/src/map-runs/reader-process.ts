import { fork, type ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { ItemReaderFailure, parseJson, type ItemFormat, type Json } from '@riposte/asl';
import { parts } from './object-text.ts';

/** What an object begins with; its bytes follow in parts, each of which is acknowledged. */
export interface ReaderRequest {
  key: string;
  byteLength: number;
  /** Of JSON; absent: the object is Parquet. */
  format?: ItemFormat;
}

export type ReaderMessage = ReaderRequest | Uint8Array | 'more';

/** What a process sends; after `items` it waits to be asked for more. */
export type ReaderReply =
  | { type: 'received' }
  | { type: 'items'; /** a JSON array */ text: string; isKeyed: boolean }
  | { type: 'end' }
  | { type: 'failed'; cause: string }
  | { type: 'broken'; /** with the stack: a bug */ message: string };

/** Out of memory, says V8; the system says it with SIGKILL. */
const OUT_OF_MEMORY: ReadonlySet<unknown> = new Set(['SIGABRT', 'SIGKILL', 134]);

/**
 * A process that reads objects whose values may take any amount of memory, one after the other. A thread would not do:
 * V8 ends the whole process when memory runs out within one native step, as JSON.parse is one.
 */
export class ReaderProcess {
  readonly #heapMiB: number;
  readonly #child: ChildProcess;
  /** Signal or exit code. */
  #end: string | number | null = null;
  #isAtWork = false;

  constructor(heapMiB: number) {
    this.#heapMiB = heapMiB;
    const cache = getCompileCacheDir();
    this.#child = fork(new URL('./item-process.ts', import.meta.url), {
      execArgv: [`--max-old-space-size=${heapMiB}`],
      env: { ...process.env, ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }) },
      serialization: 'advanced',
      detached: true, // a Ctrl-C is for the server: this process ends with it anyway, when its channel does
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'], // V8's last words would stand among the server's
    });
    this.#child.once('exit', (code, signal) => (this.#end = signal ?? code));
    this.#child.on('error', () => undefined); // told by whoever waits for the next reply
  }

  /** Whether it can begin with another object. */
  get isIdle(): boolean {
    return !this.#isAtWork && this.#child.connected;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /**
   * The items of one object. Whoever wants no more of them must kill the process.
   * @param format  of JSON; undefined: the object is Parquet
   * @param told  before items: whether they are `{Key, Value}`
   * @throws ItemReaderFailure; AbortError, at once
   */
  async *items(
    { key, bytes, format }: { key: string; bytes: Uint8Array; format: ItemFormat | undefined },
    told: (isKeyed: boolean) => void,
    signal: AbortSignal,
  ): AsyncGenerator<Json, void, undefined> {
    this.#isAtWork = true;
    told(false);
    const waiting = parts(bytes);
    const replies = on(this.#child, 'message', { signal, close: ['exit'] });
    this.#send({ key, byteLength: bytes.length, ...(format && { format }) });
    this.#sendPart(waiting);
    for await (const [reply] of replies as AsyncIterable<[ReaderReply]>) {
      switch (reply.type) {
        case 'received':
          this.#sendPart(waiting);
          break;
        case 'items':
          told(reply.isKeyed);
          yield* parseJson(reply.text) as Json[]; // an array, says ReaderReply
          this.#send('more');
          break;
        case 'end':
          this.#isAtWork = false;
          return;
        case 'failed':
          this.#isAtWork = false;
          throw new ItemReaderFailure(reply.cause);
        case 'broken':
          throw new Error(reply.message);
      }
    }
    throw this.#endedUnasked(key);
  }

  #sendPart(waiting: Iterator<Uint8Array>): void {
    const { value } = waiting.next() as IteratorResult<Uint8Array, undefined>;
    if (value !== undefined) this.#send(value);
  }

  /** What cannot be sent goes to a process that has ended, of which `exit` tells. */
  #send(message: ReaderMessage): void {
    this.#child.send(message, () => undefined);
  }

  #endedUnasked(key: string): Error {
    if (!OUT_OF_MEMORY.has(this.#end)) return new Error(`The process that read ${key} ended: ${this.#end}.`);
    return new ItemReaderFailure(
      `The object ${key} needs more than ${this.#heapMiB} MiB of memory. Split it, or write it as CSV or JSONL.`,
    );
  }
}
