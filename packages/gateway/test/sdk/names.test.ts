import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdkAction } from '../../src/sdk/actions.ts';
import { clientModel } from '../../src/sdk/clients.ts';
import {
  actionName,
  clientName,
  exceptionName,
  memberName,
  packageName,
  serviceKey,
} from '../../src/sdk/names.ts';
import { sdkService, sdkServices } from '../../src/sdk/services.ts';

/** Service id, key in `aws-sdk:` resources, prefix of errors, package of the SDK for JavaScript. */
const SERVICES: readonly (readonly [string, string, string, string])[] = [
  ['ACM PCA', 'acmpca', 'AcmPca', 'acm-pca'],
  ['API Gateway', 'apigateway', 'ApiGateway', 'api-gateway'],
  ['ApiGatewayV2', 'apigatewayv2', 'ApiGatewayV2', 'apigatewayv2'],
  [
    'Application Auto Scaling',
    'applicationautoscaling',
    'ApplicationAutoScaling',
    'application-auto-scaling',
  ],
  ['CloudHSM V2', 'cloudhsmv2', 'CloudHsmV2', 'cloudhsm-v2'],
  ['CloudWatch', 'cloudwatch', 'CloudWatch', 'cloudwatch'],
  ['CloudWatch Events', 'cloudwatchevents', 'CloudWatchEvents', 'cloudwatch-events'],
  ['CloudWatch Logs', 'cloudwatchlogs', 'CloudWatchLogs', 'cloudwatch-logs'],
  [
    'Cognito Identity Provider',
    'cognitoidentityprovider',
    'CognitoIdentityProvider',
    'cognito-identity-provider',
  ],
  ['Config Service', 'config', 'Config', 'config-service'],
  [
    'Cost and Usage Report Service',
    'costandusagereport',
    'CostAndUsageReport',
    'cost-and-usage-report-service',
  ],
  ['Database Migration Service', 'databasemigration', 'DatabaseMigration', 'database-migration-service'],
  ['Directory Service', 'directory', 'Directory', 'directory-service'],
  ['DynamoDB', 'dynamodb', 'DynamoDb', 'dynamodb'],
  ['DynamoDB Streams', 'dynamodbstreams', 'DynamoDbStreams', 'dynamodb-streams'],
  ['EC2', 'ec2', 'Ec2', 'ec2'],
  ['ECR PUBLIC', 'ecrpublic', 'EcrPublic', 'ecr-public'],
  [
    'Elastic Load Balancing v2',
    'elasticloadbalancingv2',
    'ElasticLoadBalancingV2',
    'elastic-load-balancing-v2',
  ],
  ['EventBridge', 'eventbridge', 'EventBridge', 'eventbridge'],
  ['FSx', 'fsx', 'FSx', 'fsx'],
  ['GuardDuty', 'guardduty', 'GuardDuty', 'guardduty'],
  ['IAM', 'iam', 'Iam', 'iam'],
  ['IoT', 'iot', 'Iot', 'iot'],
  ['IoT Data Plane', 'iotdataplane', 'IotDataPlane', 'iot-data-plane'],
  ['Lex Model Building Service', 'lexmodelbuilding', 'LexModelBuilding', 'lex-model-building-service'],
  ['Route 53', 'route53', 'Route53', 'route-53'],
  ['Route53Resolver', 'route53resolver', 'Route53Resolver', 'route53resolver'],
  ['S3', 's3', 'S3', 's3'],
  ['S3 Control', 's3control', 'S3Control', 's3-control'],
  ['SESv2', 'sesv2', 'SesV2', 'sesv2'],
  ['SFN', 'sfn', 'Sfn', 'sfn'],
  ['SageMaker A2I Runtime', 'sagemakera2iruntime', 'SageMakerA2IRuntime', 'sagemaker-a2i-runtime'],
  ['Secrets Manager', 'secretsmanager', 'SecretsManager', 'secrets-manager'],
  ['WAFV2', 'wafv2', 'Wafv2', 'wafv2'],
  ['XRay', 'xray', 'XRay', 'xray'],
  ['b2bi', 'b2bi', 'B2Bi', 'b2bi'],
  ['mgn', 'mgn', 'Mgn', 'mgn'],
];

for (const [id, key, client, folder] of SERVICES)
  test(`${id} is ${key} in resources and ${client} in errors`, () => {
    const found = sdkService(key);
    assert.deepEqual(
      [found?.id, serviceKey(id), clientName(id), packageName(id)],
      [id, key, client, `@aws-sdk/client-${folder}`],
    );
  });

test('no two services have the same key, and all are words of small letters and digits', () => {
  const keys = sdkServices().map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(
    keys.filter((key) => !/^[a-z][a-z0-9]*$/.test(key)),
    [],
  );
  assert.ok(keys.length > 400);
});

test('a call goes to the service that the client signs for', () => {
  assert.equal(sdkService('cloudwatchlogs')?.service, 'logs');
  assert.equal(sdkService('sfn')?.service, 'states');
  assert.equal(sdkService('elasticloadbalancingv2')?.service, 'elasticloadbalancing');
  // its CreateBucket is not the one of S3
  assert.equal(sdkService('s3control')?.service, 's3control');
});

for (const [member, name] of [
  ['stateMachineArn', 'StateMachineArn'],
  ['Bucket', 'Bucket'],
  ['ETag', 'ETag'],
  ['ACL', 'Acl'],
  ['SSEKMSKeyId', 'SsekmsKeyId'],
  ['ChecksumCRC32', 'ChecksumCRC32'],
  ['DBInstanceIdentifier', 'DbInstanceIdentifier'],
  ['MD5OfMessageBody', 'Md5OfMessageBody'],
  ['S3Bucket', 'S3Bucket'],
  ['KMSKeyArn', 'KmsKeyArn'],
  ['VpcId', 'VpcId'],
  ['N', 'N'],
  ['SS', 'Ss'],
  ['NULL', 'Nul'],
  ['Equals', 'EqualsValue'],
  ['Default', 'DefaultValue'],
  ['equal', 'Equal'],
] as const)
  test(`the member ${member} is ${name}`, () => assert.equal(memberName(member), name));

for (const [shape, name] of [
  ['NoSuchBucket', 'NoSuchBucketException'],
  ['ResourceNotFoundException', 'ResourceNotFoundException'],
  ['DBInstanceNotFoundFault', 'DbInstanceNotFoundException'],
  ['KMSInvalidStateException', 'KmsInvalidStateException'],
  ['StateMachineDoesNotExist', 'StateMachineDoesNotExistException'],
] as const)
  test(`the error ${shape} is ${name}`, () => assert.equal(exceptionName(shape), name));

const BUNDLED = [
  'cloudtrail',
  'cloudwatch',
  'cloudwatchlogs',
  'dynamodb',
  'ec2',
  'eventbridge',
  'guardduty',
  'health',
  'iam',
  'kms',
  'lambda',
  'organizations',
  's3',
  'securityhub',
  'sfn',
  'sns',
  'sqs',
  'ssm',
  'sts',
];

for (const key of BUNDLED)
  test(`every operation of ${key} is found under its action, and its members have names of their own`, () => {
    const any = sdkAction(key, 'nothing');
    assert.equal(any.kind, 'unknown');
    const operations = operationsOf(key);
    assert.ok(operations.length > 5);
    for (const { name, input } of operations) {
      const action = actionName(name);
      assert.match(action, /^[a-z]/);
      const found = sdkAction(key, action);
      assert.equal(found.kind === 'known' && found.operation.name, name);
      // the operation's own name is no action
      assert.equal(sdkAction(key, name).kind, 'unknown');
      if (!input.isStructSchema()) continue;
      const names = [...input.structIterator()].map(([member]) => memberName(member));
      assert.equal(new Set(names).size, names.length, `${key}:${name}`);
    }
  });

function operationsOf(key: string) {
  const client = clientModel(sdkService(key)?.packageName ?? '');
  return [...(client?.operations.values() ?? [])].filter(({ name }) => !STREAMS.has(`${key}:${name}`));
}

/** Answers or requests in these are streams of events. */
const STREAMS = new Set([
  'cloudwatchlogs:GetLogObject',
  'cloudwatchlogs:StartLiveTail',
  'lambda:InvokeWithResponseStream',
  's3:SelectObjectContent',
]);

test('what streams events is not there; what streams bytes is', () => {
  for (const name of STREAMS) {
    const [key = '', operation = ''] = name.split(':');
    assert.equal(sdkAction(key, actionName(operation)).kind, 'unknown', name);
  }
  assert.equal(sdkAction('s3', 'getObject').kind, 'known');
});

test('a service whose client is not installed is told from one that does not exist', () => {
  const athena = sdkAction('athena', 'startQueryExecution');
  assert.equal(athena.kind === 'not-installed' && athena.service.packageName, '@aws-sdk/client-athena');
  for (const key of ['nosuchservice', 'states', 'DynamoDB', 'constructor', '__proto__'])
    assert.equal(sdkAction(key, 'getItem').kind, 'unknown', key);
  for (const action of ['constructor', 'PutItem', 'putitem', ''])
    assert.equal(sdkAction('dynamodb', action).kind, 'unknown', action);
});
