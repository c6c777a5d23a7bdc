import { MapRunFailure } from '@riposte/asl';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGunzip, createZstdDecompress, gunzip, zstdDecompress } from 'node:zlib';

const PIECE_BYTES = 1024 * 1024;

/** An object as it is stored; one that is packed is known by the end of its key. */
export interface StoredObject {
  key: string;
  body: Uint8Array;
}

/**
 * The text of an object in pieces, of which one at a time is held. The server gets on with everything else between them.
 * @param bytesMax  unpacked
 * @throws MapRunFailure States.ItemReaderFailed; the signal's reason
 */
export async function* textOf(
  object: StoredObject,
  bytesMax: number,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const piece of unpackedPieces(object)) {
    bytes += piece.length;
    if (bytes > bytesMax) throw tooLarge(object, bytesMax);
    yield decoder.decode(piece, { stream: true });
    await setImmediate();
    signal.throwIfAborted();
  }
  yield decoder.decode();
}

/**
 * All of an object.
 * @param bytesMax  unpacked
 * @throws MapRunFailure States.ItemReaderFailed
 */
export async function unpacked(object: StoredObject, bytesMax: number): Promise<Uint8Array> {
  const bytes = await unpackedWhole(object, bytesMax);
  if (bytes.length > bytesMax) throw tooLarge(object, bytesMax);
  return bytes;
}

/** The text of UTF-8 bytes, in pieces. */
export function* pieces(bytes: Uint8Array): Iterable<string> {
  const decoder = new TextDecoder();
  for (const piece of parts(bytes)) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

/** One after the other, a MiB each at most. */
export function* parts(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

async function* unpackedPieces({ key, body }: StoredObject): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = unpackingOf(key)?.stream();
  if (stream === undefined) {
    yield* parts(body);
    return;
  }
  stream.end(body);
  try {
    yield* stream as AsyncIterable<Uint8Array>; // no encoding is set
  } catch (error) {
    throw notUnpacked(key, error);
  }
}

async function unpackedWhole(object: StoredObject, bytesMax: number): Promise<Uint8Array> {
  const { key, body } = object;
  try {
    return (await unpackingOf(key)?.whole(body, { maxOutputLength: bytesMax })) ?? body;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(object, bytesMax);
    throw notUnpacked(key, error);
  }
}

function unpackingOf(key: string) {
  if (key.endsWith('.gz'))
    return { stream: () => createGunzip({ chunkSize: PIECE_BYTES }), whole: promisify(gunzip) };
  if (key.endsWith('.zstd'))
    return {
      stream: () => createZstdDecompress({ chunkSize: PIECE_BYTES }),
      whole: promisify(zstdDecompress),
    };
  return undefined;
}

function tooLarge({ key }: StoredObject, bytesMax: number): MapRunFailure {
  return readerFailed(
    `The object ${key} has more than ${bytesMax} bytes, and no more are read of one. Split it.`,
  );
}

function notUnpacked(key: string, error: unknown): MapRunFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return readerFailed(`The object ${key} could not be unpacked: ${reason}`);
}

function readerFailed(cause: string): MapRunFailure {
  return new MapRunFailure('States.ItemReaderFailed', cause);
}
