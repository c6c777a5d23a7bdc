import { lstat, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ServiceError } from '@riposte/engine';
import { isBucketName } from './names.ts';
import { ObjectFiles, syncFolder, translated } from './object-files.ts';

/** Which folders of this machine are buckets. */
export interface BucketFoldersOptions {
  /** Holds a folder for each bucket that is made here. Made when the first one is. */
  folder: string;
  /** Folders of the user's that stand for buckets, by the buckets' names. */
  given: Readonly<Record<string, string>>;
}

export interface BucketState {
  name: string;
  createdMs: number;
}

/** Which folder stands for which bucket. A bucket exists when its folder does. */
export class BucketFolders {
  readonly #folder: string;
  readonly #given: ReadonlyMap<string, string>;

  constructor({ folder, given }: BucketFoldersOptions) {
    this.#folder = resolve(folder);
    this.#given = new Map(Object.entries(given).map(([name, path]) => [name, resolve(path)]));
  }

  /** @throws ServiceError NoSuchBucket */
  async files(bucket: string): Promise<ObjectFiles> {
    return new ObjectFiles(await this.root(bucket));
  }

  /**
   * The bucket's folder, an absolute path without symbolic links.
   * @throws ServiceError NoSuchBucket
   */
  async root(bucket: string): Promise<string> {
    const given = this.#given.get(bucket);
    return translated(async () => {
      const path = given ?? (isBucketName(bucket) ? join(this.#folder, bucket) : undefined);
      const root = path === undefined ? undefined : await realpath(path).catch(() => undefined);
      const isFolder = root !== undefined && (await stat(root)).isDirectory();
      // A folder of ours that is a link leads somewhere that nobody gave.
      const isOwn =
        given !== undefined || root === join(await realpath(this.#folder).catch(() => ''), bucket);
      if (!isFolder || !isOwn) throw noSuchBucket();
      return root;
    });
  }

  /** @returns whether it is new */
  async create(bucket: string): Promise<boolean> {
    if (!isBucketName(bucket))
      throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.');
    if (this.#given.has(bucket)) return false;
    return translated(async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      try {
        await mkdir(join(this.#folder, bucket), { mode: 0o700 });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      }
      await syncFolder(this.#folder);
      return true;
    });
  }

  /** @throws ServiceError NoSuchBucket, BucketNotEmpty, AccessDenied for a folder of the user's */
  async delete(bucket: string): Promise<void> {
    const files = await this.files(bucket);
    const given = this.#given.get(bucket);
    if (given !== undefined)
      throw new ServiceError(
        'AccessDenied',
        `The bucket ${bucket} stands for the folder ${given}, which was given when the server was started: it is not deleted.`,
        403,
      );
    if (!(await files.removeAll()))
      throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
  }

  /** In order of name. */
  async list(): Promise<BucketState[]> {
    const made = await readdir(this.#folder).catch(() => []);
    const names = [...new Set([...made.filter(isBucketName), ...this.#given.keys()])].sort();
    const buckets: BucketState[] = [];
    for (const name of names) {
      const root = await this.root(name).catch(() => undefined);
      if (root !== undefined) buckets.push({ name, createdMs: Math.floor((await lstat(root)).birthtimeMs) });
    }
    return buckets;
  }
}

function noSuchBucket(): ServiceError {
  return new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
}
