/** Buckets that are folders of this machine. */
import type * as s3 from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import type { AccountStore } from '@riposte/account';
import { ServiceError } from '@riposte/engine';
import { BucketFolders, type BucketFoldersOptions } from './bucket-folders.ts';
import {
  OBJECT_BYTES_MAX,
  type Buckets,
  type BucketsContext,
  type GetObjectOutput,
  type PutObjectInput,
  type UploadPartInput,
} from './buckets.ts';
import { bytesOf, checkDigests, crc32Base64, checkMatch, rangeOf } from './conditions.ts';
import { FolderUploads, type Assembled } from './folder-uploads.ts';
import { listingAnswer, olderListingAnswer } from './listing-answers.ts';
import { pageOf, startOf } from './listing.ts';
import { onlyMembers } from './members.ts';
import type { FileState, ObjectFiles } from './object-files.ts';
import { checksummed, described, ENCRYPTION, etagOf, HEADERS, headersOf } from './object-answers.ts';
import { ObjectRecords, type KnownObject } from './object-records.ts';
import { asNotFound, noSuchKey, notFound, tooLarge } from './refusals.ts';
import { Turns } from './turns.ts';
import { walkKeys } from './walk.ts';

export interface FolderBucketsOptions extends BucketFoldersOptions {
  /** Keeps what a file cannot tell of an object: its content type and metadata. */
  store: AccountStore;
}

const READ_TRIES_MAX = 5;

/**
 * An object is a file, its key the path below the bucket's folder; files that somebody else puts there are objects too.
 * ETag is the MD5 of the content, LastModified the file's own time. Every region sees the same buckets.
 */
export class FolderBuckets implements Buckets {
  readonly #folders: BucketFolders;
  readonly #records: ObjectRecords;
  readonly #turns = new Turns();

  constructor(options: FolderBucketsOptions) {
    this.#folders = new BucketFolders(options);
    this.#records = new ObjectRecords(options.store);
  }

  /** Removes what a crash left of objects on their way in. */
  async removeAbandoned(nowMs: number): Promise<void> {
    for (const { name } of await this.#folders.list())
      await (await this.#folders.files(name)).removeAbandoned(nowMs);
  }

  async getObject(context: BucketsContext, input: s3.GetObjectCommandInput): Promise<GetObjectOutput> {
    onlyMembers(input, [...OBJECT, ...CONDITIONS, 'Range', 'ChecksumMode']);
    for (let tries = 0; tries < READ_TRIES_MAX; tries++) {
      const output = await this.#read(context, input);
      if (output) return output;
    }
    throw new ServiceError('OperationAborted', 'The object changes while it is read. Try again.', 409);
  }

  /** @returns undefined when the object was replaced before it was read: its ETag would be that of another */
  async #read(
    context: BucketsContext,
    input: s3.GetObjectCommandInput,
  ): Promise<GetObjectOutput | undefined> {
    const { files, object, key } = await this.#object(context, input);
    checkMatch(input, etagOf(object), 'read');
    const read = await files.read(key, (state) => wanted(input.Range, state));
    if (!read) throw noSuchKey();
    const { state, bytes } = read;
    if (state.stamp !== object.state.stamp) return undefined;
    const range = rangeOf(input.Range, state.sizeBytes);
    return {
      Body: bytes,
      ...described(object),
      ...(input.ChecksumMode === 'ENABLED' && !range && checksummed(object)),
      ContentLength: bytes.byteLength,
      ...(range && { ContentRange: `bytes ${range.start}-${range.end - 1}/${state.sizeBytes}` }),
    };
  }

  async headObject(context: BucketsContext, input: s3.HeadObjectCommandInput) {
    onlyMembers(input, [...OBJECT, ...CONDITIONS, 'ChecksumMode']);
    const { object } = await this.#object(context, input, notFound);
    checkMatch(input, etagOf(object), 'read');
    return { ...described(object), ...(input.ChecksumMode === 'ENABLED' && checksummed(object)) };
  }

  async putObject(context: BucketsContext, input: PutObjectInput) {
    onlyMembers(input, [...OBJECT, ...CONDITIONS, ...CHECKSUMS, ...HEADERS, 'Body', 'ContentLength']);
    const bytes = bytesOf(input.Body);
    if (bytes.byteLength > OBJECT_BYTES_MAX) throw tooLarge(bytes.byteLength);
    checkDigests(bytes, input);
    const etag = createHash('md5').update(bytes).digest('hex');
    const crc32 = crc32Base64(bytes);
    await this.#replace(context, input, { bytes, etag, headers: headersOf(input), crc32 });
    return { ETag: etagOf({ etag }), ...ENCRYPTION, ...checksummed({ crc32 }) };
  }

  async deleteObject(context: BucketsContext, input: s3.DeleteObjectCommandInput) {
    onlyMembers(input, OBJECT);
    const files = await this.#files(context, input);
    const bucket = input.Bucket!;
    await this.#turns.take(bucket, async () => {
      await files.remove(input.Key!);
      await this.#records.delete(bucket, input.Key!);
    });
    return {};
  }

  async listObjectsV2(context: BucketsContext, input: s3.ListObjectsV2CommandInput) {
    onlyMembers(input, LISTING);
    const bucket = input.Bucket!;
    checkOwner(context, input);
    const root = await this.#folders.root(bucket);
    const files = await this.#folders.files(bucket);
    const after = startOf(input);
    const page = await pageOf(walkKeys(root, { prefix: input.Prefix ?? '', after }), input, after);
    const objects = await this.#records.ofAll(bucket, page.keys, files);
    return listingAnswer(input, page, objects);
  }

  /** The older form of the same listing. */
  async listObjects(context: BucketsContext, input: s3.ListObjectsCommandInput) {
    const { Marker: marker = '', ...listing } = input;
    return olderListingAnswer(input, await this.listObjectsV2(context, { ...listing, StartAfter: marker }));
  }

  async createMultipartUpload(context: BucketsContext, input: s3.CreateMultipartUploadCommandInput) {
    onlyMembers(input, [...OBJECT, ...HEADERS, 'ChecksumAlgorithm', 'ChecksumType']);
    const UploadId = context.ids.uuid();
    await (await this.#uploads(context, input)).begin(UploadId, input, headersOf(input));
    return { Bucket: input.Bucket, Key: input.Key, UploadId };
  }

  async uploadPart(context: BucketsContext, input: UploadPartInput) {
    onlyMembers(input, [...OBJECT, ...CHECKSUMS, 'Body', 'ContentLength', 'PartNumber', 'UploadId']);
    const uploads = await this.#uploads(context, input);
    return { ETag: etagOf({ etag: await uploads.put(input, context.ids.uuid()) }) };
  }

  async completeMultipartUpload(context: BucketsContext, input: s3.CompleteMultipartUploadCommandInput) {
    // Each part was held to its own checksums, and is named here by its ETag.
    onlyMembers(input, [...OBJECT, ...CONDITIONS, 'UploadId', 'MultipartUpload', 'ChecksumType']);
    const uploads = await this.#uploads(context, input);
    const assembled = await uploads.assemble(input);
    await this.#replace(context, input, assembled);
    await uploads.forget(input.UploadId!); // required by the model, as Bucket and Key are
    const { Bucket, Key } = input;
    return { Location: `/${Bucket}/${Key}`, Bucket, Key, ETag: etagOf(assembled) };
  }

  async abortMultipartUpload(context: BucketsContext, input: s3.AbortMultipartUploadCommandInput) {
    onlyMembers(input, [...OBJECT, 'UploadId']);
    await (await this.#uploads(context, input)).abort(input);
    return {};
  }

  async createBucket({ region }: BucketsContext, input: s3.CreateBucketCommandInput) {
    onlyMembers(input, ['Bucket', 'CreateBucketConfiguration']);
    const { LocationConstraint: location, ...others } = input.CreateBucketConfiguration ?? {};
    onlyMembers(others, []);
    if (location !== undefined && location !== region)
      throw new ServiceError(
        'IllegalLocationConstraintException',
        `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      );
    const bucket = input.Bucket!;
    const isNew = await this.#folders.create(bucket);
    // In the oldest region the service answers as if it had made the bucket.
    if (!isNew && region !== 'us-east-1')
      throw new ServiceError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
      );
    return { Location: `/${bucket}` };
  }

  async deleteBucket(context: BucketsContext, input: s3.DeleteBucketCommandInput) {
    onlyMembers(input, ['Bucket', 'ExpectedBucketOwner']);
    checkOwner(context, input);
    await this.#turns.take(input.Bucket!, () => this.#folders.delete(input.Bucket!));
    return {};
  }

  async headBucket(context: BucketsContext, input: s3.HeadBucketCommandInput) {
    onlyMembers(input, ['Bucket', 'ExpectedBucketOwner']);
    checkOwner(context, input);
    await this.#folders.root(input.Bucket!).catch(asNotFound);
    return { BucketRegion: context.region };
  }

  async listBuckets({ account }: BucketsContext, input: s3.ListBucketsCommandInput) {
    onlyMembers(input, []);
    const buckets = await this.#folders.list();
    return {
      Buckets: buckets.map(({ name, createdMs }) => ({ Name: name, CreationDate: new Date(createdMs) })),
      Owner: { ID: account },
    };
  }

  /** Puts an object in the place of what stands there, when that is what the conditions say. */
  async #replace(
    context: BucketsContext,
    input: Named & {
      Key?: string | undefined;
      IfMatch?: string | undefined;
      IfNoneMatch?: string | undefined;
    },
    { bytes, ...object }: Assembled & { crc32?: string },
  ): Promise<void> {
    const bucket = input.Bucket!; // required by the model and checked before, as Key is
    const key = input.Key!;
    const files = await this.#files(context, input);
    await this.#turns.take(bucket, async () => {
      if (input.IfMatch !== undefined || input.IfNoneMatch !== undefined) {
        const stands = await this.#records.of(bucket, key, files);
        checkMatch(input, stands && etagOf(stands), 'write');
      }
      const { stamp } = await files.write(key, bytes, context.nowMs, context.ids.uuid());
      await this.#records.put(bucket, key, { stamp, ...object });
    });
  }

  async #uploads(context: BucketsContext, input: Named): Promise<FolderUploads> {
    checkOwner(context, input);
    return new FolderUploads(await this.#folders.root(input.Bucket!));
  }

  async #files(context: BucketsContext, input: Named): Promise<ObjectFiles> {
    checkOwner(context, input);
    return this.#folders.files(input.Bucket!);
  }

  async #object(
    context: BucketsContext,
    input: Named & { Key?: string | undefined },
    missing: () => ServiceError = noSuchKey,
  ): Promise<{ files: ObjectFiles; key: string; object: KnownObject }> {
    const key = input.Key!;
    const finding = this.#files(context, input);
    const files = await (missing === notFound ? finding.catch(asNotFound) : finding);
    const object = await this.#records.of(input.Bucket!, key, files);
    if (!object) throw missing();
    return { files, key, object };
  }
}

interface Named {
  Bucket?: string | undefined;
  ExpectedBucketOwner?: string | undefined;
}

const OBJECT = ['Bucket', 'Key', 'ExpectedBucketOwner'] as const;
const CONDITIONS = ['IfMatch', 'IfNoneMatch'] as const;
const CHECKSUMS = [
  'ContentMD5',
  'ChecksumAlgorithm',
  'ChecksumCRC32',
  'ChecksumSHA1',
  'ChecksumSHA256',
] as const;
const LISTING = [
  'Bucket',
  'Prefix',
  'Delimiter',
  'MaxKeys',
  'StartAfter',
  'ContinuationToken',
  'EncodingType',
  'ExpectedBucketOwner',
] as const;

function checkOwner({ account }: BucketsContext, { ExpectedBucketOwner: owner }: Named): void {
  if (owner !== undefined && owner !== account) throw new ServiceError('AccessDenied', 'Access Denied', 403);
}

function wanted(range: string | undefined, state: FileState): { start: number; end: number } {
  const part = rangeOf(range, state.sizeBytes) ?? { start: 0, end: state.sizeBytes };
  if (part.end - part.start > OBJECT_BYTES_MAX) throw tooLarge(part.end - part.start);
  return part;
}
