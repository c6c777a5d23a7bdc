import type {
  CreateBucketCommandInput,
  DeleteBucketCommandInput,
  HeadBucketCommandInput,
  ListBucketsCommandInput,
  ListObjectsCommandInput,
  ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { bucketArn } from './s3-arns.ts';

interface Named {
  Bucket?: string | undefined;
}

type OnBucket<Input extends object> = Pick<ServiceOperation<Input>, 'name' | 'access' | 'action' | 'handle'>;

/** An operation on one bucket, as policies and records see it. */
function onBucket<Input extends Named>(operation: OnBucket<Input>): ServiceOperation<Input> {
  return {
    service: 's3',
    ...operation,
    resourceArn: (_context, { Bucket = '' }) => bucketArn(Bucket),
    touched: (_context, { Bucket = '' }) => [{ type: 'AWS::S3::Bucket', name: bucketArn(Bucket) }],
  };
}

const listBuckets: ServiceOperation<ListBucketsCommandInput> = {
  service: 's3',
  name: 'ListBuckets',
  access: 'read',
  action: 's3:ListAllMyBuckets',
  resourceArn: () => '*',
  handle: (context, input) => context.buckets.listBuckets(context, input),
};

export const s3BucketOperations = [
  listBuckets,
  onBucket<ListObjectsV2CommandInput>({
    name: 'ListObjectsV2',
    access: 'read',
    action: 's3:ListBucket',
    handle: (context, input) => context.buckets.listObjectsV2(context, input),
  }),
  onBucket<ListObjectsCommandInput>({
    name: 'ListObjects',
    access: 'read',
    action: 's3:ListBucket',
    handle: (context, input) => context.buckets.listObjects(context, input),
  }),
  onBucket<CreateBucketCommandInput>({
    name: 'CreateBucket',
    access: 'write',
    handle: (context, input) => context.buckets.createBucket(context, input),
  }),
  onBucket<DeleteBucketCommandInput>({
    name: 'DeleteBucket',
    access: 'write',
    handle: (context, input) => context.buckets.deleteBucket(context, input),
  }),
  onBucket<HeadBucketCommandInput>({
    name: 'HeadBucket',
    access: 'read',
    action: 's3:ListBucket',
    handle: (context, input) => context.buckets.headBucket(context, input),
  }),
];
