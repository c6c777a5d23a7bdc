import type {
  ListedObject,
  NewObject,
  ObjectAddress,
  ObjectListing,
  ObjectStorage,
  ObjectStorageCaller,
} from '@riposte/engine';
import { ObjectStorageFailure, ServiceError } from '@riposte/engine';
import type { CallPipeline } from '../pipeline/pipeline.ts';
import { assumeForService, type SessionOptions } from '../sessions/service-sessions.ts';
import { serviceModel } from '../wire/models.ts';
import { refusedAsSdk } from './aws-sdk.ts';

export interface ObjectStorageOptions extends SessionOptions {
  pipeline: CallPipeline;
}

type Output = Record<string, unknown>;

/**
 * The objects of readers and writers of Map states: calls to S3 as any other, in a session of the state machine's
 * execution role. They are not journaled for a crashed attempt: a call names all it reads or writes, so that making it
 * again does the same.
 */
export class GatewayObjectStorage implements ObjectStorage {
  readonly #options: ObjectStorageOptions;

  constructor(options: ObjectStorageOptions) {
    this.#options = options;
  }

  async get(
    caller: ObjectStorageCaller,
    { bucket, key, versionId, expectedBucketOwner }: ObjectAddress,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const output = await this.#call(caller, 'GetObject', signal, {
      Bucket: bucket,
      Key: key,
      VersionId: versionId,
      ExpectedBucketOwner: expectedBucketOwner,
    });
    return output['Body'] as Uint8Array; // as `Buckets` says
  }

  async *list(
    caller: ObjectStorageCaller,
    { bucket, prefix, expectedBucketOwner }: ObjectListing,
    signal: AbortSignal,
  ): AsyncGenerator<ListedObject, void, undefined> {
    let token: unknown;
    do {
      const page = await this.#call(caller, 'ListObjectsV2', signal, {
        Bucket: bucket,
        Prefix: prefix,
        ExpectedBucketOwner: expectedBucketOwner,
        ContinuationToken: token,
      });
      for (const object of (page['Contents'] ?? []) as ListedContent[]) yield listedObject(object);
      token = page['NextContinuationToken'];
    } while (token !== undefined);
  }

  async put(
    caller: ObjectStorageCaller,
    { bucket, key, body, contentType, expectedBucketOwner }: NewObject,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#call(caller, 'PutObject', signal, {
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      ExpectedBucketOwner: expectedBucketOwner,
    });
  }

  async #call(
    { step, roleArn, region }: ObjectStorageCaller,
    operation: string,
    signal: AbortSignal,
    members: Output,
  ): Promise<Output> {
    const caller = await assumeForService(this.#options, {
      roleArn,
      sessionName: step.executionName,
      servicePrincipal: 'states.amazonaws.com',
      region,
      sourceArn: step.stateMachineArn,
      step,
    }).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      throw new ObjectStorageFailure('States.Permissions', error.message, { cause: error });
    });
    const given = Object.entries(members).filter(([, value]) => value !== undefined);
    const answer = await this.#options.pipeline.answer({
      service: 's3',
      operation,
      input: Object.fromEntries(given),
      region,
      caller,
      signal,
      sourceIpAddress: 'states.amazonaws.com',
      userAgent: 'states.amazonaws.com',
    });
    if (answer.kind === 'output') return answer.output;
    const refused = refusedAsSdk('S3', serviceModel('s3')?.errors ?? new Map());
    const { error, cause } = refused(answer.error, answer.requestId);
    throw new ObjectStorageFailure(error, cause, { cause: answer.error });
  }
}

interface ListedContent {
  Key: string;
  ETag?: string;
  LastModified?: Date;
  Size?: number;
  StorageClass?: string;
}

function listedObject({
  Key,
  ETag = '',
  LastModified,
  Size = 0,
  StorageClass = 'STANDARD',
}: ListedContent): ListedObject {
  return {
    key: Key,
    etag: ETag,
    lastModifiedMs: LastModified?.getTime() ?? 0,
    sizeBytes: Size,
    storageClass: StorageClass,
  };
}
