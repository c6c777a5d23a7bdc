/** The bucket in which pages wait for each other. */
import { createHash } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

const DIGITS_OF_A_PAGE = 5;

/** A page of an update as it came: an event of AWS Health. */
export interface Page {
  account: string;
  time: string;
  region: string;
  'detail-type': string;
  resources?: string[];
  detail: {
    affectedEntities?: { entityValue: string }[];
    backupEvent?: string | boolean;
    page?: string;
    totalPages?: string;
    [member: string]: unknown;
  };
}

/** A key of `identity.ts` as a name: 64 characters that can stand in an object's key and an execution's name. */
export function nameOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * Keys: `updates/UPDATE/pages/00001.json`, `updates/UPDATE/gave-up.json`, `updates/UPDATE/entities.json`,
 * `events/EVENT/TIME_UPDATE`. UPDATE and EVENT are names of keys.
 */
export class UpdateStore {
  readonly bucket: string;
  readonly #s3: S3Client;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.bucket = bucket;
  }

  /** @returns whether it was not there before. What was there stays. */
  async keepPage(update: string, number: number, page: object): Promise<boolean> {
    try {
      await this.#put(pageKey(update, number), page, '*');
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'PreconditionFailed') return false;
      throw error;
    }
  }

  /** Numbers of the pages that are there, in order. */
  async pageNumbers(update: string): Promise<number[]> {
    const keys = await this.#keys(`updates/${update}/pages/`);
    return keys.map((key) => Number(key.slice(-DIGITS_OF_A_PAGE - '.json'.length, -'.json'.length)));
  }

  async readPage(update: string, number: number): Promise<Page> {
    return (await this.#read(pageKey(update, number))) as Page; // as it was kept
  }

  /** From now on a page that is not among these is late. */
  async giveUp(update: string, pages: readonly number[]): Promise<void> {
    await this.#put(gaveUpKey(update), { pages });
  }

  /** @returns whether the update has been announced without this page, or is just about to be */
  async isLate(update: string, number: number): Promise<boolean> {
    const [marker] = await this.#keys(gaveUpKey(update));
    if (marker === undefined) return false;
    const { pages } = (await this.#read(marker)) as { pages: number[] }; // as giveUp wrote it
    return !pages.includes(number);
  }

  /** The whole list as one JSON array, as a distributed Map reads it. @returns its key */
  async writeEntities(update: string, entities: readonly object[]): Promise<string> {
    const key = `updates/${update}/entities.json`;
    await this.#put(key, entities);
    return key;
  }

  /** Notes an update of an event. @returns whether none is known that is newer */
  async noteUpdate(event: string, updatedAt: string, update: string): Promise<boolean> {
    const prefix = `events/${event}/`;
    await this.#put(`${prefix}${updatedAt}_${update}`, {});
    const times = (await this.#keys(prefix)).map((key) => key.slice(prefix.length).split('_')[0] ?? '');
    return times.every((time) => time <= updatedAt);
  }

  async #put(Key: string, content: object, IfNoneMatch?: '*'): Promise<void> {
    await this.#s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key,
        Body: JSON.stringify(content),
        ContentType: 'application/json',
        ...(IfNoneMatch && { IfNoneMatch }),
      }),
    );
  }

  async #read(Key: string): Promise<unknown> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
    return JSON.parse((await Body?.transformToString()) ?? 'null');
  }

  /** In order. */
  async #keys(Prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#s3.send(
        new ListObjectsV2Command({
          Bucket: this.bucket,
          Prefix,
          ...(ContinuationToken !== undefined && { ContinuationToken }),
        }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return keys;
  }
}

function pageKey(update: string, number: number): string {
  return `updates/${update}/pages/${String(number).padStart(DIGITS_OF_A_PAGE, '0')}.json`;
}

function gaveUpKey(update: string): string {
  return `updates/${update}/gave-up.json`;
}
