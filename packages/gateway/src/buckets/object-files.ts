/**
 * The files of one bucket's folder.
 *
 * F1  No key leads out of the folder: its parts are checked, and symbolic links are not followed.
 * F2  A file is replaced whole or not at all, and is on disk before `write` resolves.
 * F3  A disk that is full or fails is `StoreUnavailable`, never an answer.
 */
import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { lstat, mkdir, open, realpath, readdir, rename, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ServiceError, StoreUnavailable } from '@riposte/engine';
import { segmentsOf, UPLOADS_FOLDER } from './names.ts';

export interface FileState {
  sizeBytes: number;
  /** Milliseconds since the epoch. */
  modifiedMs: number;
  /** Changes when the file does. */
  stamp: string;
}

/** Bytes read at a time where a file is only hashed. */
const HASH_CHUNK_BYTES = 1024 * 1024;
/** Older files on their way in were left by a crash, older uploads in parts by their client. */
const UPLOAD_MS_MAX = 86_400_000;

export class ObjectFiles {
  readonly #root: string;

  /** @param root  absolute, without symbolic links */
  constructor(root: string) {
    this.#root = root;
  }

  /** @returns undefined where no such file is */
  async state(key: string): Promise<FileState | undefined> {
    const segments = segmentsOf(key, process.platform);
    if (typeof segments === 'string') return undefined; // nothing can stand there
    return translated(() => ownFile(join(this.#root, ...segments)));
  }

  /**
   * @param range  bytes from `start` to before `end`
   * @param check  may refuse by throwing, before anything is read
   */
  async read(
    key: string,
    range: (state: FileState) => { start: number; end: number },
  ): Promise<{ state: FileState; bytes: Uint8Array } | undefined> {
    return this.#withFile(key, async (file) => {
      const state = await stateOf(file);
      const { start, end } = range(state);
      const bytes = new Uint8Array(end - start);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
        if (bytesRead === 0) break; // cut since it was looked at
        filled += bytesRead;
      }
      return { state, bytes: filled === bytes.length ? bytes : bytes.slice(0, filled) };
    });
  }

  /** @returns hex MD5 and the state it belongs to; undefined where no such file is */
  async digest(key: string): Promise<{ state: FileState; md5: string } | undefined> {
    return this.#withFile(key, async (file) => {
      const state = await stateOf(file);
      const hash = createHash('md5');
      const chunk = new Uint8Array(Math.min(HASH_CHUNK_BYTES, Math.max(state.sizeBytes, 1)));
      for (;;) {
        const { bytesRead } = await file.read(chunk, 0, chunk.length);
        if (bytesRead === 0) return { state, md5: hash.digest('hex') };
        hash.update(chunk.subarray(0, bytesRead));
      }
    });
  }

  /**
   * Replaces the file, with this time as its own.
   * @param name  of the file on its way in; unique
   * @throws ServiceError InvalidArgument where the key can be no file
   */
  async write(key: string, bytes: Uint8Array, modifiedMs: number, name: string): Promise<FileState> {
    const segments = segmentsOf(key, process.platform);
    if (typeof segments === 'string') throw noFile(key, segments);
    return translated(async () => {
      const uploads = join(this.#root, UPLOADS_FOLDER);
      await mkdir(uploads, { recursive: true });
      const upload = join(uploads, name);
      try {
        const state = await writeWhole(upload, bytes, modifiedMs);
        const path = await this.#place(key, segments);
        await rename(upload, path);
        await syncFolders(this.#root, path);
        return state;
      } catch (error) {
        await rm(upload, { force: true });
        throw error;
      }
    });
  }

  /** Removes the file, and the folders that only it was in. Does nothing where no such file is. */
  async remove(key: string): Promise<void> {
    const segments = segmentsOf(key, process.platform);
    if (typeof segments === 'string') return;
    await translated(async () => {
      const path = join(this.#root, ...segments);
      if (!(await ownFile(path))) return;
      await rm(path);
      await syncFolder(dirname(path));
      for (let folder = dirname(path); folder !== this.#root; folder = dirname(folder))
        if (!(await removeIfEmpty(folder))) return;
    });
  }

  /**
   * Removes the folder itself when it holds nothing but empty folders.
   * @returns whether it did
   */
  async removeAll(): Promise<boolean> {
    return translated(async () => {
      await rm(join(this.#root, UPLOADS_FOLDER), { recursive: true, force: true });
      const isRemoved = await removeEmptyTree(this.#root);
      if (isRemoved) await syncFolder(dirname(this.#root));
      return isRemoved;
    });
  }

  /** Removes what a crash, or a client that went away, left of files on their way in. */
  async removeAbandoned(nowMs: number): Promise<void> {
    const uploads = join(this.#root, UPLOADS_FOLDER);
    const names = await readdir(uploads).catch(() => []);
    for (const name of names) {
      const path = join(uploads, name);
      const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: nowMs }));
      if (nowMs - mtimeMs > UPLOAD_MS_MAX) await rm(path, { recursive: true, force: true });
    }
  }

  async #withFile<T>(key: string, work: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
    const segments = segmentsOf(key, process.platform);
    if (typeof segments === 'string') return undefined;
    return translated(async () => {
      const path = join(this.#root, ...segments);
      if (!(await ownFile(path))) return undefined;
      const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(absent);
      if (!file) return undefined;
      try {
        return await work(file);
      } finally {
        await file.close();
      }
    });
  }

  /** The path for a new file, with its folders made. */
  async #place(key: string, segments: readonly string[]): Promise<string> {
    let path = this.#root;
    for (const [index, segment] of segments.entries()) {
      path = join(path, segment);
      const isLast = index === segments.length - 1;
      if (!isLast) await mkdir(path).catch(ignoring('EEXIST'));
      const found = await lstat(path).catch(absent);
      if (found === undefined) continue;
      const at = segments.slice(0, index + 1).join('/');
      if (found.isSymbolicLink()) throw noFile(key, `'${at}' is a symbolic link`);
      if ((await realpath(path)) !== path) throw noFile(key, `'${at}' stands there in other letters`);
      if (!isLast && !found.isDirectory()) throw noFile(key, `'${at}' is an object, not a folder`);
      if (isLast && found.isDirectory() && !(await removeEmptyTree(path)))
        throw noFile(key, `'${at}' is a folder with other objects`);
    }
    return path;
  }
}

/** @returns undefined unless a regular file is reached without a symbolic link, under exactly this name */
async function ownFile(path: string): Promise<FileState | undefined> {
  const found = await lstat(path, { bigint: true }).catch(absent);
  if (found?.isFile() !== true) return undefined;
  return (await realpath(path).catch(absent)) === path ? stateIn(found) : undefined;
}

async function stateOf(file: FileHandle): Promise<FileState> {
  return stateIn(await file.stat({ bigint: true }));
}

function stateIn({ size, mtimeNs }: BigIntStats): FileState {
  return {
    sizeBytes: Number(size),
    modifiedMs: Number(mtimeNs / 1_000_000n),
    stamp: `${size}-${mtimeNs}`,
  };
}

async function writeWhole(path: string, bytes: Uint8Array, modifiedMs: number): Promise<FileState> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.utimes(modifiedMs / 1000, modifiedMs / 1000);
    await file.sync();
    return await stateOf(file);
  } finally {
    await file.close();
  }
}

/** The names of a new file and of the folders made for it are on disk. */
async function syncFolders(root: string, path: string): Promise<void> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === root) return;
  }
}

export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** @returns whether the folder is gone; a file or a link anywhere in it keeps it */
async function removeEmptyTree(path: string): Promise<boolean> {
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (!entry.isDirectory() || !(await removeEmptyTree(join(path, entry.name)))) return false;
  return removeIfEmpty(path);
}

async function removeIfEmpty(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(code)) return false;
    throw error;
  }
}

export function noFile(key: string, why: string): ServiceError {
  return new ServiceError(
    'InvalidArgument',
    `The key '${key}' cannot be a file in the folder that stands for this bucket: ${why}.`,
  );
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(error.code ?? '')) return undefined;
  throw error;
}

function ignoring(code: string) {
  return (error: NodeJS.ErrnoException): void => {
    if (error.code !== code) throw error;
  };
}

/** Failures of the disk; whoever drives the work does it again later. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'EBUSY', 'ESTALE']);

/** @throws StoreUnavailable, or ServiceError where this server's user may not */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = '', path = '', message } = error as NodeJS.ErrnoException;
    if (PASSING.has(code)) throw new StoreUnavailable(`Buckets: ${message}`, { cause: error });
    if (['EACCES', 'EPERM', 'EROFS'].includes(code))
      throw new ServiceError(
        'AccessDenied',
        `Access Denied: this server's own user may not do that at ${path} (${code}).`,
        403,
        { cause: error },
      );
    throw error;
  }
}
