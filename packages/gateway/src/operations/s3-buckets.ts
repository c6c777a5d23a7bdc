import type {
  CreateBucketCommandInput,
  DeleteBucketCommandInput,
  HeadBucketCommandInput,
  ListBucketsCommandInput,
} from '@aws-sdk/client-s3';
import type { CallContext, TouchedResource } from '@riposte/account';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { bucketArn } from './s3-arns.ts';

interface Named {
  Bucket?: string | undefined;
}

const service = 's3';
const resourceArn = (_context: CallContext, { Bucket = '' }: Named) => bucketArn(Bucket);
const touched = (_context: CallContext, { Bucket = '' }: Named): TouchedResource[] => [
  { type: 'AWS::S3::Bucket', name: bucketArn(Bucket) },
];

const createBucket: ServiceOperation<CreateBucketCommandInput> = {
  service,
  name: 'CreateBucket',
  access: 'write',
  resourceArn,
  touched,
  handle: (context, input) => context.buckets.createBucket(context, input),
};

const deleteBucket: ServiceOperation<DeleteBucketCommandInput> = {
  service,
  name: 'DeleteBucket',
  access: 'write',
  resourceArn,
  touched,
  handle: (context, input) => context.buckets.deleteBucket(context, input),
};

const headBucket: ServiceOperation<HeadBucketCommandInput> = {
  service,
  name: 'HeadBucket',
  access: 'read',
  action: 's3:ListBucket',
  resourceArn,
  touched,
  handle: (context, input) => context.buckets.headBucket(context, input),
};

const listBuckets: ServiceOperation<ListBucketsCommandInput> = {
  service,
  name: 'ListBuckets',
  access: 'read',
  action: 's3:ListAllMyBuckets',
  resourceArn: () => '*',
  handle: (context, input) => context.buckets.listBuckets(context, input),
};

export const s3BucketOperations = [createBucket, deleteBucket, headBucket, listBuckets];
