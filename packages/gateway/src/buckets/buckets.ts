import type * as s3 from '@aws-sdk/client-s3';
import type { CallContext } from '@riposte/account';

type Output<T> = Omit<T, '$metadata'>;

/** Bytes are held whole. */
export type PutObjectInput = Omit<s3.PutObjectCommandInput, 'Body'> & { Body?: Uint8Array | string };
export type UploadPartInput = Omit<s3.UploadPartCommandInput, 'Body'> & { Body?: Uint8Array | string };
export type GetObjectOutput = Omit<s3.GetObjectCommandOutput, '$metadata' | 'Body'> & { Body: Uint8Array };

/** Who asks, from where, and when. */
export type BucketsContext = Pick<CallContext, 'account' | 'region' | 'nowMs' | 'ids'>;

/**
 * Where the objects of buckets are. Members are those of the SDK for JavaScript; what an implementation does not do, it
 * refuses by name. Calls are authorised before. Every method rejects with ServiceError in S3's own codes, or with
 * StoreUnavailable when the disk refuses: the same call is then made again later.
 */
export interface Buckets {
  /** The address of the service outside this server that holds them; absent: they are here. */
  readonly outside?: string;
  getObject(context: BucketsContext, input: s3.GetObjectCommandInput): Promise<GetObjectOutput>;
  headObject(
    context: BucketsContext,
    input: s3.HeadObjectCommandInput,
  ): Promise<Output<s3.HeadObjectCommandOutput>>;
  putObject(context: BucketsContext, input: PutObjectInput): Promise<Output<s3.PutObjectCommandOutput>>;
  deleteObject(
    context: BucketsContext,
    input: s3.DeleteObjectCommandInput,
  ): Promise<Output<s3.DeleteObjectCommandOutput>>;
  listObjectsV2(
    context: BucketsContext,
    input: s3.ListObjectsV2CommandInput,
  ): Promise<Output<s3.ListObjectsV2CommandOutput>>;
  listObjects(
    context: BucketsContext,
    input: s3.ListObjectsCommandInput,
  ): Promise<Output<s3.ListObjectsCommandOutput>>;
  createMultipartUpload(
    context: BucketsContext,
    input: s3.CreateMultipartUploadCommandInput,
  ): Promise<Output<s3.CreateMultipartUploadCommandOutput>>;
  uploadPart(context: BucketsContext, input: UploadPartInput): Promise<Output<s3.UploadPartCommandOutput>>;
  completeMultipartUpload(
    context: BucketsContext,
    input: s3.CompleteMultipartUploadCommandInput,
  ): Promise<Output<s3.CompleteMultipartUploadCommandOutput>>;
  abortMultipartUpload(context: BucketsContext, input: s3.AbortMultipartUploadCommandInput): Promise<object>;
  createBucket(
    context: BucketsContext,
    input: s3.CreateBucketCommandInput,
  ): Promise<Output<s3.CreateBucketCommandOutput>>;
  deleteBucket(context: BucketsContext, input: s3.DeleteBucketCommandInput): Promise<object>;
  headBucket(
    context: BucketsContext,
    input: s3.HeadBucketCommandInput,
  ): Promise<Output<s3.HeadBucketCommandOutput>>;
  listBuckets(
    context: BucketsContext,
    input: s3.ListBucketsCommandInput,
  ): Promise<Output<s3.ListBucketsCommandOutput>>;
}

/** An object is read and written as one piece of memory. The service's limit of one PutObject is 5 GB. */
export const OBJECT_BYTES_MAX = 256 * 1024 * 1024;
