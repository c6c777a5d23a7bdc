import type {
  DeleteObjectCommandInput,
  GetObjectCommandInput,
  HeadObjectCommandInput,
  ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import type { CallContext, TouchedResource } from '@riposte/account';
import type { PutObjectInput } from '../buckets/buckets.ts';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { bucketArn, objectArn } from './s3-arns.ts';

interface Named {
  Bucket?: string | undefined;
  Key?: string | undefined;
}

const service = 's3';
const resourceArn = (_context: CallContext, { Bucket = '', Key = '' }: Named) => objectArn(Bucket, Key);
const touched = (_context: CallContext, { Bucket = '', Key = '' }: Named): TouchedResource[] => [
  { type: 'AWS::S3::Object', name: objectArn(Bucket, Key) },
  { type: 'AWS::S3::Bucket', name: bucketArn(Bucket) },
];

const getObject: ServiceOperation<GetObjectCommandInput> = {
  service,
  name: 'GetObject',
  access: 'read',
  resourceArn,
  touched,
  handle: (context, input) => context.buckets.getObject(context, input),
};

const headObject: ServiceOperation<HeadObjectCommandInput> = {
  service,
  name: 'HeadObject',
  access: 'read',
  action: 's3:GetObject',
  resourceArn,
  touched,
  handle: (context, input) => context.buckets.headObject(context, input),
};

const putObject: ServiceOperation<PutObjectInput> = {
  service,
  name: 'PutObject',
  access: 'write',
  resourceArn,
  touched,
  handle: (context, input) => context.buckets.putObject(context, input),
  auditedInput: (input) => ({ ...input, Body: undefined }), // a text would show, and content is nobody's business there
};

const deleteObject: ServiceOperation<DeleteObjectCommandInput> = {
  service,
  name: 'DeleteObject',
  access: 'write',
  resourceArn,
  touched,
  handle: (context, input) => context.buckets.deleteObject(context, input),
};

const listObjectsV2: ServiceOperation<ListObjectsV2CommandInput> = {
  service,
  name: 'ListObjectsV2',
  access: 'read',
  action: 's3:ListBucket',
  resourceArn: (_context, { Bucket = '' }) => bucketArn(Bucket),
  touched: (_context, { Bucket = '' }) => [{ type: 'AWS::S3::Bucket', name: bucketArn(Bucket) }],
  handle: (context, input) => context.buckets.listObjectsV2(context, input),
};

export const s3ObjectOperations = [getObject, headObject, putObject, deleteObject, listObjectsV2];
