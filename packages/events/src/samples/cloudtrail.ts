import { eventTime } from '../envelope/time.ts';
import { exampleKeyId } from './example-ids.ts';
import { serviceSample, type Sample, type SampleContext } from './sample.ts';

const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
const BUCKET = 'example-bucket';

// What CloudTrail hands on to EventBridge: `detail` is its record of a sign-in or a call.

export const signInSamples: readonly Sample[] = [
  serviceSample(
    {
      name: 'signin/RootConsoleLogin',
      title: 'The root user signed in to the console, without a second factor',
      pattern: {
        source: ['aws.signin'],
        'detail-type': ['AWS Console Sign In via CloudTrail'],
        detail: {
          eventName: ['ConsoleLogin'],
          userIdentity: { type: ['Root'] },
          responseElements: { ConsoleLogin: ['Success'] },
        },
      },
    },
    (context) => ({
      source: 'aws.signin',
      detailType: 'AWS Console Sign In via CloudTrail',
      resources: [],
      detail: {
        ...record(context),
        userIdentity: {
          type: 'Root',
          principalId: context.account,
          arn: `arn:aws:iam::${context.account}:root`,
          accountId: context.account,
          accessKeyId: '',
        },
        eventSource: 'signin.amazonaws.com',
        eventName: 'ConsoleLogin',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        requestParameters: null,
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: {
          LoginTo: 'https://console.aws.amazon.com/console/home',
          MobileVersion: 'No',
          MFAUsed: 'No',
        },
        eventType: 'AwsConsoleSignIn',
        tlsDetails: {
          tlsVersion: 'TLSv1.3',
          cipherSuite: 'TLS_AES_128_GCM_SHA256',
          clientProvidedHostHeader: 'signin.aws.amazon.com',
        },
      },
    }),
  ),
];

export const bucketCallSamples: readonly Sample[] = [
  serviceSample(
    {
      name: 's3/PutBucketAcl',
      title: 'A bucket was opened to everybody by its access control list',
      pattern: {
        source: ['aws.s3'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          eventName: ['PutBucketAcl'],
          requestParameters: {
            AccessControlPolicy: { AccessControlList: { Grant: { Grantee: { URI: [ALL_USERS] } } } },
          },
        },
      },
    },
    (context) => {
      const { account, entities: [bucketName = BUCKET] = [] } = context;
      const owner = { ID: 'a'.repeat(64) };
      return bucketCall(context, bucketName, 'PutBucketAcl', {
        acl: '',
        AccessControlPolicy: {
          Owner: owner,
          AccessControlList: {
            Grant: [
              {
                Grantee: { 'xsi:type': 'CanonicalUser', ...owner, DisplayName: account },
                Permission: 'FULL_CONTROL',
              },
              { Grantee: { 'xsi:type': 'Group', URI: ALL_USERS }, Permission: 'READ' },
            ],
          },
        },
      });
    },
  ),
  serviceSample(
    {
      name: 's3/PutBucketPublicAccessBlock',
      title: 'The protection of a bucket against public access was switched off',
      pattern: {
        source: ['aws.s3'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          eventName: ['PutBucketPublicAccessBlock'],
          requestParameters: { PublicAccessBlockConfiguration: { RestrictPublicBuckets: [false] } },
        },
      },
    },
    (context) => {
      const { entities: [bucketName = BUCKET] = [] } = context;
      return bucketCall(context, bucketName, 'PutBucketPublicAccessBlock', {
        publicAccessBlock: '',
        PublicAccessBlockConfiguration: {
          xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
          BlockPublicAcls: false,
          IgnorePublicAcls: false,
          BlockPublicPolicy: false,
          RestrictPublicBuckets: false,
        },
      });
    },
  ),
];

/** The members that every record has. */
function record({ account, region, nowMs, uuid }: SampleContext): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    eventTime: eventTime(nowMs),
    awsRegion: region,
    sourceIPAddress: '203.0.113.10',
    eventID: uuid(),
    readOnly: false,
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  };
}

function bucketCall(
  context: SampleContext,
  bucketName: string,
  eventName: string,
  parameters: Record<string, unknown>,
): ReturnType<Parameters<typeof serviceSample>[1]> {
  const { account, region, userName = 'example-user', accessKeyIds: [accessKeyId] = [] } = context;
  return {
    source: 'aws.s3',
    detailType: 'AWS API Call via CloudTrail',
    resources: [],
    detail: {
      ...record(context),
      userIdentity: {
        type: 'IAMUser',
        principalId: 'AIDACKCEVSQ6C2EXAMPLE',
        arn: `arn:aws:iam::${account}:user/${userName}`,
        accountId: account,
        accessKeyId: accessKeyId ?? exampleKeyId(0),
        userName,
      },
      eventSource: 's3.amazonaws.com',
      eventName,
      userAgent: '[aws-cli/2.30.0]',
      requestParameters: { bucketName, Host: `${bucketName}.s3.${region}.amazonaws.com`, ...parameters },
      responseElements: null,
      additionalEventData: {
        SignatureVersion: 'SigV4',
        CipherSuite: 'TLS_AES_128_GCM_SHA256',
        AuthenticationMethod: 'AuthHeader',
      },
      requestID: 'EXAMPLE123456789',
      resources: [{ accountId: account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucketName}` }],
      eventType: 'AwsApiCall',
    },
  };
}
