import type {
  AbortMultipartUploadCommandInput,
  CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommandInput,
  DeleteObjectCommandInput,
  GetObjectCommandInput,
  HeadObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { PutObjectInput, UploadPartInput } from '../buckets/buckets.ts';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { bucketArn, objectArn } from './s3-arns.ts';

interface Named {
  Bucket?: string | undefined;
  Key?: string | undefined;
}

type OnObject<Input extends object> = Pick<ServiceOperation<Input>, 'name' | 'access' | 'action' | 'handle'>;

/** An operation on one object, as policies and records see it. */
function onObject<Input extends Named>(operation: OnObject<Input>): ServiceOperation<Input> {
  return {
    service: 's3',
    ...operation,
    resourceArn: (_context, { Bucket = '', Key = '' }) => objectArn(Bucket, Key),
    touched: (_context, { Bucket = '', Key = '' }) => [
      { type: 'AWS::S3::Object', name: objectArn(Bucket, Key) },
      { type: 'AWS::S3::Bucket', name: bucketArn(Bucket) },
    ],
    // Content is nobody's business there, and a list of ten thousand parts tells nobody anything.
    auditedInput: (input) => ({ ...input, Body: undefined, MultipartUpload: undefined }),
  };
}

export const s3ObjectOperations = [
  onObject<GetObjectCommandInput>({
    name: 'GetObject',
    access: 'read',
    handle: (context, input) => context.buckets.getObject(context, input),
  }),
  onObject<HeadObjectCommandInput>({
    name: 'HeadObject',
    access: 'read',
    action: 's3:GetObject',
    handle: (context, input) => context.buckets.headObject(context, input),
  }),
  onObject<PutObjectInput>({
    name: 'PutObject',
    access: 'write',
    handle: (context, input) => context.buckets.putObject(context, input),
  }),
  onObject<DeleteObjectCommandInput>({
    name: 'DeleteObject',
    access: 'write',
    handle: (context, input) => context.buckets.deleteObject(context, input),
  }),
  onObject<CreateMultipartUploadCommandInput>({
    name: 'CreateMultipartUpload',
    access: 'write',
    action: 's3:PutObject',
    handle: (context, input) => context.buckets.createMultipartUpload(context, input),
  }),
  onObject<UploadPartInput>({
    name: 'UploadPart',
    access: 'write',
    action: 's3:PutObject',
    handle: (context, input) => context.buckets.uploadPart(context, input),
  }),
  onObject<CompleteMultipartUploadCommandInput>({
    name: 'CompleteMultipartUpload',
    access: 'write',
    action: 's3:PutObject',
    handle: (context, input) => context.buckets.completeMultipartUpload(context, input),
  }),
  onObject<AbortMultipartUploadCommandInput>({
    name: 'AbortMultipartUpload',
    access: 'write',
    handle: (context, input) => context.buckets.abortMultipartUpload(context, input),
  }),
];
