/** Errors as real clients understand them, in each protocol. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudTrailClient, GetTrailCommand, TrailNotFoundException } from '@aws-sdk/client-cloudtrail';
import {
  CreateUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, SFNClient, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';
import {
  GetTopicAttributesCommand,
  NotFoundException,
  PublishBatchCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { ServiceError } from '@riposte/engine';
import { credentials, openDoor, type Fixture } from './door-fixture.ts';
import { jsonRequest, queryRequest, restRequest, send } from './raw-request.ts';

const options = (
  door: Fixture,
): { region: string; endpoint: string; credentials: typeof credentials; maxAttempts: 1 } => ({
  region: 'eu-central-1',
  endpoint: door.endpoint,
  credentials,
  maxAttempts: 1,
});

interface Failure {
  name: string;
  message: string;
  $metadata: { httpStatusCode?: number; requestId?: string };
}

async function failureOf(sent: Promise<unknown>): Promise<Failure> {
  return sent.then(
    () => assert.fail('it succeeded'),
    (error: unknown) => error as Failure, // what SDK clients reject with
  );
}

function failing(door: Fixture, error: Error): void {
  door.answer = () => Promise.reject(error);
}

for (const code of ['NoSuchEntity', 'NoSuchEntityException']) {
  test(`awsQuery: ${code} becomes the client's class, the wire's code and the model's status`, async (t) => {
    const door = await openDoor(t);
    failing(door, new ServiceError(code, 'The user with name <a> & "b" cannot be found.'));
    const failure = await failureOf(
      new IAMClient(options(door)).send(new ListAccessKeysCommand({ UserName: 'a' })),
    );
    assert.ok(failure instanceof NoSuchEntityException);
    assert.equal(failure.message, 'The user with name <a> & "b" cannot be found.');
    assert.equal(failure.$metadata.httpStatusCode, 404);
    assert.equal(failure.$metadata.requestId, door.seen[0]?.requestId);
    assert.match((await send(door, await queryRequest(door))).text, /<Code>NoSuchEntity<\/Code>/);
  });
}

test('awsQuery: characters that XML cannot carry are replaced, line ends are kept', async (t) => {
  const door = await openDoor(t);
  failing(door, new ServiceError('NoSuchEntity', 'a\r\nb\u0001c\u0000'));
  const request = await queryRequest(door);
  assert.match((await send(door, request)).text, /<Message>a&#xD;\nb\uFFFDc\uFFFD<\/Message>/);
  door.answer = () => ({ AccessKeyMetadata: [{ UserName: 'a\u0001' }] });
  assert.match((await send(door, request)).text, /<UserName>a\uFFFD<\/UserName>/);
});

test('awsQuery: SNS has its own names', async (t) => {
  const door = await openDoor(t);
  failing(door, new ServiceError('NotFound', 'Topic does not exist'));
  const failure = await failureOf(
    new SNSClient(options(door)).send(new GetTopicAttributesCommand({ TopicArn: 'x' })),
  );
  assert.ok(failure instanceof NotFoundException);
  assert.equal(failure.$metadata.httpStatusCode, 404);
});

test('awsJson: an error of the model becomes its class', async (t) => {
  const door = await openDoor(t);
  failing(door, new ServiceError('StateMachineDoesNotExist', "State Machine Does Not Exist: 'é'"));
  const failure = await failureOf(
    new SFNClient(options(door)).send(new DescribeStateMachineCommand({ stateMachineArn: 'x' })),
  );
  assert.ok(failure instanceof StateMachineDoesNotExist);
  assert.equal(failure.message, "State Machine Does Not Exist: 'é'");
  assert.equal(failure.$metadata.httpStatusCode, 400);
  assert.equal(failure.$metadata.requestId, door.seen[0]?.requestId);
});

test('awsJson: the message lies where the shape has it', async (t) => {
  const door = await openDoor(t);
  failing(door, new ServiceError('TrailNotFoundException', 'no trail'));
  const failure = await failureOf(
    new CloudTrailClient(options(door)).send(new GetTrailCommand({ Name: 'x' })),
  );
  assert.ok(failure instanceof TrailNotFoundException);
  assert.equal(failure.message, 'no trail');
});

test('restJson1: an error carries its status, its header and the other members of its shape', async (t) => {
  const door = await openDoor(t);
  failing(
    door,
    Object.assign(new ServiceError('ResourceNotFoundException', 'Function not found: f'), { Type: 'User' }),
  );
  const failure = await failureOf(
    new LambdaClient(options(door)).send(new GetFunctionCommand({ FunctionName: 'f' })),
  );
  assert.ok(failure instanceof ResourceNotFoundException);
  assert.equal(failure.Type, 'User');
  assert.equal(failure.message, 'Function not found: f');
  assert.equal(failure.$metadata.httpStatusCode, 404);
  const answer = await send(door, await restRequest(door));
  assert.equal(answer.headers['x-amzn-errortype'], 'ResourceNotFoundException');
});

test('restJson1: errors of Lambda say whose fault they are', async (t) => {
  const door = await openDoor(t);
  for (const [code, status, type] of [
    ['ResourceNotFoundException', 404, 'User'],
    ['ServiceException', 500, 'Service'],
  ] as const) {
    failing(door, new ServiceError(code, 'so', status));
    const { text } = await send(door, await restRequest(door));
    assert.equal((JSON.parse(text) as { Type?: string }).Type, type);
  }
});

test('an error that no model has keeps its code and status', async (t) => {
  const door = await openDoor(t);
  failing(door, new ServiceError('SomethingElse', 'so', 418));
  const failure = await failureOf(new IAMClient(options(door)).send(new ListAccessKeysCommand({})));
  assert.deepEqual(
    [failure.name, failure.message, failure.$metadata.httpStatusCode],
    ['SomethingElse', 'so', 418],
  );
});

test('missing permission has the name and the status of each protocol', async (t) => {
  const door = await openDoor(t);
  failing(door, new ServiceError('AccessDeniedException', 'User: a is not authorized to perform: b', 403));
  const query = await send(door, await queryRequest(door));
  assert.equal(query.status, 403);
  assert.match(query.text, /<Type>Sender<\/Type><Code>AccessDenied<\/Code>/);
  const json = await send(door, await jsonRequest(door));
  assert.equal(json.status, 400);
  assert.match(json.text, /"__type":"AccessDeniedException"/);
  const rest = await send(door, await restRequest(door));
  assert.equal(rest.status, 403);
  assert.equal(rest.headers['x-amzn-errortype'], 'AccessDeniedException');
});

test('a missing member is named as the services name it, and nothing is called', async (t) => {
  const door = await openDoor(t);
  const failure = await failureOf(
    new SFNClient(options(door)).send(new DescribeStateMachineCommand({ stateMachineArn: undefined })),
  );
  assert.equal(failure.name, 'ValidationException');
  assert.equal(
    failure.message,
    "1 validation error detected: Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null",
  );
  const query = await failureOf(
    new IAMClient(options(door)).send(new CreateUserCommand({ UserName: undefined })),
  );
  assert.equal(query.name, 'ValidationError');
  assert.match(query.message, /Value null at 'userName'/);
  const nested = await failureOf(
    new SNSClient(options(door)).send(
      new PublishBatchCommand({
        TopicArn: undefined,
        PublishBatchRequestEntries: [
          { Id: '1', Message: 'a' },
          { Id: '2', Message: undefined },
        ],
      }),
    ),
  );
  assert.equal(
    nested.message,
    "2 validation errors detected: Value null at 'topicArn' failed to satisfy constraint: Member must not be null; Value null at 'publishBatchRequestEntries.2.member.message' failed to satisfy constraint: Member must not be null",
  );
  assert.deepEqual(door.seen, []);
});

test('an exception of ours is an answer with a request id, a line in the log, and not the end', async (t) => {
  const door = await openDoor(t);
  failing(door, new TypeError('secret detail'));
  for (const [request, code] of [
    [await jsonRequest(door), 'InternalServerException'],
    [await queryRequest(door), 'InternalFailure'],
    [await restRequest(door), 'InternalServerException'],
  ] as const) {
    door.reported.length = 0;
    const answer = await send(door, request);
    assert.equal(answer.status, 500);
    assert.match(answer.text + String(answer.headers['x-amzn-errortype']), new RegExp(code));
    assert.doesNotMatch(answer.text, /secret detail/);
    assert.match(answer.text, new RegExp(`request id ${String(answer.headers['x-amzn-requestid'])}`));
    assert.equal(door.reported.length, 1);
    assert.match(door.reported[0] ?? '', /secret detail/);
  }
  door.answer = () => ({});
  assert.equal((await send(door, await jsonRequest(door))).status, 200);
});

test('an output that no header can carry is an internal error too', async (t) => {
  const door = await openDoor(t);
  door.answer = () => ({ StatusCode: 200, FunctionError: 'two\nlines' });
  const request = await restRequest(door);
  assert.equal((await send(door, request)).status, 200);
  const { InvokeCommand } = await import('@aws-sdk/client-lambda');
  const failure = await failureOf(
    new LambdaClient(options(door)).send(new InvokeCommand({ FunctionName: 'f' })),
  );
  assert.equal(failure.$metadata.httpStatusCode, 500);
  assert.equal(door.reported.length, 1);
  door.answer = () => ({});
  assert.equal((await send(door, request)).status, 200);
});
