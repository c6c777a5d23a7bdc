import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, at, openAccount, refusal } from './support/account.ts';
import { allow, trusting } from './support/policies.ts';

const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

test('a role is created with its trust policy, changed, listed and deleted', async (t) => {
  const account = openAccount(t);
  const created = await account.call('iam:CreateRole', {
    RoleName: 'Responder',
    AssumeRolePolicyDocument: trusting({ Service: 'lambda.amazonaws.com' }),
    Description: 'answers',
  });
  assert.equal(at(created, 'Role.Arn'), `arn:aws:iam::${ACCOUNT}:role/Responder`);
  assert.match(String(at(created, 'Role.RoleId')), /^AROA[A-Z2-7]{17}$/);
  assert.equal(at(created, 'Role.MaxSessionDuration'), 3600);
  const changed = trusting({ Service: 'states.amazonaws.com' });
  await account.call('iam:UpdateAssumeRolePolicy', { RoleName: 'Responder', PolicyDocument: changed });
  const encoded = String(
    at(await account.call('iam:GetRole', { RoleName: 'Responder' }), 'Role.AssumeRolePolicyDocument'),
  );
  assert.equal(decodeURIComponent(encoded), changed);
  assert.doesNotMatch(encoded, /[{"* ]/);
  assert.equal(at(await account.call('iam:ListRoles'), 'Roles.0.RoleName'), 'Responder');
  await account.call('iam:DeleteRole', { RoleName: 'Responder' });
  await assert.rejects(
    account.call('iam:GetRole', { RoleName: 'Responder' }),
    refusal('NoSuchEntity', 404, 'The role with name Responder cannot be found.'),
  );
});

test('a trust policy that is none is refused', async (t) => {
  const account = openAccount(t);
  await assert.rejects(
    account.call('iam:CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: '{"Version":' }),
    refusal('MalformedPolicyDocument', 400),
  );
  await assert.rejects(
    account.call('iam:CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: allow('s3:*') }),
    refusal('MalformedPolicyDocument', 400),
  );
});

for (const [label, member] of [
  ['User', 'UserName'],
  ['Role', 'RoleName'],
] as const) {
  test(`an inline policy of a ${label.toLowerCase()} is put, replaced, read, listed and deleted`, async (t) => {
    const account = openAccount(t);
    const owner = { [member]: 'it' };
    await account.call(`iam:Create${label}`, {
      ...owner,
      AssumeRolePolicyDocument: trusting({ Service: 'lambda.amazonaws.com' }),
    });
    const policy = { ...owner, PolicyName: 'Work' };
    await account.call(`iam:Put${label}Policy`, { ...policy, PolicyDocument: allow('s3:GetObject') });
    await account.call(`iam:Put${label}Policy`, { ...policy, PolicyDocument: allow('sns:Publish') });
    const kept = await account.call(`iam:Get${label}Policy`, policy);
    assert.equal(decodeURIComponent(String(kept['PolicyDocument'])), allow('sns:Publish'));
    assert.deepEqual(await account.call(`iam:List${label}Policies`, owner), {
      PolicyNames: ['Work'],
      IsTruncated: false,
    });
    await assert.rejects(
      account.call(`iam:Put${label}Policy`, { ...policy, PolicyDocument: '{}' }),
      refusal('MalformedPolicyDocument', 400),
    );
    await assert.rejects(
      account.call(`iam:Delete${label}`, owner),
      refusal('DeleteConflict', 409, 'Cannot delete entity, must delete policies first.'),
    );
    await account.call(`iam:Delete${label}Policy`, policy);
    await assert.rejects(
      account.call(`iam:Delete${label}Policy`, policy),
      refusal('NoSuchEntity', 404, `The ${label.toLowerCase()} policy with name Work cannot be found.`),
    );
    await account.call(`iam:Delete${label}`, owner);
  });
}

test('a known managed policy is attached and detached, an unknown one refused', async (t) => {
  const account = openAccount(t);
  await account.call('iam:CreateRole', {
    RoleName: 'r',
    AssumeRolePolicyDocument: trusting({ Service: 'lambda.amazonaws.com' }),
  });
  await account.call('iam:AttachRolePolicy', { RoleName: 'r', PolicyArn: BASIC });
  await account.call('iam:AttachRolePolicy', { RoleName: 'r', PolicyArn: BASIC });
  assert.deepEqual(await account.call('iam:ListAttachedRolePolicies', { RoleName: 'r' }), {
    AttachedPolicies: [{ PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: BASIC }],
    IsTruncated: false,
  });
  await assert.rejects(
    account.call('iam:DeleteRole', { RoleName: 'r' }),
    refusal('DeleteConflict', 409, 'Cannot delete entity, must detach all policies first.'),
  );
  await assert.rejects(
    account.call('iam:AttachRolePolicy', {
      RoleName: 'r',
      PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    }),
    refusal('NoSuchEntity', 404, /does not exist or is not attachable/),
  );
  await account.call('iam:DetachRolePolicy', { RoleName: 'r', PolicyArn: BASIC });
  await assert.rejects(
    account.call('iam:DetachRolePolicy', { RoleName: 'r', PolicyArn: BASIC }),
    refusal('NoSuchEntity', 404, `Policy ${BASIC} was not found.`),
  );
});
