import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordLastUsed } from '@riposte/account';
import { ACCOUNT, at, openAccount, refusal } from './support/account.ts';

test('a user is created, found, listed and deleted', async (t) => {
  const account = openAccount(t);
  const created = await account.call('iam:CreateUser', { UserName: 'alice', Path: '/people/' });
  assert.equal(at(created, 'User.Arn'), `arn:aws:iam::${ACCOUNT}:user/people/alice`);
  assert.match(String(at(created, 'User.UserId')), /^AIDA[A-Z2-7]{17}$/);
  assert.deepEqual(at(created, 'User.CreateDate'), new Date(account.now));
  assert.deepEqual(await account.call('iam:GetUser', { UserName: 'alice' }), created);
  assert.deepEqual(await account.call('iam:ListUsers'), { Users: [at(created, 'User')], IsTruncated: false });
  await account.call('iam:DeleteUser', { UserName: 'alice' });
  await assert.rejects(
    account.call('iam:GetUser', { UserName: 'alice' }),
    refusal('NoSuchEntity', 404, 'The user with name alice cannot be found.'),
  );
});

test('a name is taken whatever its upper and lower case', async (t) => {
  const account = openAccount(t);
  await account.call('iam:CreateUser', { UserName: 'alice' });
  await assert.rejects(
    account.call('iam:CreateUser', { UserName: 'Alice' }),
    refusal('EntityAlreadyExists', 409, 'User with name Alice already exists.'),
  );
});

test('names, paths and boundaries that IAM or this server does not take are refused', async (t) => {
  const account = openAccount(t);
  await assert.rejects(account.call('iam:CreateUser', { UserName: 'a/b' }), refusal('ValidationError', 400));
  await assert.rejects(
    account.call('iam:CreateUser', { UserName: 'a'.repeat(65) }),
    refusal('ValidationError', 400),
  );
  await assert.rejects(
    account.call('iam:CreateUser', { UserName: 'a', Path: 'people' }),
    refusal('ValidationError', 400),
  );
  await assert.rejects(
    account.call('iam:CreateUser', { UserName: 'a', PermissionsBoundary: 'arn:aws:iam::aws:policy/x' }),
    refusal('InvalidInput', 400, /PermissionsBoundary is not supported/),
  );
  assert.deepEqual(at(await account.call('iam:ListUsers'), 'Users'), []);
});

test('lists of users come in pages that hold on while users come and go', async (t) => {
  const account = openAccount(t);
  for (const UserName of ['ann', 'bea', 'cay', 'dot']) await account.call('iam:CreateUser', { UserName });
  const first = await account.call('iam:ListUsers', { MaxItems: 2 });
  assert.equal(first['IsTruncated'], true);
  await account.call('iam:DeleteUser', { UserName: 'bea' });
  const second = await account.call('iam:ListUsers', { MaxItems: 2, Marker: first['Marker'] });
  assert.deepEqual([at(second, 'Users.0.UserName'), at(second, 'Users.1.UserName')], ['cay', 'dot']);
  assert.equal(second['IsTruncated'], false);
  await assert.rejects(
    account.call('iam:ListUsers', { Marker: '%%' }),
    refusal('ValidationError', 400, /Invalid token/),
  );
});

test('a user has at most two access keys and cannot go before them', async (t) => {
  const account = openAccount(t);
  await account.call('iam:CreateUser', { UserName: 'alice' });
  const key = await account.call('iam:CreateAccessKey', { UserName: 'alice' });
  assert.match(String(at(key, 'AccessKey.AccessKeyId')), /^AKIA[A-Z2-7]{16}$/);
  assert.equal(String(at(key, 'AccessKey.SecretAccessKey')).length, 40);
  await account.call('iam:CreateAccessKey', { UserName: 'alice' });
  await assert.rejects(
    account.call('iam:CreateAccessKey', { UserName: 'alice' }),
    refusal('LimitExceeded', 409, 'Cannot exceed quota for AccessKeysPerUser: 2'),
  );
  await assert.rejects(
    account.call('iam:DeleteUser', { UserName: 'alice' }),
    refusal('DeleteConflict', 409, 'Cannot delete entity, must delete access keys first.'),
  );
});

test('a key is deactivated, deleted, and then cannot be found', async (t) => {
  const account = openAccount(t);
  await account.call('iam:CreateUser', { UserName: 'alice' });
  await account.call('iam:CreateUser', { UserName: 'bob' });
  const AccessKeyId = at(
    await account.call('iam:CreateAccessKey', { UserName: 'alice' }),
    'AccessKey.AccessKeyId',
  );
  await account.call('iam:UpdateAccessKey', { UserName: 'alice', AccessKeyId, Status: 'Inactive' });
  const keys = await account.call('iam:ListAccessKeys', { UserName: 'alice' });
  assert.equal(at(keys, 'AccessKeyMetadata.0.Status'), 'Inactive');
  const missing = refusal(
    'NoSuchEntity',
    404,
    `The Access Key with id ${String(AccessKeyId)} cannot be found.`,
  );
  await assert.rejects(account.call('iam:DeleteAccessKey', { UserName: 'bob', AccessKeyId }), missing);
  await assert.rejects(
    account.call('iam:UpdateAccessKey', { UserName: 'alice', AccessKeyId, Status: 'Expired' }),
    refusal('ValidationError', 400),
  );
  await account.call('iam:DeleteAccessKey', { UserName: 'alice', AccessKeyId });
  await assert.rejects(account.call('iam:DeleteAccessKey', { UserName: 'alice', AccessKeyId }), missing);
  assert.deepEqual(
    at(await account.call('iam:ListAccessKeys', { UserName: 'alice' }), 'AccessKeyMetadata'),
    [],
  );
});

test('the last use of a key is known, and keys that are not there are refused', async (t) => {
  const account = openAccount(t);
  await account.call('iam:CreateUser', { UserName: 'alice' });
  const AccessKeyId = String(
    at(await account.call('iam:CreateAccessKey', { UserName: 'alice' }), 'AccessKey.AccessKeyId'),
  );
  assert.deepEqual(await account.call('iam:GetAccessKeyLastUsed', { AccessKeyId }), {
    UserName: 'alice',
    AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
  });
  await account.inTransaction((transaction) => {
    recordLastUsed(transaction, AccessKeyId, { nowMs: account.now, service: 's3', region: 'eu-west-1' });
    recordLastUsed(transaction, 'test', { nowMs: account.now, service: 's3', region: 'eu-west-1' });
  });
  const used = await account.call('iam:GetAccessKeyLastUsed', { AccessKeyId });
  assert.deepEqual(used['AccessKeyLastUsed'], {
    LastUsedDate: new Date(account.now),
    ServiceName: 's3',
    Region: 'eu-west-1',
  });
  const lastUsed = async (laterMs: number) => {
    const nowMs = account.now + laterMs;
    await account.inTransaction((transaction) =>
      recordLastUsed(transaction, AccessKeyId, { nowMs, service: 'sns', region: 'eu-west-1' }),
    );
    const answer = await account.call('iam:GetAccessKeyLastUsed', { AccessKeyId });
    return at(answer, 'AccessKeyLastUsed.ServiceName');
  };
  assert.equal(await lastUsed(59_999), 's3', 'noted once a minute at most');
  assert.equal(await lastUsed(60_000), 'sns');
  await assert.rejects(
    account.call('iam:GetAccessKeyLastUsed', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }),
    refusal('AccessDenied', 403, /iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE/),
  );
});

test('without a name the calling user is meant, and only users can leave it out', async (t) => {
  const account = openAccount(t);
  const created = await account.call('iam:CreateUser', { UserName: 'alice' });
  const alice = {
    kind: 'user',
    account: ACCOUNT,
    arn: String(at(created, 'User.Arn')),
    userName: 'alice',
    userId: String(at(created, 'User.UserId')),
    accessKeyId: 'AKIA',
  } as const;
  assert.equal(
    at(await account.call('iam:CreateAccessKey', {}, { as: alice }), 'AccessKey.UserName'),
    'alice',
  );
  await assert.rejects(
    account.call('iam:CreateAccessKey'),
    refusal('ValidationError', 400, 'Must specify userName when calling with non-User credentials'),
  );
});
