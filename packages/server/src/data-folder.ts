import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from './configuration.ts';

const PROBLEMS: Record<string, string> = {
  EACCES: 'this user may not write there',
  EEXIST: 'a file has that name',
  ENOENT: 'it cannot be made there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file',
  EROFS: 'the disk is read-only',
};

/**
 * Makes the data folder and the outbox in it, where they are missing; its owner alone may look into what is made.
 * @param dataFolder  absolute
 * @returns the outbox
 * @throws ConfigurationError when it cannot be made
 */
export async function makeDataFolder(dataFolder: string): Promise<string> {
  const outboxFolder = join(dataFolder, 'outbox');
  try {
    await makeFolder(outboxFolder);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException; // what a call of the file system throws
    throw new ConfigurationError(
      `The data folder ${dataFolder} cannot be used: ${PROBLEMS[code] ?? message}. Choose another with --data.`,
      { cause: error },
    );
  }
  return outboxFolder;
}

/**
 * Folder by folder: the recursive mkdir of Node.js tries for ever where a folder is there and nothing can be made in it,
 * as in `/proc` (ENOENT, which it takes for a missing parent).
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (await isFolder(folder)) return;
    const parent = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || (await isFolder(parent))) throw error;
    await makeFolder(parent);
    await mkdir(folder, { mode: 0o700 });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // what is wrong with it is told by who wants to make it
  }
}
