import type {
  AbortMultipartUploadCommandInput,
  CompleteMultipartUploadCommandInput,
  CompleteMultipartUploadCommandOutput,
  CreateBucketCommandInput,
  CreateBucketCommandOutput,
  CreateMultipartUploadCommandInput,
  CreateMultipartUploadCommandOutput,
  DeleteBucketCommandInput,
  DeleteObjectCommandInput,
  DeleteObjectCommandOutput,
  GetObjectCommandInput,
  GetObjectCommandOutput,
  HeadBucketCommandInput,
  HeadBucketCommandOutput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  ListBucketsCommandInput,
  ListBucketsCommandOutput,
  ListObjectsCommandInput,
  ListObjectsCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
  UploadPartCommandInput,
  UploadPartCommandOutput,
} from '@aws-sdk/client-s3';
import type { CallContext } from '@riposte/account';

type Output<T> = Omit<T, '$metadata'>;

/** Bytes are held whole. */
export type PutObjectInput = Omit<PutObjectCommandInput, 'Body'> & { Body?: Uint8Array | string };
export type UploadPartInput = Omit<UploadPartCommandInput, 'Body'> & { Body?: Uint8Array | string };
export type GetObjectOutput = Omit<GetObjectCommandOutput, '$metadata' | 'Body'> & { Body: Uint8Array };

/** Who asks, from where, and when. */
export type BucketsContext = Pick<CallContext, 'account' | 'region' | 'nowMs' | 'ids'>;

/**
 * Where the objects of buckets are. Members are those of the SDK for JavaScript; what an implementation does not do, it
 * refuses by name. Calls are authorised before. Every method rejects with ServiceError in S3's own codes, or with
 * StoreUnavailable when the disk refuses: the same call is then made again later.
 */
export interface Buckets {
  getObject(context: BucketsContext, input: GetObjectCommandInput): Promise<GetObjectOutput>;
  headObject(
    context: BucketsContext,
    input: HeadObjectCommandInput,
  ): Promise<Output<HeadObjectCommandOutput>>;
  putObject(context: BucketsContext, input: PutObjectInput): Promise<Output<PutObjectCommandOutput>>;
  deleteObject(
    context: BucketsContext,
    input: DeleteObjectCommandInput,
  ): Promise<Output<DeleteObjectCommandOutput>>;
  listObjectsV2(
    context: BucketsContext,
    input: ListObjectsV2CommandInput,
  ): Promise<Output<ListObjectsV2CommandOutput>>;
  listObjects(
    context: BucketsContext,
    input: ListObjectsCommandInput,
  ): Promise<Output<ListObjectsCommandOutput>>;
  createMultipartUpload(
    context: BucketsContext,
    input: CreateMultipartUploadCommandInput,
  ): Promise<Output<CreateMultipartUploadCommandOutput>>;
  uploadPart(context: BucketsContext, input: UploadPartInput): Promise<Output<UploadPartCommandOutput>>;
  completeMultipartUpload(
    context: BucketsContext,
    input: CompleteMultipartUploadCommandInput,
  ): Promise<Output<CompleteMultipartUploadCommandOutput>>;
  abortMultipartUpload(context: BucketsContext, input: AbortMultipartUploadCommandInput): Promise<object>;
  createBucket(
    context: BucketsContext,
    input: CreateBucketCommandInput,
  ): Promise<Output<CreateBucketCommandOutput>>;
  deleteBucket(context: BucketsContext, input: DeleteBucketCommandInput): Promise<object>;
  headBucket(
    context: BucketsContext,
    input: HeadBucketCommandInput,
  ): Promise<Output<HeadBucketCommandOutput>>;
  listBuckets(
    context: BucketsContext,
    input: ListBucketsCommandInput,
  ): Promise<Output<ListBucketsCommandOutput>>;
}

/** An object is read and written as one piece of memory. The service's limit of one PutObject is 5 GB. */
export const OBJECT_BYTES_MAX = 256 * 1024 * 1024;
