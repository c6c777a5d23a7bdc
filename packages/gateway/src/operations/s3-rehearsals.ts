/** What S3 answers to changes that a rehearsal only asks about. */
import { createHash } from 'node:crypto';
import type { DeleteObjectCommandInput } from '@aws-sdk/client-s3';
import { ServiceError } from '@riposte/engine';
import type { PutObjectInput } from '../buckets/buckets.ts';
import type { OperationContext } from '../pipeline/operation.ts';

type Condition = keyof (PutObjectInput & DeleteObjectCommandInput) & `If${string}`;
/** Whether they hold shows only when the change is made. */
const CONDITIONS: readonly Condition[] = ['IfMatch', 'IfNoneMatch', 'IfMatchLastModifiedTime', 'IfMatchSize'];

/** @throws ServiceError when the bucket is not there or may not be asked for */
export async function rehearsePut(context: OperationContext, input: PutObjectInput): Promise<object> {
  refuseConditions(input);
  await findBucket(context, input.Bucket);
  return {
    ETag: `"${createHash('md5')
      .update(input.Body ?? '')
      .digest('hex')}"`,
  };
}

/** @throws ServiceError as `rehearsePut` */
export async function rehearseDelete(
  context: OperationContext,
  input: DeleteObjectCommandInput,
): Promise<object> {
  refuseConditions(input);
  await findBucket(context, input.Bucket);
  return {};
}

async function findBucket(context: OperationContext, Bucket: string | undefined): Promise<void> {
  try {
    await context.buckets.headBucket(context, { Bucket });
  } catch (error) {
    // an answer to HEAD has no body that could tell more than the status
    if (error instanceof ServiceError && error.status === 404)
      throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404, { cause: error });
    throw error;
  }
}

function refuseConditions(input: Partial<Record<Condition, unknown>>): void {
  const condition = CONDITIONS.find((name) => input[name] !== undefined);
  if (condition !== undefined)
    throw new ServiceError(
      'NotImplemented',
      `A change with ${condition} cannot be rehearsed: whether it holds shows only when the change is made.`,
      400,
    );
}
