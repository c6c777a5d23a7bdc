import type {
  AbortMultipartUploadCommandInput,
  CompletedPart,
  CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommandInput,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { ServiceError } from '@riposte/engine';
import { OBJECT_BYTES_MAX, type UploadPartInput } from './buckets.ts';
import { bytesOf, checkDigests } from './conditions.ts';
import { noFile } from './object-files.ts';
import { segmentsOf } from './names.ts';
import type { ObjectHeaders } from './object-records.ts';
import { UploadParts, type Part } from './upload-parts.ts';

/** Of every part but the last. */
const PART_BYTES_MIN = 5 * 1024 * 1024;
const PART_NUMBER_MAX = 10_000;

/** An object put together. */
export interface Assembled {
  bytes: Uint8Array;
  /** Without quotation marks: the MD5 of the parts' MD5s and their number, as S3 makes it. */
  etag: string;
  headers: ObjectHeaders;
}

/** Uploads in parts to one bucket's folder. */
export class FolderUploads {
  readonly #parts: UploadParts;

  constructor(root: string) {
    this.#parts = new UploadParts(root);
  }

  async begin(
    id: string,
    { Key = '' }: CreateMultipartUploadCommandInput,
    headers: ObjectHeaders,
  ): Promise<void> {
    const segments = segmentsOf(Key, process.platform);
    if (typeof segments === 'string') throw noFile(Key, segments); // before anything is sent
    await this.#parts.begin(id, { key: Key, headers });
  }

  /** @returns the part's MD5, hex */
  async put(input: UploadPartInput, draft: string): Promise<string> {
    const { Key = '', UploadId = '', PartNumber: number = 0 } = input;
    if (!Number.isInteger(number) || number < 1 || number > PART_NUMBER_MAX)
      throw new ServiceError(
        'InvalidArgument',
        `Part number must be an integer between 1 and ${PART_NUMBER_MAX}, inclusive`,
      );
    const bytes = bytesOf(input.Body);
    checkDigests(bytes, input);
    await this.#parts.open(UploadId, Key);
    const md5 = createHash('md5').update(bytes).digest('hex');
    await this.#parts.put(UploadId, { number, md5 }, bytes, draft);
    return md5;
  }

  /** @throws ServiceError InvalidPart, InvalidPartOrder, EntityTooSmall, EntityTooLarge */
  async assemble(input: CompleteMultipartUploadCommandInput): Promise<Assembled> {
    const { Key = '', UploadId = '', MultipartUpload } = input;
    const { headers } = await this.#parts.open(UploadId, Key);
    const parts = partsIn(MultipartUpload?.Parts ?? []);
    const pieces: Uint8Array[] = [];
    let length = 0;
    for (const part of parts) {
      const piece = await this.#parts.read(UploadId, part);
      length += piece.byteLength;
      if (length > OBJECT_BYTES_MAX)
        throw new ServiceError(
          'EntityTooLarge',
          `The parts together exceed the ${OBJECT_BYTES_MAX} bytes that this server holds as one object.`,
        );
      if (piece.byteLength < PART_BYTES_MIN && part !== parts.at(-1))
        throw new ServiceError(
          'EntityTooSmall',
          'Your proposed upload is smaller than the minimum allowed size',
        );
      pieces.push(piece);
    }
    const digests = Buffer.from(parts.map(({ md5 }) => md5).join(''), 'hex');
    const md5 = createHash('md5').update(digests).digest('hex');
    return { bytes: Buffer.concat(pieces), etag: `${md5}-${parts.length}`, headers };
  }

  async abort({ Key = '', UploadId = '' }: AbortMultipartUploadCommandInput): Promise<void> {
    await this.#parts.open(UploadId, Key);
    await this.#parts.forget(UploadId);
  }

  async forget(id: string): Promise<void> {
    await this.#parts.forget(id);
  }
}

function partsIn(given: readonly CompletedPart[]): Part[] {
  if (given.length === 0) throw new ServiceError('MalformedXML', 'You must specify at least one part');
  const parts = given.map(({ PartNumber: number = 0, ETag = '' }) => ({
    number,
    md5: ETag.replaceAll('"', ''),
  }));
  if (parts.some(({ number }, index) => index > 0 && number <= parts[index - 1]!.number))
    // there is one before
    throw new ServiceError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
    );
  return parts;
}
