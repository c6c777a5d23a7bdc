import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSigningCredentials, isSimulated, policiesOf, roleSession, type Caller } from '@riposte/account';
import { ACCOUNT, administrator, at, openAccount, refusal, step, type Account } from './support/account.ts';
import { allow, deny, trusting } from './support/policies.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/Auditor`;
const MISSING = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/Missing`, RoleSessionName: 'night' };
const assume = { RoleArn: ROLE, RoleSessionName: 'night' };
const denied = refusal('AccessDenied', 403, /is not authorized to perform: sts:AssumeRole on resource: /);

type User = Extract<Caller, { kind: 'user' }>;

async function alice(account: Account): Promise<User> {
  await account.call('iam:CreateUser', { UserName: 'alice' });
  const key = await account.call('iam:CreateAccessKey', { UserName: 'alice' });
  const found = await account.inTransaction((transaction) =>
    findSigningCredentials(transaction, String(at(key, 'AccessKey.AccessKeyId'))),
  );
  assert.equal(found?.secretAccessKey, at(key, 'AccessKey.SecretAccessKey'));
  assert.equal(found?.caller.kind, 'user');
  return found.caller as User; // asserted in the line before
}

async function auditor(account: Account, principal: object, condition?: object): Promise<void> {
  await account.call('iam:CreateRole', {
    RoleName: 'Auditor',
    AssumeRolePolicyDocument: trusting(principal, condition),
  });
}

test('everybody learns who they are', async (t) => {
  const account = openAccount(t);
  const user = await alice(account);
  assert.deepEqual(await account.call('sts:GetCallerIdentity', {}, { as: user }), {
    UserId: user.userId,
    Account: ACCOUNT,
    Arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  });
  assert.equal((await account.call('sts:GetCallerIdentity'))['Arn'], `arn:aws:iam::${ACCOUNT}:root`);
});

test('a key id says its account, even when the key is gone or is another account’s', async (t) => {
  const account = openAccount(t);
  await account.call('iam:CreateUser', { UserName: 'alice' });
  const key = await account.call('iam:CreateAccessKey', { UserName: 'alice' });
  const AccessKeyId = String(at(key, 'AccessKey.AccessKeyId'));
  assert.deepEqual(await account.call('sts:GetAccessKeyInfo', { AccessKeyId }), { Account: ACCOUNT });
  await account.call('iam:DeleteAccessKey', { UserName: 'alice', AccessKeyId });
  assert.deepEqual(await account.call('sts:GetAccessKeyInfo', { AccessKeyId }), { Account: ACCOUNT });
  // the id of the article that explained them, with its account
  assert.deepEqual(await account.call('sts:GetAccessKeyInfo', { AccessKeyId: 'ASIAQNZGKIQY56JQ7WML' }), {
    Account: '029608264753',
  });
  await assert.rejects(
    account.call('sts:GetAccessKeyInfo', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }),
    refusal('ValidationError', 400),
  );
});

test('a session has the credentials, the role and the time that were asked for', async (t) => {
  const account = openAccount(t);
  const user = await alice(account);
  await auditor(account, { AWS: user.arn });
  const answer = await account.call(
    'sts:AssumeRole',
    { ...assume, DurationSeconds: 900, Policy: allow('iam:Get*') },
    { as: user },
  );
  assert.equal(at(answer, 'AssumedRoleUser.Arn'), `arn:aws:sts::${ACCOUNT}:assumed-role/Auditor/night`);
  assert.deepEqual(at(answer, 'Credentials.Expiration'), new Date(account.now + 900_000));
  await account.inTransaction((transaction) => {
    const found = findSigningCredentials(transaction, String(at(answer, 'Credentials.AccessKeyId')))!;
    assert.equal(found.secretAccessKey, at(answer, 'Credentials.SecretAccessKey'));
    assert.equal(found.sessionToken, at(answer, 'Credentials.SessionToken'));
    assert.equal(found.expiresAtMs, account.now + 900_000);
    assert.equal(found.active, true);
    assert.equal(policiesOf(transaction, found.caller).session?.name, 'session policy');
  });
});

test('a session ends with its role, also when a role of the same name comes after it', async (t) => {
  const account = openAccount(t);
  await auditor(account, { AWS: ACCOUNT });
  const answer = await account.call('sts:AssumeRole', assume);
  const id = String(at(answer, 'Credentials.AccessKeyId'));
  await account.call('iam:DeleteRole', { RoleName: 'Auditor' });
  await auditor(account, { AWS: ACCOUNT });
  await account.call('iam:PutRolePolicy', {
    RoleName: 'Auditor',
    PolicyName: 'p',
    PolicyDocument: allow('*'),
  });
  await account.inTransaction((transaction) => {
    const found = findSigningCredentials(transaction, id)!;
    assert.equal(found.active, false);
    assert.deepEqual(policiesOf(transaction, found.caller), { identity: [] });
  });
});

test('a role that trusts the account is assumed only by those whose own policies allow it', async (t) => {
  const account = openAccount(t);
  const user = await alice(account);
  await auditor(account, { AWS: `arn:aws:iam::${ACCOUNT}:root` });
  await assert.rejects(account.call('sts:AssumeRole', assume, { as: user }), denied);
  await account.call('iam:PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'p',
    PolicyDocument: allow('sts:AssumeRole', ROLE),
  });
  await account.call('sts:AssumeRole', assume, { as: user });
});

test('a role that trusts the user needs no policy of the user, yet an explicit deny holds', async (t) => {
  const account = openAccount(t);
  const user = await alice(account);
  await auditor(account, { AWS: `arn:aws:iam::${ACCOUNT}:user/alice` });
  await account.call('sts:AssumeRole', assume, { as: user });
  await account.call('iam:PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'p',
    PolicyDocument: deny('sts:AssumeRole'),
  });
  await assert.rejects(account.call('sts:AssumeRole', assume, { as: user }), denied);
});

test('strangers, missing roles and a wrong external id are refused alike', async (t) => {
  const account = openAccount(t);
  const user = await alice(account);
  await auditor(
    account,
    { AWS: `arn:aws:iam::${ACCOUNT}:user/alice` },
    { StringEquals: { 'sts:ExternalId': 'x' } },
  );
  await assert.rejects(account.call('sts:AssumeRole', assume), denied);
  await assert.rejects(account.call('sts:AssumeRole', MISSING), denied);
  await assert.rejects(account.call('sts:AssumeRole', assume, { as: user }), denied);
  await account.call('sts:AssumeRole', { ...assume, ExternalId: 'x' }, { as: user });
});

test('a rehearsal stays one in the roles that it goes on in', async (t) => {
  const account = openAccount(t);
  await auditor(account, { Service: 'lambda.amazonaws.com' });
  const session = await account.inTransaction((transaction) =>
    roleSession(transaction, account.context(), {
      roleArn: ROLE,
      sessionName: 'fn',
      servicePrincipal: 'lambda.amazonaws.com',
    }),
  );
  await account.call('iam:CreateRole', {
    RoleName: 'Second',
    AssumeRolePolicyDocument: trusting({ AWS: ROLE }),
  });
  const second = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/Second`, RoleSessionName: 'fn' };
  const isRehearsal = async (caller: Caller) => {
    const answer = await account.call('sts:AssumeRole', second, { as: caller });
    return account.inTransaction((transaction) =>
      isSimulated(findSigningCredentials(transaction, String(at(answer, 'Credentials.AccessKeyId')))!.caller),
    );
  };
  assert.equal(await isRehearsal({ ...session, simulated: true }), true);
  assert.equal(await isRehearsal(session), false);
});

test('a chained session keeps the step it works for and lasts an hour at most', async (t) => {
  const account = openAccount(t);
  await auditor(account, { Service: 'lambda.amazonaws.com' });
  const first = await account.inTransaction((transaction) =>
    roleSession(transaction, account.context(), {
      roleArn: ROLE,
      sessionName: 'fn',
      servicePrincipal: 'lambda.amazonaws.com',
      step,
    }),
  );
  await account.call('iam:CreateRole', {
    RoleName: 'Second',
    AssumeRolePolicyDocument: trusting({ AWS: ROLE }),
    MaxSessionDuration: 7200,
  });
  const second = { RoleArn: `arn:aws:iam::${ACCOUNT}:role/Second`, RoleSessionName: 'fn' };
  await assert.rejects(
    account.call('sts:AssumeRole', { ...second, DurationSeconds: 7200 }, { as: first }),
    refusal('ValidationError', 400, /1 hour session limit for roles assumed by role chaining/),
  );
  const answer = await account.call('sts:AssumeRole', second, { as: first });
  await account.inTransaction((transaction) => {
    const { caller } = findSigningCredentials(transaction, String(at(answer, 'Credentials.AccessKeyId')))!;
    assert.deepEqual(caller.kind === 'role-session' && caller.step, step);
  });
});

test('durations, names and members that would be ignored are refused', async (t) => {
  const account = openAccount(t);
  await auditor(account, { AWS: ACCOUNT });
  for (const wrong of [
    { DurationSeconds: 899 },
    { DurationSeconds: 7200 },
    { RoleSessionName: 'a b' },
    { Tags: [{ Key: 'a', Value: 'b' }] },
  ])
    await assert.rejects(
      account.call('sts:AssumeRole', { ...assume, ...wrong }),
      refusal('ValidationError', 400),
      JSON.stringify(wrong),
    );
});

test('a service gets a session only of a role that trusts it', async (t) => {
  const account = openAccount(t);
  await auditor(account, { Service: 'states.amazonaws.com' });
  const session = (roleArn: string, servicePrincipal: string) =>
    account.inTransaction((transaction) =>
      roleSession(transaction, account.context(), { roleArn, sessionName: 'run', servicePrincipal, step }),
    );
  const states = await session(ROLE, 'states.amazonaws.com');
  assert.equal(states.arn, `arn:aws:sts::${ACCOUNT}:assumed-role/Auditor/run`);
  assert.deepEqual(states.step, step);
  await assert.rejects(session(ROLE, 'lambda.amazonaws.com'), denied);
  await assert.rejects(session(MISSING.RoleArn, 'states.amazonaws.com'), refusal('NoSuchEntity', 404));
});

test('the policies of a role are its inline and its attached ones', async (t) => {
  const account = openAccount(t);
  await auditor(account, { Service: 'states.amazonaws.com' });
  await account.call('iam:PutRolePolicy', {
    RoleName: 'Auditor',
    PolicyName: 'Work',
    PolicyDocument: allow('s3:*'),
  });
  await account.call('iam:AttachRolePolicy', {
    RoleName: 'Auditor',
    PolicyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
  });
  await account.inTransaction((transaction) => {
    const caller = roleSession(transaction, account.context(), {
      roleArn: ROLE,
      sessionName: 'run',
      servicePrincipal: 'states.amazonaws.com',
    });
    const { identity } = policiesOf(transaction, caller);
    assert.deepEqual(
      identity.map((policy) => policy.name),
      ['Work', 'AWSLambdaBasicExecutionRole'],
    );
    assert.deepEqual(policiesOf(transaction, administrator), { identity: [] });
  });
});
