/**
 * Uploads in parts, until they are completed or given up: a folder each, beside the files on their way in, with a file
 * for each part. A part is there whole or not at all.
 */
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '@riposte/engine';
import { UPLOADS_FOLDER } from './names.ts';
import { syncFolder, translated } from './object-files.ts';
import type { ObjectHeaders } from './object-records.ts';

export interface Upload {
  key: string;
  headers: ObjectHeaders;
}

export interface Part {
  number: number;
  /** Hex. */
  md5: string;
}

const UPLOAD_FILE = 'upload.json';

export class UploadParts {
  readonly #uploads: string;

  /** @param root  the bucket's folder, absolute */
  constructor(root: string) {
    this.#uploads = join(root, UPLOADS_FOLDER);
  }

  /** @param id  new, a UUID */
  async begin(id: string, upload: Upload): Promise<void> {
    await translated(async () => {
      const folder = this.#folder(id);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, UPLOAD_FILE), JSON.stringify(upload), { flush: true });
      await syncFolder(folder);
      await syncFolder(this.#uploads);
    });
  }

  /** @throws ServiceError NoSuchUpload, also where it is for another key */
  async open(id: string, key: string): Promise<Upload> {
    const text = await translated(() => readFile(join(this.#folder(id), UPLOAD_FILE), 'utf8').catch(absent));
    const upload = text === undefined ? undefined : (JSON.parse(text) as Upload); // written by begin alone
    if (upload?.key !== key) throw noSuchUpload();
    return upload;
  }

  /**
   * Replaces the part of that number.
   * @param draft  a name for it on its way in; unique
   */
  async put(id: string, part: Part, bytes: Uint8Array, draft: string): Promise<void> {
    await translated(async () => {
      const folder = this.#folder(id);
      const earlier = (await this.#parts(id)).filter(({ number }) => number === part.number);
      await writeFile(join(folder, draft), bytes, { flush: true });
      await rename(join(folder, draft), join(folder, fileOf(part)));
      await syncFolder(folder);
      for (const other of earlier)
        if (other.md5 !== part.md5) await rm(join(folder, fileOf(other)), { force: true });
    });
  }

  /** @throws ServiceError InvalidPart where it is not there, or another of its number */
  async read(id: string, part: Part): Promise<Uint8Array> {
    const bytes = await translated(() => readFile(join(this.#folder(id), fileOf(part))).catch(absent));
    if (bytes !== undefined) return bytes;
    throw new ServiceError(
      'InvalidPart',
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    );
  }

  async forget(id: string): Promise<void> {
    await translated(() => rm(this.#folder(id), { recursive: true, force: true }));
  }

  async #parts(id: string): Promise<Part[]> {
    const names = await readdir(this.#folder(id));
    return names.flatMap((name) => {
      const match = /^part-(\d+)-([0-9a-f]{32})$/.exec(name);
      return match === null ? [] : [{ number: Number(match[1]), md5: match[2]! }]; // both groups matched
    });
  }

  /** @throws ServiceError NoSuchUpload for what is no id of ours, and could be a path */
  #folder(id: string): string {
    if (!/^[0-9a-f-]{36}$/.test(id)) throw noSuchUpload();
    return join(this.#uploads, id);
  }
}

function fileOf({ number, md5 }: Part): string {
  return `part-${number}-${md5}`;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

function noSuchUpload(): ServiceError {
  return new ServiceError(
    'NoSuchUpload',
    'The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
  );
}
