import { json, members, text } from '../resolve/shape.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, find } from './service-code.ts';

/** What AWS does with a bucket that is a folder here, and why it is nothing here. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  BucketEncryption: 'the disk’s business',
  LifecycleConfiguration: 'nothing expires; delete what is no longer needed',
  OwnershipControls: 'there is one account',
  PublicAccessBlockConfiguration: 'nothing here is public',
};

/** As on AWS, a bucket that holds objects is not deleted: tearing down stops there until somebody has emptied it. */
export const s3Bucket: ResourceType = {
  type: 'AWS::S3::Bucket',
  shape: members({
    BucketName: text,
    BucketEncryption: json,
    LifecycleConfiguration: json,
    OwnershipControls: json,
    PublicAccessBlockConfiguration: json,
  }),
  nameProperty: 'BucketName',
  nameLengthMax: 63,
  nameIsLowerCase: true,
  replacedBy: [],
  attributes: ['Arn', 'DomainName', 'RegionalDomainName'],

  notes: (properties) =>
    Object.entries(WITHOUT_EFFECT)
      .filter(([name]) => Object.hasOwn(properties, name))
      .map(([name, why]) => `${name} is accepted and has no effect here: ${why}.`),

  identify: stateOf,

  async create(request, client) {
    const Bucket = request.name;
    // in us-east-1 CreateBucket answers the same for a bucket that the account has already
    const standing = await find(client, ['s3', 'HeadBucket', { Bucket }], 'NotFound', 'NoSuchBucket');
    if (standing && !request.adopt) throw new AlreadyExists(`The bucket ${Bucket}`);
    if (!standing)
      await client.call('s3', 'CreateBucket', {
        Bucket,
        // S3 knows us-east-1 as the absence of a constraint
        ...(request.pseudo.region !== 'us-east-1' && {
          CreateBucketConfiguration: { LocationConstraint: request.pseudo.region },
        }),
      });
    return stateOf(request);
  },

  async update(request) {
    return stateOf(request);
  },

  async delete(state, client) {
    await allow(client.call('s3', 'DeleteBucket', { Bucket: state.physicalId }), 'NoSuchBucket');
  },
};

function stateOf({ name, pseudo: { partition, region } }: ResourceRequest): ResourceState {
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:${partition}:s3:::${name}`,
      DomainName: `${name}.s3.${suffix}`,
      RegionalDomainName: `${name}.s3.${region}.${suffix}`,
    },
    details: {},
  };
}
