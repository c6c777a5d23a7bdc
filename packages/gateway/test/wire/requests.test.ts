/** Requests with a good signature and something else wrong, in each protocol. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDoor } from './door-fixture.ts';
import { forge, type Forgery } from './forged-request.ts';
import { jsonRequest, send } from './raw-request.ts';

const target = (operation: string): Record<string, string> => ({ 'x-amz-target': operation });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

interface Case extends Forgery {
  name: string;
  status: number;
  says: RegExp;
}

const refused: Case[] = [
  {
    name: 'JSON that ends too early',
    body: '{"maxResults": ',
    status: 400,
    says: /"__type":"SerializationException","message":"The request body is not valid JSON: /,
  },
  { name: 'a list for a body', body: '[1]', status: 400, says: /START_ARRAY can not be converted/ },
  { name: 'null for a body', body: 'null', status: 400, says: /NULL_VALUE can not be converted/ },
  {
    name: 'text for a number',
    body: '{"maxResults":"5"}',
    status: 400,
    says: /STRING_VALUE .* Number: 'maxResults'/,
  },
  {
    name: 'a number beyond numbers',
    body: '{"maxResults":1e999}',
    status: 400,
    says: /NUMBER_VALUE .* Number/,
  },
  {
    name: 'an integer of more than 64 bits for SQS',
    service: 'sqs',
    headers: target('AmazonSQS.ReceiveMessage'),
    body: '{"QueueUrl":"q","VisibilityTimeout":99999999999999999999}',
    status: 400,
    says: /"__type":"SerializationException".*'VisibilityTimeout' has a number that does not fit into 64 bits/,
  },
  {
    name: 'an integer of more than 64 bits in a form',
    service: 'iam',
    headers: form,
    body: 'Action=ListUsers&MaxItems=99999999999999999999',
    status: 400,
    says: /'99999999999999999999' can not .*: 'MaxItems' has a number that does not fit/,
  },
  {
    name: 'an integer of more than 64 bits for EventBridge',
    service: 'events',
    headers: target('AWSEvents.CreateArchive'),
    body: '{"RetentionDays":-99999999999999999999}',
    status: 400,
    says: /"__type":"SerializationException".*'RetentionDays' has a number that does not fit/,
  },
  {
    name: 'an integer of more than 64 bits deep inside, for the Scheduler',
    service: 'scheduler',
    path: '/schedules/s',
    body: '{"Target":{"RetryPolicy":{"MaximumRetryAttempts":99999999999999999999}}}',
    status: 400,
    says: /'Target\.RetryPolicy\.MaximumRetryAttempts' has a number that does not fit/,
  },
  {
    name: 'an integer of more than 64 bits in a query, for the Scheduler',
    service: 'scheduler',
    method: 'GET',
    path: '/schedules',
    query: { MaxResults: '99999999999999999999' },
    body: '',
    status: 400,
    says: /'99999999999999999999' can not .*: 'MaxResults' has a number that does not fit/,
  },
  {
    name: 'a number that is none',
    body: '{"maxResults":"NaN"}',
    status: 400,
    says: /STRING_VALUE .* Number/,
  },
  {
    name: 'a number for text',
    headers: target('AWSStepFunctions.StartExecution'),
    body: '{"stateMachineArn":5}',
    status: 400,
    says: /NUMBER_VALUE can not be converted to a String: 'stateMachineArn'/,
  },
  {
    name: 'a wrong type deep inside',
    service: 'events',
    headers: target('AWSEvents.PutEvents'),
    body: '{"Entries":[{"Source":"a"},{"Resources":"x"}]}',
    status: 400,
    says: /STRING_VALUE can not be converted to a List: 'Entries\.2\.member\.Resources'/,
  },
  {
    name: 'a time that is none',
    service: 'events',
    headers: target('AWSEvents.PutEvents'),
    body: '{"Entries":[{"Time":"soon"}]}',
    status: 400,
    says: /to a Timestamp: 'Entries\.1\.member\.Time'/,
  },
  {
    name: 'an operation the service does not have',
    headers: target('AWSStepFunctions.FlyToTheMoon'),
    status: 400,
    says: /"UnknownOperationException".*AWSStepFunctions\.FlyToTheMoon/,
  },
  {
    name: 'a target of another service',
    headers: target('AWSEvents.ListRules'),
    status: 400,
    says: /"UnknownOperationException"/,
  },
  {
    name: "an operation under another service's target",
    headers: target('AWSEvents.ListStateMachines'),
    status: 400,
    says: /"UnknownOperationException"/,
  },
  { name: 'no target', headers: target(''), status: 400, says: /without a header 'X-Amz-Target'/ },
  {
    name: 'a name that every object has',
    headers: target('AWSStepFunctions.constructor'),
    status: 400,
    says: /"UnknownOperationException"/,
  },
  {
    name: 'an operation that streams',
    service: 'logs',
    headers: target('Logs_20140328.StartLiveTail'),
    body: '{"logGroupIdentifiers":["a"]}',
    status: 400,
    says: /needs an event stream/,
  },
  {
    name: 'a service that is not here',
    service: 'dynamodb',
    headers: target('DynamoDB_20120810.ListTables'),
    status: 400,
    says: /"UnknownOperationException".*'dynamodb' is not available here. Available are cloudtrail, events, .*sts/,
  },
  {
    name: 'a form for a service that is not here',
    service: 'ec2',
    headers: form,
    body: 'Action=DescribeInstances',
    status: 400,
    says: /'ec2' is not available here/,
  },
  {
    name: 'a form without an action',
    service: 'iam',
    headers: form,
    body: 'UserName=a',
    status: 400,
    says: /<Code>MissingAction<\/Code>/,
  },
  {
    name: 'an action the service does not have',
    service: 'iam',
    headers: form,
    body: 'Action=Fly&Version=2010-05-08',
    status: 400,
    says: /<Code>InvalidAction<\/Code><Message>Could not find operation Fly for version 2010-05-08</,
  },
  {
    name: 'a form with words for a number',
    service: 'iam',
    headers: form,
    body: 'Action=ListUsers&MaxItems=many',
    status: 400,
    says: /<Code>MalformedInput<\/Code><Message>'many' can not be converted to a Number: 'MaxItems'</,
  },
  {
    name: 'a form with a number in another notation',
    service: 'iam',
    headers: form,
    body: 'Action=ListUsers&MaxItems=0x10',
    status: 400,
    says: /'0x10' can not be converted to a Number/,
  },
  {
    name: 'a form with broken base64',
    service: 'sns',
    headers: form,
    body: 'Action=Publish&Message=a&MessageAttributes.entry.1.Name=a&MessageAttributes.entry.1.Value.DataType=Binary&MessageAttributes.entry.1.Value.BinaryValue=***',
    status: 400,
    says: /is not valid base64/,
  },
  {
    name: 'a path that is none',
    service: 'lambda',
    method: 'GET',
    path: '/2015-03-31/nothing',
    body: '',
    status: 404,
    says: /has no operation at GET \/2015-03-31\/nothing/,
  },
  {
    name: 'a method that the path does not have',
    service: 'lambda',
    method: 'PATCH',
    path: '/2015-03-31/functions/f',
    status: 404,
    says: /has no operation at PATCH/,
  },
  {
    name: 'a query with words for a number',
    service: 'lambda',
    method: 'GET',
    path: '/2015-03-31/functions',
    query: { MaxItems: 'x' },
    status: 400,
    says: /'x' can not be converted to a Number: 'MaxItems'/,
  },
  {
    name: 'a REST body that is a list',
    service: 'lambda',
    path: '/2015-03-31/functions',
    body: '[]',
    status: 400,
    says: /START_ARRAY|not a JSON object/,
  },
];

for (const { name, status, says, ...forgery } of refused) {
  test(`refused in the service's own words: ${name}`, async (t) => {
    const door = await openDoor(t);
    const answer = await send(door, await forge(door, forgery));
    assert.match(answer.text, says);
    assert.equal(answer.status, status);
    assert.deepEqual(door.seen, []);
    assert.deepEqual(door.reported, []);
  });
}

interface Accepted extends Forgery {
  name: string;
  operation: string;
  input: object;
}

const accepted: Accepted[] = [
  {
    name: 'members that nobody knows and null are dropped',
    body: '{"maxResults":5,"nextToken":null,"__type":"x","surprise":{"__proto__":1}}',
    operation: 'ListStateMachines',
    input: { maxResults: 5 },
  },
  { name: 'an empty body', body: '', operation: 'ListStateMachines', input: {} },
  {
    name: "the CLI's prefix of CloudTrail's target",
    service: 'cloudtrail',
    headers: target('com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents'),
    body: '{"StartTime":1767323045.5,"EndTime":"2026-01-02T03:04:05Z"}',
    operation: 'LookupEvents',
    input: { StartTime: new Date('2026-01-02T03:04:05.500Z'), EndTime: new Date('2026-01-02T03:04:05Z') },
  },
  {
    name: 'an action in the query of a GET',
    service: 'iam',
    method: 'GET',
    query: { Action: 'ListUsers', Version: '2010-05-08', MaxItems: '7' },
    body: '',
    operation: 'ListUsers',
    input: { MaxItems: 7 },
  },
  {
    name: 'list items in any order, with gaps',
    service: 'iam',
    headers: form,
    body: 'Action=UntagUser&UserName=a&TagKeys.member.10=c&TagKeys.member.2=b&TagKeys.member.1=a&TagKeys.x=y&Other=z',
    operation: 'UntagUser',
    input: { UserName: 'a', TagKeys: ['a', 'b', 'c'] },
  },
  {
    name: 'a key below a text gives the text no value',
    service: 'iam',
    headers: form,
    body: `Action=ListUsers&PathPrefix.x=1&Marker=m&${'a.'.repeat(1000)}=deep`,
    operation: 'ListUsers',
    input: { Marker: 'm' },
  },
  {
    name: 'a list of functions with a slash at the end, as older clients ask',
    service: 'lambda',
    method: 'GET',
    path: '/2015-03-31/functions/',
    body: '',
    operation: 'ListFunctions',
    input: {},
  },
  {
    name: 'two operations on one path, told apart by the query',
    service: 'lambda',
    method: 'GET',
    path: '/2019-09-30/functions/f/provisioned-concurrency',
    query: { List: 'ALL' },
    body: '',
    operation: 'ListProvisionedConcurrencyConfigs',
    input: { FunctionName: 'f' },
  },
  {
    name: 'a body cannot overrule the path',
    service: 'lambda',
    method: 'PUT',
    path: '/2015-03-31/functions/mine/configuration',
    body: '{"FunctionName":"other","Timeout":5}',
    operation: 'UpdateFunctionConfiguration',
    input: { FunctionName: 'mine', Timeout: 5 },
  },
  {
    name: 'a map with a key that objects have already',
    service: 'lambda',
    path: '/2017-03-31/tags/arn%3Aaws%3Alambda%3Aeu-central-1%3A000000000000%3Afunction%3Af',
    body: '{"Tags":{"__proto__":"x","constructor":"y"}}',
    operation: 'TagResource',
    input: {
      Resource: 'arn:aws:lambda:eu-central-1:000000000000:function:f',
      Tags: JSON.parse('{"__proto__":"x","constructor":"y"}') as object,
    },
  },
];

for (const { name, operation, input, ...forgery } of accepted) {
  test(`read as meant: ${name}`, async (t) => {
    const door = await openDoor(t);
    const answer = await send(door, await forge(door, forgery));
    assert.equal(answer.status, 200 + (operation === 'TagResource' ? 4 : 0), answer.text);
    assert.deepEqual([door.seen[0]?.operation, door.seen[0]?.input], [operation, input]);
  });
}

test('answers carry the content type and the shape of their protocol', async (t) => {
  const door = await openDoor(t);
  const json = await send(door, await jsonRequest(door));
  assert.equal(json.headers['content-type'], 'application/x-amz-json-1.0');
  assert.equal(json.headers['date'], new Date(door.clock.now()).toUTCString());
  const events = await forge(door, {
    service: 'events',
    headers: target('AWSEvents.DeleteRule'),
    body: '{"Name":"r"}',
  });
  const unit = await send(door, events);
  assert.deepEqual(
    [unit.status, unit.text, unit.headers['content-type']],
    [200, '', 'application/x-amz-json-1.1'],
  );
  const iam = { service: 'iam', headers: form };
  const query = await send(door, await forge(door, { ...iam, body: 'Action=DeleteUser&UserName=a' }));
  const requestId = String(query.headers['x-amzn-requestid']);
  assert.equal(query.headers['content-type'], 'text/xml');
  assert.equal(
    query.text,
    `<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></DeleteUserResponse>`,
  );
  const empty = await send(door, await forge(door, { ...iam, body: 'Action=ListUsers' }));
  assert.match(
    empty.text,
    /^<ListUsersResponse xmlns="[^"]+"><ListUsersResult><\/ListUsersResult><ResponseMetadata>/,
  );
});
