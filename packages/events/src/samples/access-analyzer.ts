import { serviceSample, type Sample } from './sample.ts';

/** Findings of IAM Access Analyzer. */
export const accessAnalyzerSamples: readonly Sample[] = [
  serviceSample(
    {
      name: 'access-analyzer/PublicBucket',
      title: 'A bucket can be read by anybody',
      pattern: {
        source: ['aws.access-analyzer'],
        'detail-type': ['Access Analyzer Finding'],
        detail: { status: ['ACTIVE'], resourceType: ['AWS::S3::Bucket'], isPublic: [true] },
      },
    },
    ({ account, region, nowMs, uuid, entities: [bucketName = 'example-bucket'] = [] }) => {
      const at = new Date(nowMs).toISOString();
      return {
        source: 'aws.access-analyzer',
        detailType: 'Access Analyzer Finding',
        resources: [`arn:aws:access-analyzer:${region}:${account}:analyzer/example-analyzer`],
        detail: {
          version: '1.0',
          id: uuid(),
          status: 'ACTIVE',
          resourceType: 'AWS::S3::Bucket',
          resource: `arn:aws:s3:::${bucketName}`,
          createdAt: at,
          analyzedAt: at,
          updatedAt: at,
          accountId: account,
          region,
          principal: { AWS: '*' },
          action: ['s3:GetObject'],
          condition: {},
          sources: [{ type: 'BUCKET_ACL' }],
          isDeleted: false,
          isPublic: true,
        },
      };
    },
  ),
];
