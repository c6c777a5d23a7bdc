/** Buckets of an S3-compatible service somewhere else. */
import type * as s3 from '@aws-sdk/client-s3';
import { ServiceError } from '@riposte/engine';
import {
  OBJECT_BYTES_MAX,
  type Buckets,
  type BucketsContext,
  type GetObjectOutput,
  type PutObjectInput,
  type UploadPartInput,
} from './buckets.ts';

/** Where the S3-compatible service is, and who signs there. */
export interface EndpointBucketsOptions {
  /** E.g. `https://minio.example.com:9000`; buckets stand in its path. */
  endpoint: string;
  region: string;
  /** Of the operator's `~/.aws`; absent: the credentials that the SDK finds in the server's environment. */
  profile?: string;
}

type Sdk = typeof s3;

const CONNECT_MS_MAX = 5_000;
/** Without a byte from the endpoint. */
const SILENT_MS_MAX = 30_000;

/**
 * Passes each call on, signed with credentials of the server's operator. They stay in this object: neither functions nor
 * answers see them.
 */
export class EndpointBuckets implements Buckets {
  readonly #options: EndpointBucketsOptions;
  #opened: Promise<{ sdk: Sdk; client: s3.S3Client }> | undefined;

  constructor(options: EndpointBucketsOptions) {
    this.#options = options;
  }

  get outside(): string {
    return this.#options.endpoint;
  }

  async getObject(_context: BucketsContext, input: s3.GetObjectCommandInput): Promise<GetObjectOutput> {
    return this.#call(async (client, sdk) => {
      const { Body: body, ...output } = await client.send(new sdk.GetObjectCommand(input));
      const bytes = output.ContentLength ?? 0;
      if (bytes > OBJECT_BYTES_MAX) {
        (body as { destroy?: () => void } | undefined)?.destroy?.(); // or the rest would be sent for nobody
        throw new ServiceError(
          'EntityTooLarge',
          `The object has ${bytes} bytes, and this server reads at most ${OBJECT_BYTES_MAX} at once. Ask for a Range.`,
        );
      }
      return { ...output, Body: (await body?.transformToByteArray()) ?? new Uint8Array() };
    });
  }

  async headObject(_context: BucketsContext, input: s3.HeadObjectCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.HeadObjectCommand(input)));
  }

  async putObject(_context: BucketsContext, input: PutObjectInput) {
    return this.#call((client, sdk) => client.send(new sdk.PutObjectCommand(input)));
  }

  async deleteObject(_context: BucketsContext, input: s3.DeleteObjectCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.DeleteObjectCommand(input)));
  }

  async listObjectsV2(_context: BucketsContext, input: s3.ListObjectsV2CommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.ListObjectsV2Command(input)));
  }

  async listObjects(_context: BucketsContext, input: s3.ListObjectsCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.ListObjectsCommand(input)));
  }

  async createMultipartUpload(_context: BucketsContext, input: s3.CreateMultipartUploadCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.CreateMultipartUploadCommand(input)));
  }

  async uploadPart(_context: BucketsContext, input: UploadPartInput) {
    return this.#call((client, sdk) => client.send(new sdk.UploadPartCommand(input)));
  }

  async completeMultipartUpload(_context: BucketsContext, input: s3.CompleteMultipartUploadCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.CompleteMultipartUploadCommand(input)));
  }

  async abortMultipartUpload(_context: BucketsContext, input: s3.AbortMultipartUploadCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.AbortMultipartUploadCommand(input)));
  }

  async createBucket(_context: BucketsContext, input: s3.CreateBucketCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.CreateBucketCommand(input)));
  }

  async deleteBucket(_context: BucketsContext, input: s3.DeleteBucketCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.DeleteBucketCommand(input)));
  }

  async headBucket(_context: BucketsContext, input: s3.HeadBucketCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.HeadBucketCommand(input)));
  }

  async listBuckets(_context: BucketsContext, input: s3.ListBucketsCommandInput) {
    return this.#call((client, sdk) => client.send(new sdk.ListBucketsCommand(input)));
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    const opened = await this.#opened;
    opened?.client.destroy();
  }

  async #call<T extends object>(
    send: (client: s3.S3Client, sdk: Sdk) => Promise<T>,
  ): Promise<Omit<T, '$metadata'>> {
    this.#opened ??= this.#open();
    const { client, sdk } = await this.#opened;
    try {
      const output = await send(client, sdk);
      return Object.fromEntries(Object.entries(output).filter(([name]) => name !== '$metadata')) as Omit<
        T,
        '$metadata'
      >; // all its other members
    } catch (error) {
      throw this.#serviceError(error, sdk);
    }
  }

  /** The client is loaded when it is first needed: it costs some 80 ms and 25 MB. */
  async #open(): Promise<{ sdk: Sdk; client: s3.S3Client }> {
    const { endpoint, region, profile } = this.#options;
    const sdk = await import('@aws-sdk/client-s3');
    const client = new sdk.S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      // Not every service that is compatible knows the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: CONNECT_MS_MAX, requestTimeout: SILENT_MS_MAX },
      ...(profile !== undefined && { profile }),
    });
    return { sdk, client };
  }

  #serviceError(error: unknown, sdk: Sdk): unknown {
    if (error instanceof ServiceError) return error;
    if (error instanceof sdk.S3ServiceException)
      return new ServiceError(error.name, error.message, error.$metadata.httpStatusCode ?? 500, {
        cause: error,
      });
    const { name, message } = error as Error;
    if (name === 'CredentialsProviderError')
      return new ServiceError(
        'AccessDenied',
        `There are no credentials for the S3 endpoint: ${message} Start the server with --s3-profile, or with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
        403,
        { cause: error },
      );
    return new ServiceError(
      'ServiceUnavailable',
      `The S3 endpoint ${this.#options.endpoint} did not answer: ${message}`,
      503,
      { cause: error },
    );
  }
}
