import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bits of a file's mode for the group and for others. */
const NOT_OWNER = 0o077;

/**
 * Makes a file that its owner alone can read, and its folder, where they are missing; takes the rights of others off a
 * file that is there. SQLite gives the files beside it (`-wal`, `-shm`) the same rights.
 * @throws Error when it cannot be made
 */
export function ensurePrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    // Never opened here when it is there: closing it again would give up SQLite's locks on it in this process.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    for (const path of [file, `${file}-wal`, `${file}-shm`]) takeRightsOfOthers(path);
  }
}

function takeRightsOfOthers(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & NOT_OWNER) === 0) return;
  try {
    chmodSync(path, mode & 0o700);
  } catch {
    // Another's file, or a file system without rights: it can be used all the same.
  }
}
