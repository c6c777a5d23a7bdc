import { MapRunFailure } from '@riposte/asl';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';

const PIECE_BYTES = 1024 * 1024;
/** It is unpacked in memory: a small object may be a very large text. */
const UNPACKING = { maxOutputLength: 1024 ** 3 };

/**
 * The text of an object, in pieces; packed ones are known by the end of their key.
 * @throws MapRunFailure States.ItemReaderFailed when it cannot be unpacked
 */
export async function textOf(key: string, body: Uint8Array): Promise<Iterable<string>> {
  return pieces(await unpacked(key, body));
}

/** @throws MapRunFailure States.ItemReaderFailed */
export async function unpacked(key: string, body: Uint8Array): Promise<Uint8Array> {
  try {
    if (key.endsWith('.gz')) return await promisify(gunzip)(body, UNPACKING);
    if (key.endsWith('.zstd')) return await promisify(zstdDecompress)(body, UNPACKING);
    return body;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MapRunFailure('States.ItemReaderFailed', `The object ${key} could not be unpacked: ${reason}`);
  }
}

/** The text of UTF-8 bytes. */
export function* pieces(bytes: Uint8Array): Iterable<string> {
  const decoder = new TextDecoder();
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    yield decoder.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true });
  yield decoder.decode();
}
