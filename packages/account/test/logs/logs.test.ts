import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appendLogEvents } from '@riposte/account';
import { ACCOUNT, at, openAccount, refusal, type Account } from '../support/account.ts';

const GROUP = '/aws/lambda/contain';
const STREAM = '2026/11/23/[$LATEST]0123';
const START = Date.parse('2026-11-23T06:00:00Z');

async function written(account: Account, messages: string[], logStream = STREAM): Promise<void> {
  await account.inTransaction((transaction) =>
    appendLogEvents(transaction, {
      region: 'us-east-1',
      logGroup: GROUP,
      logStream,
      events: messages.map((message, index) => ({ timestampMs: START + index, message })),
    }),
  );
}

const texts = (answer: object) =>
  (at(answer, 'events') as { message: string }[]).map((event) => event.message);

test('what a function writes makes its group and stream and can be read', async (t) => {
  const account = openAccount(t);
  await written(account, []);
  assert.deepEqual(at(await account.call('logs:DescribeLogGroups'), 'logGroups'), []);
  await written(account, ['START', 'END']);
  await written(account, ['START again']);
  const groups = await account.call('logs:DescribeLogGroups', { logGroupNamePrefix: '/aws/' });
  assert.equal(at(groups, 'logGroups.0.arn'), `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${GROUP}:*`);
  assert.equal(at(groups, 'logGroups.0.storedBytes'), 'STARTENDSTART again'.length + 3 * 26);
  const streams = await account.call('logs:DescribeLogStreams', { logGroupName: GROUP });
  assert.equal(at(streams, 'logStreams.0.logStreamName'), STREAM);
  assert.equal(at(streams, 'logStreams.0.lastEventTimestamp'), START + 1);
  const events = await account.call('logs:GetLogEvents', { logGroupName: GROUP, logStreamName: STREAM });
  assert.deepEqual(texts(events), ['START', 'START again', 'END']);
  assert.deepEqual(
    at(await account.call('logs:DescribeLogGroups', {}, { region: 'eu-west-1' }), 'logGroups'),
    [],
  );
});

test('groups and streams are created once, and events come in order', async (t) => {
  const account = openAccount(t);
  const place = { logGroupName: 'app', logStreamName: 'one' };
  await assert.rejects(
    account.call('logs:CreateLogStream', place),
    refusal('ResourceNotFoundException', 400, 'The specified log group does not exist.'),
  );
  await account.call('logs:CreateLogGroup', place);
  await assert.rejects(
    account.call('logs:CreateLogGroup', place),
    refusal('ResourceAlreadyExistsException', 400, 'The specified log group already exists'),
  );
  const put = (...timestamps: number[]) =>
    account.call('logs:PutLogEvents', {
      ...place,
      logEvents: timestamps.map((after) => ({ timestamp: START + after, message: `at ${after}` })),
    });
  await assert.rejects(put(1), refusal('ResourceNotFoundException', 400, /log stream does not exist/));
  await account.call('logs:CreateLogStream', place);
  await assert.rejects(
    account.call('logs:CreateLogStream', place),
    refusal('ResourceAlreadyExistsException', 400, 'The specified log stream already exists'),
  );
  await put(5, 6);
  await put(1);
  await assert.rejects(put(2, 1), refusal('InvalidParameterException', 400, /chronological order/));
  await assert.rejects(
    put(),
    refusal(
      'InvalidParameterException',
      400,
      /'logEvents' failed to satisfy constraint: Member must have length greater/,
    ),
  );
  assert.deepEqual(texts(await account.call('logs:GetLogEvents', place)), ['at 1', 'at 5', 'at 6']);
  assert.deepEqual(
    texts(await account.call('logs:GetLogEvents', { ...place, startTime: START + 5, endTime: START + 6 })),
    ['at 5'],
  );
});

test('a stream is read forwards and backwards in pages', async (t) => {
  const account = openAccount(t);
  await written(account, ['a', 'b', 'c', 'd', 'e']);
  const place = { logGroupName: GROUP, logStreamName: STREAM, limit: 2 };
  const newest = await account.call('logs:GetLogEvents', place);
  assert.deepEqual(texts(newest), ['d', 'e']);
  const back = await account.call('logs:GetLogEvents', { ...place, nextToken: newest['nextBackwardToken'] });
  assert.deepEqual(texts(back), ['b', 'c']);
  const first = await account.call('logs:GetLogEvents', { ...place, startFromHead: true });
  assert.deepEqual(texts(first), ['a', 'b']);
  const end = await account.call('logs:GetLogEvents', { ...place, nextToken: newest['nextForwardToken'] });
  assert.deepEqual(texts(end), []);
  assert.equal(end['nextForwardToken'], newest['nextForwardToken']);
  await assert.rejects(
    account.call('logs:GetLogEvents', { ...place, nextToken: 'x/1' }),
    refusal('InvalidParameterException', 400),
  );
});

test('a group is searched by stream and by words', async (t) => {
  const account = openAccount(t);
  await written(account, ['error: disk full', 'debug error', 'all fine'], 'one');
  await written(account, ['Error: two words here'], 'two');
  const found = async (input: object) =>
    texts(await account.call('logs:FilterLogEvents', { logGroupName: GROUP, ...input }));
  assert.equal((await found({})).length, 4);
  assert.deepEqual(await found({ filterPattern: 'error -debug' }), ['error: disk full']);
  assert.deepEqual(await found({ filterPattern: '?fine ?Error' }), ['Error: two words here', 'all fine']);
  assert.deepEqual(await found({ filterPattern: '"two words"' }), ['Error: two words here']);
  assert.deepEqual(await found({ logStreamNames: ['two'] }), ['Error: two words here']);
  assert.deepEqual(await found({ logStreamNamePrefix: 'o', filterPattern: 'all' }), ['all fine']);
  const first = await account.call('logs:FilterLogEvents', { logGroupName: GROUP, limit: 3 });
  assert.deepEqual(await found({ limit: 3, nextToken: first['nextToken'] }), ['all fine']);
  await assert.rejects(
    found({ filterPattern: '%err[a-z]+%' }),
    refusal('InvalidParameterException', 400, /regular expressions are not supported/),
  );
});

test('a group that is deleted takes its streams and events along', async (t) => {
  const account = openAccount(t);
  await written(account, ['a']);
  await written(account, ['b']);
  await account.call('logs:DeleteLogGroup', { logGroupName: GROUP });
  await assert.rejects(
    account.call('logs:DescribeLogStreams', { logGroupName: GROUP }),
    refusal('ResourceNotFoundException', 400),
  );
  await written(account, ['c']);
  const events = await account.call('logs:GetLogEvents', { logGroupName: GROUP, logStreamName: STREAM });
  assert.deepEqual(texts(events), ['c']);
  const kept = await account.inTransaction((transaction) =>
    transaction.logEvents.find({ region: 'us-east-1', logGroup: GROUP, limit: 9 }),
  );
  assert.equal(kept.length, 1);
});

test('streams are listed by name or by their last event', async (t) => {
  const account = openAccount(t);
  await written(account, ['1', '2', '3'], 'a');
  await written(account, ['1'], 'b');
  const names = async (input: object) => {
    const answer = await account.call('logs:DescribeLogStreams', { logGroupIdentifier: GROUP, ...input });
    return (answer['logStreams'] as { logStreamName: string }[]).map((stream) => stream.logStreamName);
  };
  assert.deepEqual(await names({}), ['a', 'b']);
  assert.deepEqual(await names({ orderBy: 'LastEventTime' }), ['b', 'a']);
  assert.deepEqual(await names({ orderBy: 'LastEventTime', descending: true, limit: 1 }), ['a']);
  assert.deepEqual(await names({ logStreamNamePrefix: 'b' }), ['b']);
});
