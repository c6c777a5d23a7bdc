import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareKeys, segmentsOf, UPLOADS_FOLDER } from './names.ts';

export interface WalkedFrom {
  /** Only keys that begin with it. */
  prefix: string;
  /** Only keys after it; empty: all. */
  after: string;
}

/**
 * Keys of the files in a folder, in S3's order. Folders that can hold none of the wanted keys are not opened. Symbolic
 * links and names that are no key are passed over.
 * @param root  an absolute path
 */
export async function* walkKeys(
  root: string,
  { prefix, after }: WalkedFrom,
): AsyncGenerator<string, void, undefined> {
  yield* walkFolder(root, '', prefix, after);
}

async function* walkFolder(
  folder: string,
  base: string,
  prefix: string,
  after: string,
): AsyncGenerator<string, void, undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []; // gone since its folder was read
    throw error;
  });
  const names = entries
    .filter((entry) => entry.isFile() || (entry.isDirectory() && base + entry.name !== UPLOADS_FOLDER))
    // The keys in a folder begin with its name and a slash: that decides where they stand among its neighbours.
    .map((entry) => ({ name: entry.name, key: `${base}${entry.name}${entry.isDirectory() ? '/' : ''}` }))
    .sort((a, b) => compareKeys(a.key, b.key));
  for (const { name, key } of names) {
    if (key.endsWith('/')) {
      const mayHold = key.startsWith(prefix) || prefix.startsWith(key);
      if (mayHold && (after.startsWith(key) || compareKeys(key, after) > 0))
        yield* walkFolder(join(folder, name), key, prefix, after);
    } else if (key.startsWith(prefix) && compareKeys(key, after) > 0 && isKey(key)) yield key;
  }
}

function isKey(key: string): boolean {
  return typeof segmentsOf(key, process.platform) !== 'string';
}
