import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appendLogEvents, expireLogs } from '@riposte/account';
import { at, openAccount, refusal, type Account } from '../support/account.ts';

const DAY_MS = 86_400_000;
const place = { logGroupName: 'app', logStreamName: 'one' };

async function openGroup(t: Parameters<typeof openAccount>[0]): Promise<Account> {
  const account = openAccount(t);
  await account.call('logs:CreateLogGroup', { logGroupName: 'app', tags: { team: 'a' } });
  await account.call('logs:CreateLogStream', place);
  return account;
}

const put = (account: Account, ...timestamps: number[]) =>
  account.call('logs:PutLogEvents', {
    ...place,
    logEvents: timestamps.map((timestamp) => ({ timestamp, message: 'line' })),
  });
const found = async (account: Account) =>
  (at(await account.call('logs:FilterLogEvents', { logGroupName: 'app' }), 'events') as object[]).length;
const group = async (account: Account) =>
  at(await account.call('logs:DescribeLogGroups'), 'logGroups.0') as Record<string, unknown>;

test('events older than the retention are not shown, and are removed with streams that have nothing left', async (t) => {
  const account = await openGroup(t);
  await put(account, account.now);
  await account.call('logs:CreateLogStream', { ...place, logStreamName: 'empty' });
  await account.call('logs:PutRetentionPolicy', { logGroupName: 'app', retentionInDays: 3 });
  assert.equal((await group(account))['retentionInDays'], 3);
  account.now += 3 * DAY_MS;
  assert.equal(await found(account), 1);
  account.now += 1;
  assert.equal(await found(account), 0);
  await account.inTransaction((transaction) => expireLogs(transaction, account.now));
  assert.equal((await group(account))['storedBytes'], 0);
  await account.call('logs:DeleteRetentionPolicy', { logGroupName: 'app' });
  assert.equal((await group(account))['retentionInDays'], undefined);
  assert.equal(await found(account), 0);
  const streams = await account.call('logs:DescribeLogStreams', { logGroupName: 'app' });
  assert.deepEqual(
    (streams['logStreams'] as { logStreamName: string }[]).map(({ logStreamName }) => logStreamName),
    ['empty'],
  );
});

test('a group that is written to loses what is too old without being asked', async (t) => {
  const account = await openGroup(t);
  const write = () =>
    account.inTransaction((transaction) =>
      appendLogEvents(transaction, {
        region: 'us-east-1',
        logGroup: 'app',
        logStream: 'one',
        events: [{ timestampMs: account.now, message: 'line' }],
      }),
    );
  await account.call('logs:PutRetentionPolicy', { logGroupName: 'app', retentionInDays: 1 });
  await write();
  account.now += 2 * DAY_MS;
  await write();
  const kept = await account.inTransaction((transaction) =>
    transaction.logEvents.find({ region: 'us-east-1', logGroup: 'app', limit: 9 }),
  );
  assert.deepEqual(
    kept.map(({ timestampMs }) => timestampMs),
    [account.now],
  );
  await assert.rejects(
    account.call('logs:PutRetentionPolicy', { logGroupName: 'app', retentionInDays: 2 }),
    refusal(
      'InvalidParameterException',
      400,
      /'retentionInDays' failed to satisfy constraint: .*\[1, 3, 5, 7,/,
    ),
  );
});

test('events that are too old or too far in the future are left out, and the answer says which', async (t) => {
  const account = await openGroup(t);
  const { now } = account;
  assert.deepEqual(await put(account, now - 14 * DAY_MS - 2, now - 14 * DAY_MS - 1), {
    rejectedLogEventsInfo: { tooOldLogEventEndIndex: 2 },
  });
  assert.deepEqual(await put(account, now, now + 7_200_000, now + 7_200_001), {
    rejectedLogEventsInfo: { tooNewLogEventStartIndex: 2 },
  });
  assert.equal(await found(account), 2);
  await account.call('logs:PutRetentionPolicy', { logGroupName: 'app', retentionInDays: 1 });
  assert.deepEqual(await put(account, now - DAY_MS - 1, now - 5), {
    rejectedLogEventsInfo: { expiredLogEventEndIndex: 1 },
  });
  await assert.rejects(
    put(account, now - DAY_MS - 1, now),
    refusal('InvalidParameterException', 400, /cannot span more than 24 hours/),
  );
});

test('a search goes on where its page ended, also when lines come in between', async (t) => {
  const account = await openGroup(t);
  await put(account, ...[0, 1, 2, 3, 4].map((after) => account.now + after));
  const search = (input: object) => account.call('logs:FilterLogEvents', { logGroupName: 'app', ...input });
  const first = await search({ limit: 2 });
  await put(account, account.now); // before what was read
  const second = await search({ limit: 9, nextToken: first['nextToken'] });
  const times = [...(first['events'] as []), ...(second['events'] as [])].map(
    ({ timestamp }: { timestamp: number }) => timestamp - account.now,
  );
  assert.deepEqual(times, [0, 1, 2, 3, 4]);
  assert.equal(second['nextToken'], undefined);
  assert.equal((at(await search({ endTime: account.now + 1 }), 'events') as []).length, 3);
  await assert.rejects(
    search({ limit: 10_001 }),
    refusal('InvalidParameterException', 400, /equal to 10000/),
  );
});

test('a page ends at a mebibyte', async (t) => {
  const account = await openGroup(t);
  const message = 'x'.repeat(600_000);
  for (const after of [0, 1])
    await account.call('logs:PutLogEvents', {
      ...place,
      logEvents: [{ timestamp: account.now + after, message }],
    });
  const search = await account.call('logs:FilterLogEvents', { logGroupName: 'app' });
  assert.equal((search['events'] as []).length, 1);
  const read = await account.call('logs:GetLogEvents', { ...place, startFromHead: true });
  assert.equal((read['events'] as []).length, 1);
  const rest = await account.call('logs:GetLogEvents', { ...place, nextToken: read['nextForwardToken'] });
  assert.equal((rest['events'] as []).length, 1);
});

test('a stream that is deleted takes its events along', async (t) => {
  const account = await openGroup(t);
  await put(account, account.now);
  await account.call('logs:DeleteLogStream', place);
  assert.equal((await group(account))['storedBytes'], 0);
  await assert.rejects(
    account.call('logs:DeleteLogStream', place),
    refusal('ResourceNotFoundException', 400, 'The specified log stream does not exist.'),
  );
  await account.call('logs:CreateLogStream', place);
  assert.equal(await found(account), 0);
});

test('tags of a group are changed by its ARN and by its name', async (t) => {
  const account = await openGroup(t);
  const resourceArn = String((await group(account))['logGroupArn']);
  await account.call('logs:TagResource', { resourceArn, tags: { stage: 'test' } });
  await account.call('logs:UntagResource', { resourceArn, tagKeys: ['team'] });
  assert.deepEqual(await account.call('logs:ListTagsLogGroup', { logGroupName: 'app' }), {
    tags: { stage: 'test' },
  });
  await account.call('logs:UntagLogGroup', { logGroupName: 'app', tags: ['stage'] });
  await account.call('logs:TagLogGroup', { logGroupName: 'app', tags: { team: 'b' } });
  assert.deepEqual(await account.call('logs:ListTagsForResource', { resourceArn }), { tags: { team: 'b' } });
  await assert.rejects(
    account.call('logs:ListTagsForResource', { resourceArn: 'arn:aws:logs:us-east-1:1:destination:d' }),
    refusal('InvalidParameterException', 400, /is not the ARN of a log group/),
  );
});

test('resource policies are kept by name, ten at most', async (t) => {
  const account = openAccount(t);
  const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  const write = (policyName: string) =>
    account.call('logs:PutResourcePolicy', { policyName, policyDocument });
  for (let number = 0; number < 10; number++) await write(`policy-${number}`);
  await write('policy-0');
  await assert.rejects(
    write('policy-10'),
    refusal('LimitExceededException', 400, 'Resource limit exceeded.'),
  );
  await account.call('logs:DeleteResourcePolicy', { policyName: 'policy-3' });
  await assert.rejects(
    account.call('logs:DeleteResourcePolicy', { policyName: 'policy-3' }),
    refusal('ResourceNotFoundException', 400, 'Policy with name [policy-3] does not exist.'),
  );
  const { resourcePolicies } = await account.call('logs:DescribeResourcePolicies');
  assert.equal((resourcePolicies as []).length, 9);
  await assert.rejects(
    account.call('logs:PutResourcePolicy', { policyName: 'p', policyDocument: '{' }),
    refusal('InvalidParameterException', 400),
  );
});
