import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { NewCallRecord } from '@riposte/account';
import { ACCOUNT, at, openAccount, refusal, type Account } from './support/account.ts';

interface Event {
  EventId: string;
  EventName: string;
  CloudTrailEvent: string;
}

function open(t: TestContext): Account & { record(members?: Partial<NewCallRecord>): Promise<void> } {
  const account = openAccount(t);
  let count = 0;
  const record = async (members: Partial<NewCallRecord> = {}) => {
    count += 1;
    const call: NewCallRecord = {
      id: `event-${count}`,
      timeMs: account.now,
      region: 'us-east-1',
      service: 'iam',
      eventSource: `${members.service ?? 'iam'}.amazonaws.com`,
      operation: 'CreateUser',
      access: 'write',
      userIdentity: { type: 'IAMUser', userName: 'alice', accessKeyId: 'AKIAALICE' },
      sourceIpAddress: '198.51.100.7',
      userAgent: 'aws-cli/2',
      resources: [],
      requestParameters: null,
      responseElements: null,
      requestId: `request-${count}`,
      verdict: 'Allowed.',
      ...members,
    };
    await account.inTransaction((transaction) => transaction.appendCall(call));
  };
  return Object.assign(account, { record });
}

async function lookup(account: Account, input: object = {}, region = 'us-east-1'): Promise<string[]> {
  const answer = await account.call('cloudtrail:LookupEvents', input, { region });
  return (answer['Events'] as Event[]).map((event) => event.EventId);
}

test('an event carries the record in CloudTrail’s own form', async (t) => {
  const account = open(t);
  account.now += 123;
  await account.record({
    operation: 'DeleteAccessKey',
    errorCode: 'AccessDenied',
    errorMessage: 'no',
    resources: [{ type: 'AWS::IAM::AccessKey', name: 'AKIA1' }],
    requestParameters: { UserName: 'bob', AccessKeyId: 'AKIA1', Tags: [{ Key: 'A' }] },
  });
  const answer = await account.call('cloudtrail:LookupEvents');
  const { CloudTrailEvent, ...event } = (answer['Events'] as Event[])[0]!;
  assert.deepEqual(event, {
    EventId: 'event-1',
    EventName: 'DeleteAccessKey',
    ReadOnly: 'false',
    AccessKeyId: 'AKIAALICE',
    EventTime: new Date('2026-11-23T06:00:00Z'),
    EventSource: 'iam.amazonaws.com',
    Username: 'alice',
    Resources: [{ ResourceType: 'AWS::IAM::AccessKey', ResourceName: 'AKIA1' }],
  });
  assert.deepEqual(JSON.parse(CloudTrailEvent), {
    eventVersion: '1.11',
    userIdentity: { accessKeyId: 'AKIAALICE', type: 'IAMUser', userName: 'alice' },
    eventTime: '2026-11-23T06:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'DeleteAccessKey',
    awsRegion: 'us-east-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2',
    errorCode: 'AccessDenied',
    errorMessage: 'no',
    requestParameters: { userName: 'bob', accessKeyId: 'AKIA1', tags: [{ key: 'A' }] },
    responseElements: null,
    requestID: 'request-1',
    eventID: 'event-1',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
  });
});

test('events are found by each lookup attribute', async (t) => {
  const account = open(t);
  await account.record();
  await account.record({
    service: 'cloudtrail',
    operation: 'LookupEvents',
    access: 'read',
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Role/night`,
      accessKeyId: 'ASIA1',
    },
    resources: [{ type: 'AWS::IAM::User', name: 'bob' }],
  });
  const cases: [key: string, value: string][] = [
    ['EventId', 'event-2'],
    ['EventName', 'LookupEvents'],
    ['ReadOnly', 'true'],
    ['Username', 'night'],
    ['ResourceType', 'AWS::IAM::User'],
    ['ResourceName', 'bob'],
    ['EventSource', 'cloudtrail.amazonaws.com'],
    ['AccessKeyId', 'ASIA1'],
  ];
  for (const [AttributeKey, AttributeValue] of cases)
    assert.deepEqual(
      await lookup(account, { LookupAttributes: [{ AttributeKey, AttributeValue }] }),
      ['event-2'],
      AttributeKey,
    );
  assert.deepEqual(
    await lookup(account, { LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }] }),
    ['event-1'],
  );
});

test('data events are left out, and global services show in us-east-1 only', async (t) => {
  const account = open(t);
  await account.record({ service: 'sns', operation: 'Publish' });
  await account.record({ service: 'sns', operation: 'CreateTopic' });
  await account.record({ service: 'lambda', operation: 'Invoke' });
  await account.record({ service: 'sns', operation: 'CreateTopic', region: 'eu-west-1' });
  await account.record({ service: 'sts', operation: 'AssumeRole', region: 'eu-west-1' });
  assert.deepEqual(await lookup(account), ['event-5', 'event-2']);
  assert.deepEqual(await lookup(account, {}, 'eu-west-1'), ['event-4']);
});

test('times bound what is found, and ninety days do', async (t) => {
  const account = open(t);
  const start = account.now;
  for (let hour = 0; hour < 3; hour++) {
    account.now = start + hour * 3_600_000;
    await account.record();
  }
  const range = { StartTime: new Date(start + 3_600_000), EndTime: new Date(start + 3_600_000) };
  assert.deepEqual(await lookup(account, range), ['event-2']);
  await assert.rejects(
    account.call('cloudtrail:LookupEvents', { StartTime: new Date(2), EndTime: new Date(1) }),
    refusal('InvalidTimeRangeException', 400),
  );
  account.now = start + 90 * 24 * 3_600_000 + 1;
  assert.deepEqual(await lookup(account), ['event-3', 'event-2']);
});

test('pages follow each other without gap or repetition while new calls come in', async (t) => {
  const account = open(t);
  for (let index = 0; index < 250; index++)
    await account.record(index % 2 === 0 ? {} : { service: 'sns', operation: 'Publish' });
  const seen: string[] = [];
  let NextToken: unknown;
  do {
    const answer = await account.call('cloudtrail:LookupEvents', { MaxResults: 50, NextToken });
    seen.push(...(answer['Events'] as Event[]).map((event) => event.EventId));
    NextToken = answer['NextToken'];
    await account.record();
  } while (NextToken !== undefined);
  assert.equal(seen.length, 125);
  assert.equal(new Set(seen).size, 125);
  assert.equal(seen[0], 'event-249');
  assert.equal(seen.at(-1), 'event-1');
});

test('a token holds for the parameters that it was given out for', async (t) => {
  const account = open(t);
  await account.record();
  await account.record();
  const byName = { LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'CreateUser' }] };
  const first = await account.call('cloudtrail:LookupEvents', { ...byName, MaxResults: 1 });
  const NextToken = at(first, 'NextToken');
  assert.deepEqual(await lookup(account, { ...byName, NextToken }), ['event-1']);
  for (const wrong of [{ NextToken }, { ...byName, NextToken: 'made up' }])
    await assert.rejects(
      account.call('cloudtrail:LookupEvents', wrong),
      refusal('InvalidNextTokenException', 400),
    );
});

test('wrong attributes, sizes and categories are refused by name', async (t) => {
  const account = open(t);
  const one = { AttributeKey: 'EventName', AttributeValue: 'x' };
  const cases: [input: object, code: string][] = [
    [{ LookupAttributes: [one, one] }, 'InvalidLookupAttributesException'],
    [{ LookupAttributes: [{ ...one, AttributeKey: 'Colour' }] }, 'InvalidLookupAttributesException'],
    [{ LookupAttributes: [{ ...one, AttributeValue: '' }] }, 'InvalidLookupAttributesException'],
    [
      { LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'maybe' }] },
      'InvalidLookupAttributesException',
    ],
    [{ MaxResults: 0 }, 'InvalidMaxResultsException'],
    [{ MaxResults: 51 }, 'InvalidMaxResultsException'],
    [{ EventCategory: 'insight' }, 'InvalidEventCategoryException'],
  ];
  for (const [input, code] of cases)
    await assert.rejects(
      account.call('cloudtrail:LookupEvents', input),
      refusal(code, 400),
      JSON.stringify(input),
    );
});
