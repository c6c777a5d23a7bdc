/** Real SDK clients over a real socket: what they send arrives as they typed it, and so does what comes back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { DescribeEventsCommand, HealthClient } from '@aws-sdk/client-health';
import {
  CreateAccessKeyCommand,
  GetAccountSummaryCommand,
  IAMClient,
  ListAccessKeysCommand,
  SimulateCustomPolicyCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  GetTopicAttributesCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { credentials, openDoor, session } from './door-fixture.ts';

/** The one part of every client that these tests need. */
interface Sender {
  send(command: unknown): Promise<object>;
  destroy(): void;
}

interface RoundTrip {
  service: string;
  command: { input: object };
  output: object;
}

const when = new Date('2026-01-02T03:04:05Z');
const millis = new Date('2026-01-02T03:04:05.678Z');
const text = 'é😀 <&>"\' %2F + a=b&c \\ \n end';
const bytes = new Uint8Array([0, 1, 254, 255]);
const functionArn = 'arn:aws:lambda:eu-central-1:000000000000:function:my-fn:live';

const roundTrips: RoundTrip[] = [
  {
    service: 'iam',
    command: new ListAccessKeysCommand({ UserName: "o'brien (é*!)", MaxItems: 3 }),
    output: {
      AccessKeyMetadata: [
        { UserName: text, AccessKeyId: 'AKIA1', Status: 'Active', CreateDate: when },
        { UserName: 'b', AccessKeyId: 'AKIA2', Status: 'Inactive', CreateDate: millis },
      ],
      IsTruncated: false,
    },
  },
  {
    service: 'iam',
    command: new ListAccessKeysCommand({}),
    output: { AccessKeyMetadata: [], IsTruncated: true },
  },
  {
    service: 'iam',
    command: new CreateAccessKeyCommand({ UserName: 'a' }),
    output: { AccessKey: { UserName: 'a', AccessKeyId: 'A', Status: 'Active', SecretAccessKey: 'a/b+c=' } },
  },
  {
    service: 'iam',
    command: new UpdateAccessKeyCommand({ UserName: 'a', AccessKeyId: 'A', Status: 'Inactive' }),
    output: {},
  },
  {
    service: 'iam',
    command: new TagUserCommand({
      UserName: 'a',
      Tags: [
        { Key: 'k', Value: text.replaceAll('\n', ' ') },
        { Key: 'empty', Value: '' },
      ],
    }),
    output: {},
  },
  { service: 'iam', command: new TagUserCommand({ UserName: 'a', Tags: [] }), output: {} },
  {
    service: 'iam',
    command: new GetAccountSummaryCommand({}),
    output: { SummaryMap: { Users: 3, MFADevices: 0 } },
  },
  {
    service: 'iam',
    command: new SimulateCustomPolicyCommand({
      PolicyInputList: ['{}', '{"a":[1]}'],
      ActionNames: ['a:B', 'c:*', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'],
      ContextEntries: [{ ContextKeyName: 'k', ContextKeyValues: ['1', '2'], ContextKeyType: 'stringList' }],
    }),
    output: {
      IsTruncated: false,
      EvaluationResults: [
        {
          EvalActionName: 'a:B',
          EvalDecision: 'allowed',
          MatchedStatements: [],
          MissingContextValues: ['x'],
        },
      ],
    },
  },
  {
    service: 'sts',
    command: new GetCallerIdentityCommand({}),
    output: { UserId: 'u', Account: '000000000001', Arn: 'a' },
  },
  {
    service: 'sts',
    command: new AssumeRoleCommand({
      RoleArn: 'arn:aws:iam::000000000000:role/r',
      RoleSessionName: 's',
      DurationSeconds: 900,
      PolicyArns: [{ arn: 'arn:p' }],
      Tags: [{ Key: 'k', Value: 'v' }],
      TransitiveTagKeys: ['k'],
    }),
    output: {
      Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't+/=', Expiration: millis },
      PackedPolicySize: 6,
    },
  },
  {
    service: 'sns',
    command: new PublishCommand({
      TopicArn: 'arn:t',
      Message: text,
      MessageAttributes: {
        'a.b': { DataType: 'String', StringValue: 'x' },
        data: { DataType: 'Binary', BinaryValue: bytes },
      },
    }),
    output: { MessageId: 'm' },
  },
  {
    service: 'sns',
    command: new SubscribeCommand({
      TopicArn: 'arn:t',
      Protocol: 'email',
      Endpoint: 'a@b.example',
      Attributes: { RawMessageDelivery: 'true', FilterPolicy: '{"a":["b"]}' },
      ReturnSubscriptionArn: true,
    }),
    output: { SubscriptionArn: 'pending confirmation' },
  },
  {
    service: 'sns',
    command: new GetTopicAttributesCommand({ TopicArn: 'arn:t' }),
    output: { Attributes: { Policy: '{"Version":"2012-10-17"}', Owner: '000000000001', DisplayName: text } },
  },
  {
    service: 'sns',
    command: new PublishBatchCommand({
      TopicArn: 'arn:t',
      PublishBatchRequestEntries: [
        { Id: '1', Message: 'a', MessageAttributes: { x: { DataType: 'Number', StringValue: '1' } } },
        { Id: '2', Message: 'b' },
      ],
    }),
    output: {
      Successful: [{ Id: '1', MessageId: 'm' }],
      Failed: [{ Id: '2', Code: 'InternalError', Message: 'no', SenderFault: false }],
    },
  },
  {
    service: 'states',
    command: new StartExecutionCommand({
      stateMachineArn: 'arn:m',
      name: 'n',
      input: JSON.stringify({ text }),
    }),
    output: { executionArn: 'arn:e', startDate: millis },
  },
  {
    service: 'states',
    command: new StartSyncExecutionCommand({ stateMachineArn: 'arn:m' }),
    output: {
      executionArn: 'arn:e',
      startDate: millis,
      stopDate: millis,
      status: 'FAILED',
      error: 'E',
      cause: text,
      billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: 100 },
    },
  },
  {
    service: 'states',
    command: new CreateStateMachineCommand({
      name: 'm',
      definition: text,
      roleArn: 'arn:r',
      type: 'EXPRESS',
      publish: false,
      tags: [{ key: 'a', value: 'b' }],
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: true,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:l' } }],
      },
    }),
    output: { stateMachineArn: 'arn:m', creationDate: when },
  },
  {
    service: 'states',
    command: new GetExecutionHistoryCommand({ executionArn: 'arn:e', reverseOrder: true, maxResults: 1000 }),
    output: {
      events: [
        {
          timestamp: millis,
          type: 'TaskStateEntered',
          id: 2,
          previousEventId: 0,
          stateEnteredEventDetails: { name: 'A', input: text, inputDetails: { truncated: false } },
        },
      ],
      nextToken: 't',
    },
  },
  {
    service: 'states',
    command: new StopExecutionCommand({ executionArn: 'arn:e' }),
    output: { stopDate: when },
  },
  {
    service: 'events',
    command: new PutEventsCommand({
      Entries: [
        { Time: when, Source: 's', DetailType: 'd', Detail: JSON.stringify({ text }), Resources: ['a', 'b'] },
        { Source: 's', DetailType: 'd', Detail: '{}', Resources: [] },
      ],
    }),
    output: {
      FailedEntryCount: 1,
      Entries: [{ EventId: 'e' }, { ErrorCode: 'MalformedDetail', ErrorMessage: 'no' }],
    },
  },
  {
    service: 'events',
    command: new PutTargetsCommand({
      Rule: 'r',
      Targets: [
        {
          Id: '1',
          Arn: 'arn:t',
          InputTransformer: { InputPathsMap: { a: '$.detail.a' }, InputTemplate: '<a>' },
          RetryPolicy: { MaximumRetryAttempts: 0 },
        },
      ],
    }),
    output: { FailedEntryCount: 0, FailedEntries: [] },
  },
  { service: 'events', command: new DeleteRuleCommand({ Name: 'r' }), output: {} },
  {
    service: 'cloudtrail',
    command: new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: 'AKIA' }],
      StartTime: when,
      EndTime: millis,
    }),
    output: {
      Events: [
        {
          EventId: 'i',
          EventTime: when,
          CloudTrailEvent: '{"a":1}',
          Resources: [{ ResourceType: 't', ResourceName: 'n' }],
        },
      ],
    },
  },
  {
    service: 'logs',
    command: new PutLogEventsCommand({
      logGroupName: '/aws/lambda/f',
      logStreamName: 's',
      logEvents: [{ timestamp: 1_767_323_045_678, message: text }],
    }),
    output: { nextSequenceToken: 't' },
  },
  {
    service: 'logs',
    command: new CreateLogGroupCommand({ logGroupName: 'g', tags: { a: 'b' } }),
    output: {},
  },
  {
    service: 'logs',
    command: new FilterLogEventsCommand({ logGroupName: 'g', startTime: 0, endTime: 9_000_000_000_000 }),
    output: { events: [{ timestamp: 1, message: text, eventId: 'e', ingestionTime: 2 }] },
  },
  {
    service: 'health',
    command: new DescribeEventsCommand({
      filter: { services: ['RISK'], startTimes: [{ from: when, to: millis }] },
    }),
    output: { events: [{ arn: 'arn:h', service: 'RISK', startTime: when }] },
  },
  {
    service: 'lambda',
    command: new CreateFunctionCommand({
      FunctionName: 'f',
      Role: 'arn:r',
      Code: { ZipFile: bytes },
      Environment: { Variables: { A: text } },
      Tags: { t: 'v' },
      Timeout: 3,
      Publish: true,
      Layers: [],
    }),
    output: { FunctionName: 'f', CodeSize: 4, State: 'Active', Environment: { Variables: { A: text } } },
  },
  {
    service: 'lambda',
    command: new ListFunctionsCommand({ MaxItems: 5 }),
    output: { Functions: [{ FunctionName: 'f' }] },
  },
  {
    service: 'lambda',
    command: new GetFunctionCommand({ FunctionName: functionArn, Qualifier: "a b&c'()*!é/" }),
    output: {
      Configuration: { FunctionName: 'f', LastModified: '2026-01-02T03:04:05.000+0000' },
      Tags: { a: 'b' },
    },
  },
  {
    service: 'lambda',
    command: new AddPermissionCommand({
      FunctionName: 'f',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    }),
    output: { Statement: '{"Sid":"s"}' },
  },
  {
    service: 'lambda',
    command: new ListTagsCommand({ Resource: functionArn }),
    output: { Tags: { a: 'b' } },
  },
  {
    service: 'lambda',
    command: new TagResourceCommand({ Resource: functionArn, Tags: { a: 'b' } }),
    output: {},
  },
  {
    service: 'lambda',
    command: new UntagResourceCommand({ Resource: functionArn, TagKeys: ['a', 'b c'] }),
    output: {},
  },
  {
    service: 'lambda',
    command: new DeleteFunctionCommand({ FunctionName: 'f' }),
    output: { StatusCode: 204 },
  },
];

function clientFor(service: string, endpoint: string, signer = credentials): Sender {
  const options = { region: 'eu-central-1', endpoint, credentials: signer, disableHostPrefix: true };
  const clients: Record<string, () => unknown> = {
    cloudtrail: () => new CloudTrailClient(options),
    events: () => new EventBridgeClient(options),
    health: () => new HealthClient(options),
    iam: () => new IAMClient(options),
    lambda: () => new LambdaClient(options),
    logs: () => new CloudWatchLogsClient(options),
    sns: () => new SNSClient(options),
    states: () => new SFNClient(options),
    sts: () => new STSClient(options),
  };
  const create = clients[service];
  assert.ok(create, `no client for ${service}`);
  return create() as Sender; // every client has these two methods
}

for (const { service, command, output } of roundTrips) {
  const operation = command.constructor.name.replace(/Command$/, '');
  test(`${service} ${operation} goes there and back: ${JSON.stringify(command.input).slice(0, 60)}`, async (t) => {
    const door = await openDoor(t);
    door.answer = () => structuredClone(output) as Record<string, unknown>;
    const client = clientFor(service, door.endpoint);
    t.after(() => client.destroy());
    const { $metadata, ...received } = (await client.send(command)) as { $metadata: { requestId?: string } };
    assert.equal(door.seen.length, 1);
    const [call] = door.seen;
    assert.deepEqual(
      { service: call?.service, operation: call?.operation, region: call?.region, input: call?.input },
      { service, operation, region: 'eu-central-1', input: command.input },
    );
    assert.deepEqual(received, output);
    assert.equal($metadata.requestId, call?.requestId);
    assert.equal(call?.sourceIpAddress, '127.0.0.1');
    assert.match(call?.userAgent ?? '', /aws-sdk-js/);
  });
}

test('a function is invoked with raw bytes, and answers with bytes, headers and its own status', async (t) => {
  const door = await openDoor(t);
  door.answer = (call) => ({
    StatusCode: 202,
    FunctionError: 'Unhandled',
    ExecutedVersion: '$LATEST',
    Payload: (call.input as { Payload: Uint8Array }).Payload,
  });
  const client = new LambdaClient({ region: 'eu-central-1', endpoint: door.endpoint, credentials });
  t.after(() => client.destroy());
  const output = await client.send(
    new InvokeCommand({ FunctionName: functionArn, InvocationType: 'RequestResponse', Payload: bytes }),
  );
  assert.equal(output.StatusCode, 202);
  assert.equal(output.FunctionError, 'Unhandled');
  assert.deepEqual(Uint8Array.from(output.Payload ?? []), bytes);
  assert.deepEqual(door.seen[0]?.input, {
    FunctionName: functionArn,
    InvocationType: 'RequestResponse',
    Payload: bytes,
  });
});

test('a session signs with its token, and its own caller comes through', async (t) => {
  const door = await openDoor(t);
  await clientFor('sts', door.endpoint, session).send(new GetCallerIdentityCommand({}));
  const [call] = door.seen;
  assert.ok(call?.caller.kind === 'administrator');
  assert.equal(call.caller.accessKeyId, session.accessKeyId);
});

test('a client whose clock is an hour off corrects itself by the answer and comes through', async (t) => {
  const door = await openDoor(t);
  door.clock.set(Date.now() + 3_600_000);
  await clientFor('states', door.endpoint).send(new StopExecutionCommand({ executionArn: 'arn:e' }));
  assert.equal(door.seen.length, 1);
});
