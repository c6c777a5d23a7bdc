import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { unzip, type Unzipped } from 'fflate';
import { ServiceError } from '@riposte/engine';

/** Bytes of unpacked code Lambda takes. */
const UNPACKED_BYTES_MAX = 262_144_000;

/** What Lambda tells of a deployment package. */
export interface StoredCode {
  /** Base64 SHA-256 of the archive. */
  codeSha256: string;
  /** Bytes of the archive. */
  codeSize: number;
}

/** Unpacked deployment packages, each in a folder named by its content: the same code is stored once. */
export interface CodeStore {
  /** @throws ServiceError InvalidParameterValueException when it is not a zip archive, is too large or leaves its folder */
  put(zip: Uint8Array): Promise<StoredCode>;
  /**
   * Absolute path of the unpacked files. Asked at each start, never kept: a data folder may be moved or restored
   * elsewhere.
   */
  folderOf(codeSha256: string): string;
}

/** Keeps code below a folder, which is made when the first code comes. */
export function createCodeStore(folder: string): CodeStore {
  const folderOf = (codeSha256: string) => resolve(folder, Buffer.from(codeSha256, 'base64').toString('hex'));
  return {
    folderOf,
    async put(zip) {
      const codeSha256 = createHash('sha256').update(zip).digest('base64');
      const codeFolder = folderOf(codeSha256);
      const stored: StoredCode = { codeSha256, codeSize: zip.byteLength };
      if (existsSync(codeFolder)) return stored;
      const files = await unpack(zip);
      // Written beside, brought to disk and moved: a folder with the final name is complete, also after loss of power.
      const draft = `${codeFolder}.${randomUUID()}`;
      try {
        await writeFiles(draft, files);
        await rename(draft, codeFolder).catch((error: unknown) => {
          if (!existsSync(codeFolder)) throw error; // else the same code was stored at the same moment
        });
        await sync(folder);
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
      return stored;
    },
  };
}

function unpack(zip: Uint8Array): Promise<Unzipped> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let tooLarge = false;
    unzip(
      zip,
      {
        filter: (file) => {
          bytes += file.originalSize;
          tooLarge ||= bytes > UNPACKED_BYTES_MAX;
          return !tooLarge;
        },
      },
      (error, files) => {
        if (tooLarge) reject(invalid(`Unzipped size must be smaller than ${UNPACKED_BYTES_MAX} bytes`));
        else if (error)
          reject(
            invalid(
              'Could not unzip uploaded file. Please check your file, then try to upload again.',
              error,
            ),
          );
        else if (Object.keys(files).length === 0) reject(invalid('Uploaded file must be a non-empty zip'));
        else resolve(files);
      },
    );
  });
}

/** Files that are brought to disk at one time: one after the other, a package of thousands takes minutes. */
const SYNCS_AT_ONCE = 16;

async function writeFiles(folder: string, files: Unzipped): Promise<void> {
  const twofold = Object.keys(files).find((name) => foldersOf(name).some((parent) => parent in files));
  if (twofold !== undefined)
    throw invalid(`The archive holds '${twofold}' below a name that it holds as a file as well.`);
  await mkdir(folder, { recursive: true });
  const folders = new Set([folder]);
  const writing = new Set<Promise<void>>();
  for (const [name, content] of Object.entries(files)) {
    const path = resolve(folder, name);
    if (!path.startsWith(folder + sep))
      throw invalid(`The archive holds '${name}', which lies outside its own folder.`);
    const parent = name.endsWith('/') ? path : dirname(path);
    await mkdir(parent, { recursive: true });
    for (let made = parent; made.length > folder.length; made = dirname(made)) folders.add(made);
    if (name.endsWith('/')) continue;
    const written = writeSynced(path, content).finally(() => writing.delete(written));
    writing.add(written);
    if (writing.size >= SYNCS_AT_ONCE) await Promise.race(writing);
  }
  await Promise.all(writing);
  for (const made of folders) await sync(made);
}

/** `a/b/c.ts` lies in `a` and in `a/b`. */
function foldersOf(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

async function writeSynced(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Brings the names in a folder to disk. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function invalid(message: string, cause?: unknown): ServiceError {
  return new ServiceError('InvalidParameterValueException', message, 400, { cause });
}
