import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountOperations } from '@riposte/account';
import { ACCOUNT, at, openAccount, type Account } from './support/account.ts';
import { trusting } from './support/policies.ts';

function operation(name: string) {
  const found = accountOperations.find((one) => `${one.service}:${one.name}` === name);
  assert.ok(found, name);
  return found;
}

function arnOf(account: Account, name: string, input: object): Promise<string> {
  return account.inTransaction((transaction) =>
    operation(name).resourceArn(account.context(), input as never, transaction),
  );
}

test('each operation is there once', () => {
  const names = accountOperations.map((one) => `${one.service}:${one.name}`);
  assert.equal(new Set(names).size, names.length);
});

test('operations are authorised against the resource with its path, also through a key of it', async (t) => {
  const account = openAccount(t);
  const alice = `arn:aws:iam::${ACCOUNT}:user/people/alice`;
  await account.call('iam:CreateUser', { UserName: 'alice', Path: '/people/' });
  const key = await account.call('iam:CreateAccessKey', { UserName: 'alice' });
  const AccessKeyId = at(key, 'AccessKey.AccessKeyId');
  assert.equal(await arnOf(account, 'iam:DeleteAccessKey', { UserName: 'alice', AccessKeyId }), alice);
  assert.equal(await arnOf(account, 'iam:GetAccessKeyLastUsed', { AccessKeyId }), alice);
  assert.equal(await arnOf(account, 'iam:GetAccessKeyLastUsed', { AccessKeyId: 'AKIAOTHER' }), '*');
  assert.equal(
    await arnOf(account, 'iam:PutUserPolicy', { UserName: 'bob' }),
    `arn:aws:iam::${ACCOUNT}:user/bob`,
  );
  assert.equal(
    await arnOf(account, 'sns:Unsubscribe', { SubscriptionArn: 'arn:aws:sns:us-east-1:1:T:uuid' }),
    'arn:aws:sns:us-east-1:1:T',
  );
  assert.equal(
    await arnOf(account, 'logs:PutLogEvents', { logGroupName: 'g', logStreamName: 's' }),
    `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:g:log-stream:s`,
  );
});

test('audit records name what was touched and show no secrets', async (t) => {
  const account = openAccount(t);
  await account.call('iam:CreateUser', { UserName: 'alice' });
  const key = await account.call('iam:CreateAccessKey', { UserName: 'alice' });
  const shown = operation('iam:CreateAccessKey').auditedOutput?.(key);
  assert.equal(at(shown, 'AccessKey.AccessKeyId'), at(key, 'AccessKey.AccessKeyId'));
  assert.doesNotMatch(JSON.stringify(shown), /Secret/);

  await account.call('iam:CreateRole', {
    RoleName: 'r',
    AssumeRolePolicyDocument: trusting({ AWS: ACCOUNT }),
  });
  const session = await account.call('sts:AssumeRole', {
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
    RoleSessionName: 'night',
  });
  const sessionShown = operation('sts:AssumeRole').auditedOutput?.(session);
  assert.equal(at(sessionShown, 'Credentials.AccessKeyId'), at(session, 'Credentials.AccessKeyId'));
  assert.doesNotMatch(JSON.stringify(sessionShown), /Secret|Token/);

  const touched = operation('iam:DeleteAccessKey').touched?.(account.context(), {
    UserName: 'alice',
    AccessKeyId: 'AKIA1',
  } as never);
  assert.deepEqual(touched, [
    { type: 'AWS::IAM::AccessKey', name: 'AKIA1' },
    { type: 'AWS::IAM::User', name: 'alice' },
  ]);
});
