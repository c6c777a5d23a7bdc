import { exampleId } from './example-ids.ts';
import { serviceSample, type Sample, type SampleContext, type ServiceEvent } from './sample.ts';

const EXFILTRATION = 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS';
const ANONYMOUS = 'Policy:S3/BucketAnonymousAccessGranted';

// Findings of GuardDuty. EventBridge has their members with small first letters.

export const credentialFindings: readonly Sample[] = [
  serviceSample(
    {
      name: 'guardduty/InstanceCredentialExfiltration.OutsideAWS',
      title: 'Credentials of an instance’s role are used outside of AWS',
      pattern: patternOf(EXFILTRATION),
    },
    (context) => {
      const { account, entities: [instanceId = exampleId('i', 0)] = [] } = context;
      const { userName = 'example-instance-role', accessKeyIds: [keyId] = [] } = context;
      return finding(context, {
        type: EXFILTRATION,
        severity: 8,
        title: `Credentials of the instance role ${userName} were used from an external address.`,
        description: `Sample finding: credentials that were made for the instance ${instanceId} were used from 203.0.113.10, which is no address of AWS.`,
        resource: {
          resourceType: 'AccessKey',
          accessKeyDetails: {
            accessKeyId: keyId ?? 'ASIAIOSFODNN7EXAMPLE',
            principalId: `AROACKCEVSQ6C2EXAMPLE:${instanceId}`,
            userType: 'AssumedRole',
            userName,
          },
          instanceDetails: {
            instanceId,
            instanceType: 'm7g.large',
            iamInstanceProfile: {
              arn: `arn:aws:iam::${account}:instance-profile/${userName}`,
              id: 'AIPACKCEVSQ6C2EXAMPLE',
            },
          },
        },
        apiCall: { api: 'ListBuckets', serviceName: 's3.amazonaws.com' },
      });
    },
  ),
];

export const bucketFindings: readonly Sample[] = [
  serviceSample(
    {
      name: 'guardduty/BucketAnonymousAccessGranted',
      title: 'A bucket was opened to anonymous readers',
      pattern: patternOf(ANONYMOUS),
    },
    (context) => {
      const { account, nowMs, entities: [bucketName = 'example-bucket'] = [] } = context;
      const { userName = 'example-user', accessKeyIds: [keyId] = [] } = context;
      return finding(context, {
        type: ANONYMOUS,
        severity: 8,
        title: `Anonymous access was granted to the bucket ${bucketName}.`,
        description: `Sample finding: ${userName} changed the policy or access control list of the bucket ${bucketName} so that anybody can read it.`,
        resource: {
          resourceType: 'S3Bucket',
          accessKeyDetails: {
            accessKeyId: keyId ?? 'AKIAIOSFODNN7EXAMPLE',
            principalId: 'AIDACKCEVSQ6C2EXAMPLE',
            userType: 'IAMUser',
            userName,
          },
          s3BucketDetails: [
            {
              arn: `arn:aws:s3:::${bucketName}`,
              name: bucketName,
              type: 'Destination',
              createdAt: Math.floor(nowMs / 1000),
              owner: { id: 'a'.repeat(64) },
              tags: [],
              defaultServerSideEncryption: { encryptionType: 'AES256', kmsMasterKeyArn: null },
              publicAccess: {
                permissionConfiguration: {
                  bucketLevelPermissions: {
                    accessControlList: { allowsPublicReadAccess: true, allowsPublicWriteAccess: false },
                    bucketPolicy: { allowsPublicReadAccess: false, allowsPublicWriteAccess: false },
                    blockPublicAccess: noBlock(),
                  },
                  accountLevelPermissions: { blockPublicAccess: noBlock() },
                },
                effectivePermission: 'PUBLIC',
              },
            },
          ],
        },
        apiCall: { api: 'PutBucketAcl', serviceName: 's3.amazonaws.com', account },
      });
    },
  ),
];

function patternOf(type: string): Record<string, unknown> {
  return { source: ['aws.guardduty'], 'detail-type': ['GuardDuty Finding'], detail: { type: [type] } };
}

interface Finding {
  type: string;
  /** 1 to 10; 7 and above is high. */
  severity: number;
  title: string;
  description: string;
  resource: Record<string, unknown>;
  /** `account`: of the caller, where it is one of AWS's. */
  apiCall: { api: string; serviceName: string; account?: string };
}

function finding(context: SampleContext, { apiCall, ...said }: Finding): ServiceEvent {
  const { account, region, nowMs, uuid } = context;
  const [detectorId, id] = [uuid().replaceAll('-', ''), uuid().replaceAll('-', '')];
  const at = new Date(nowMs).toISOString();
  return {
    source: 'aws.guardduty',
    detailType: 'GuardDuty Finding',
    resources: [],
    detail: {
      schemaVersion: '2.0',
      accountId: account,
      region,
      partition: 'aws',
      id,
      arn: `arn:aws:guardduty:${region}:${account}:detector/${detectorId}/finding/${id}`,
      ...said,
      service: {
        serviceName: 'guardduty',
        detectorId,
        action: {
          actionType: 'AWS_API_CALL',
          awsApiCallAction: {
            api: apiCall.api,
            serviceName: apiCall.serviceName,
            callerType: 'Remote IP',
            remoteIpDetails: {
              ipAddressV4: '203.0.113.10',
              organization: { asn: '64496', asnOrg: 'Example', isp: 'Example', org: 'Example' },
              country: { countryName: 'Nowhere' },
              city: { cityName: 'Sample' },
              geoLocation: { lat: 0, lon: 0 },
            },
            ...(apiCall.account !== undefined && {
              remoteAccountDetails: { accountId: apiCall.account, affiliated: true },
            }),
            affectedResources: {},
          },
        },
        resourceRole: 'TARGET',
        additionalInfo: {},
        eventFirstSeen: at,
        eventLastSeen: at,
        archived: false,
        count: 1,
      },
      createdAt: at,
      updatedAt: at,
    },
  };
}

function noBlock(): Record<string, boolean> {
  return {
    ignorePublicAcls: false,
    restrictPublicBuckets: false,
    blockPublicAcls: false,
    blockPublicPolicy: false,
  };
}
