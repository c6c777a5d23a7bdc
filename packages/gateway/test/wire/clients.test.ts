import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda';
import { credentials, openDoor } from './door-fixture.ts';

const region = 'eu-central-1';

test('an awsQuery client gets its list and its dates', async (t) => {
  const door = await openDoor(t);
  const created = new Date('2026-01-02T03:04:05Z');
  door.answer = () => ({
    AccessKeyMetadata: [
      { UserName: 'a<b>', AccessKeyId: 'AKIA1', Status: 'Active', CreateDate: created },
      { UserName: 'a&b', AccessKeyId: 'AKIA2', Status: 'Inactive', CreateDate: created },
    ],
    IsTruncated: false,
  });
  const client = new IAMClient({ region, endpoint: door.endpoint, credentials });
  const { $metadata, ...output } = await client.send(new ListAccessKeysCommand({ UserName: "o'brien é*" }));
  assert.deepEqual(output, await door.answer(door.seen[0]!));
  assert.match($metadata.requestId ?? '', /^[0-9a-f-]{36}$/);
  assert.deepEqual(door.seen[0]?.input, { UserName: "o'brien é*" });
  assert.equal(door.seen[0]?.service, 'iam');
  assert.equal(door.seen[0]?.operation, 'ListAccessKeys');
});

test('an awsJson client gets its dates', async (t) => {
  const door = await openDoor(t);
  const startDate = new Date('2026-01-02T03:04:05.678Z');
  door.answer = () => ({ executionArn: 'arn:x', startDate });
  const client = new SFNClient({ region, endpoint: door.endpoint, credentials });
  const { $metadata, ...output } = await client.send(
    new StartExecutionCommand({ stateMachineArn: 'arn:m', input: '{"é":"😀"}' }),
  );
  assert.deepEqual(output, { executionArn: 'arn:x', startDate });
  assert.deepEqual(door.seen[0]?.input, { stateMachineArn: 'arn:m', input: '{"é":"😀"}' });
  assert.equal($metadata.httpStatusCode, 200);
});

test('a restJson1 client sends and gets a payload, headers and a status', async (t) => {
  const door = await openDoor(t);
  door.answer = (call) => ({
    StatusCode: 202,
    FunctionError: 'Unhandled',
    ExecutedVersion: '$LATEST',
    Payload: (call.input as { Payload: Uint8Array }).Payload,
  });
  const client = new LambdaClient({ region, endpoint: door.endpoint, credentials });
  const output = await client.send(
    new InvokeCommand({
      FunctionName: 'arn:aws:lambda:eu-central-1:000000000000:function:my-fn:live',
      Qualifier: 'a b&c',
      InvocationType: 'RequestResponse',
      Payload: Buffer.from('{"a":1}'),
    }),
  );
  assert.equal(output.StatusCode, 202);
  assert.equal(output.FunctionError, 'Unhandled');
  assert.equal(output.Payload?.transformToString(), '{"a":1}');
  assert.deepEqual(door.seen[0]?.input, {
    FunctionName: 'arn:aws:lambda:eu-central-1:000000000000:function:my-fn:live',
    Qualifier: 'a b&c',
    InvocationType: 'RequestResponse',
    Payload: new Uint8Array(Buffer.from('{"a":1}')),
  });
});
