import type { TouchedResource } from '@riposte/account';
import type { Buckets, BucketsContext } from '../buckets/buckets.ts';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { bucketArn, objectArn } from './s3-arns.ts';
import { rehearseDelete, rehearsePut } from './s3-rehearsals.ts';

type Method = Exclude<keyof Buckets, 'outside'>;
/** What is about one bucket, or one object of it. */
type OnNamed = Exclude<Method, 'listBuckets'>;
type Input<Name extends Method> = Parameters<Buckets[Name]>[1];

interface Named {
  Bucket?: string | undefined;
  Key?: string | undefined;
}

/** An operation as the buckets carry it out: a method has the operation's name. */
function carriedOut<Name extends Method>(
  method: Name,
  access: 'read' | 'write',
  action?: string,
): Pick<ServiceOperation<Input<Name>>, 'service' | 'name' | 'access' | 'action' | 'handle'> {
  type Carry = (context: BucketsContext, input: Input<Name>) => Promise<object>;
  return {
    service: 's3',
    name: `${method[0]!.toUpperCase()}${method.slice(1)}`, // no method is without a name
    access,
    ...(action !== undefined && { action }),
    handle: (context, input) => (context.buckets[method] as Carry)(context, input), // what Input says of it
  };
}

/** An operation on one object, as policies and records see it. */
function onObject<Name extends OnNamed>(
  ...operation: Parameters<typeof carriedOut<Name>>
): ServiceOperation<Input<Name>> {
  return {
    ...carriedOut(...operation),
    resourceArn: (_context, { Bucket = '', Key = '' }: Named) => objectArn(Bucket, Key),
    touched: (_context, { Bucket = '', Key = '' }: Named) => [
      { type: 'AWS::S3::Object', name: objectArn(Bucket, Key) },
      touchedBucket(Bucket),
    ],
    // Content is nobody's business there, and a list of ten thousand parts tells nobody anything.
    auditedInput: (input) => ({ ...input, Body: undefined, MultipartUpload: undefined }),
  };
}

/** An operation on one bucket, as policies and records see it. */
function onBucket<Name extends OnNamed>(
  ...operation: Parameters<typeof carriedOut<Name>>
): ServiceOperation<Input<Name>> {
  return {
    ...carriedOut(...operation),
    resourceArn: (_context, { Bucket = '' }: Named) => bucketArn(Bucket),
    touched: (_context, { Bucket = '' }: Named) => [touchedBucket(Bucket)],
  };
}

function touchedBucket(bucket: string): TouchedResource {
  return { type: 'AWS::S3::Bucket', name: bucketArn(bucket) };
}

export const s3Operations = [
  onObject('getObject', 'read'),
  onObject('headObject', 'read', 's3:GetObject'),
  { ...onObject('putObject', 'write'), rehearse: rehearsePut },
  { ...onObject('deleteObject', 'write'), rehearse: rehearseDelete },
  onObject('createMultipartUpload', 'write', 's3:PutObject'),
  onObject('uploadPart', 'write', 's3:PutObject'),
  onObject('completeMultipartUpload', 'write', 's3:PutObject'),
  onObject('abortMultipartUpload', 'write'),
  { ...carriedOut('listBuckets', 'read', 's3:ListAllMyBuckets'), resourceArn: () => '*' },
  onBucket('listObjectsV2', 'read', 's3:ListBucket'),
  onBucket('listObjects', 'read', 's3:ListBucket'),
  onBucket('createBucket', 'write'),
  onBucket('deleteBucket', 'write'),
  onBucket('headBucket', 'read', 's3:ListBucket'),
];
