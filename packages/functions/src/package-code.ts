import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { zip, type Zippable } from 'fflate';

/** Never part of a deployment package: build output and history of the project itself. */
const LEFT_OUT = new Set(['.git', '.aws-sam', '.DS_Store']);

/** The same files give the same bytes: the date in the archive is fixed. */
const ARCHIVE_DATE = '1980-01-02T00:00:00Z';

/**
 * Packs a function's folder (a template's CodeUri) into a zip archive, or takes the archive when it is one already.
 * @throws Error when the path does not exist
 */
export async function packageCode(path: string): Promise<{ zip: Uint8Array; sha256: string }> {
  const bytes = (await stat(path)).isDirectory()
    ? await zipFolder(path)
    : new Uint8Array(await readFile(path));
  return { zip: bytes, sha256: createHash('sha256').update(bytes).digest('base64') };
}

async function zipFolder(folder: string): Promise<Uint8Array> {
  const files: Zippable = {};
  for (const file of (await listFiles(folder)).sort()) {
    files[relative(folder, file).split(sep).join('/')] = new Uint8Array(await readFile(file));
  }
  return new Promise((resolve, reject) => {
    zip(files, { mtime: ARCHIVE_DATE, level: 6 }, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}

async function listFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await listFiles(path)));
    else if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
  }
  return found;
}
