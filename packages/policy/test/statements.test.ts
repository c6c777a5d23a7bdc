import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluate, parsePolicy, type Verdict } from '@riposte/policy';
import { ACCOUNT, ask, decide, policy, request } from './support.ts';

type Decision = Verdict['decision'];
const KEY_ARN = `arn:aws:iam::${ACCOUNT}:user/ops/alice`;

describe('actions', () => {
  const rows: [object, string, Decision][] = [
    [{ Action: 'iam:DeleteAccessKey' }, 'iam:DeleteAccessKey', 'Allow'],
    [{ Action: 'IAM:deleteaccesskey' }, 'iam:DeleteAccessKey', 'Allow'],
    [{ Action: ['iam:List*', 'iam:Delete*Key'] }, 'iam:DeleteAccessKey', 'Allow'],
    [{ Action: 'iam:DeleteAccessKe?' }, 'iam:DeleteAccessKey', 'Allow'],
    [{ Action: 'iam:DeleteAccessKey?' }, 'iam:DeleteAccessKey', 'ImplicitDeny'],
    [{ Action: 'iam:Get*' }, 'iam:DeleteAccessKey', 'ImplicitDeny'],
    [{ Action: 's3:*' }, 'iam:DeleteAccessKey', 'ImplicitDeny'],
    [{ Action: undefined, NotAction: 'iam:*' }, 'iam:DeleteAccessKey', 'ImplicitDeny'],
    [{ Action: undefined, NotAction: 'iam:*' }, 's3:GetObject', 'Allow'],
    [{ Effect: 'Deny', Action: undefined, NotAction: 'iam:*' }, 's3:GetObject', 'ExplicitDeny'],
  ];
  for (const [statement, action, decision] of rows)
    test(`${JSON.stringify(statement)} on ${action} is ${decision}`, () =>
      assert.equal(ask(statement, { action }), decision));
});

describe('resources', () => {
  test('that nobody can tell are allowed by any that is named, and denied only by a Deny of all', () => {
    const unknown = { resource: undefined };
    assert.equal(ask({ Resource: 'arn:aws:s3:::one' }, unknown), 'Allow');
    assert.equal(ask({ Action: 's3:None' }, unknown), 'ImplicitDeny');
    const everything = policy('all', { Effect: 'Allow', Action: '*', Resource: '*' });
    const denied = (Resource: string) =>
      decide({ identity: [everything, policy('d', { Effect: 'Deny', Action: '*', Resource })] }, unknown)
        .decision;
    assert.deepEqual([denied('arn:aws:s3:::one'), denied('*')], ['Allow', 'ExplicitDeny']);
  });

  const rows: [object, string, Decision][] = [
    [{ Resource: '*' }, KEY_ARN, 'Allow'],
    [{ Resource: KEY_ARN }, KEY_ARN, 'Allow'],
    [{ Resource: KEY_ARN.toUpperCase().replace('ARN', 'arn') }, KEY_ARN, 'ImplicitDeny'],
    [{ Resource: `arn:aws:iam::${ACCOUNT}:user/*` }, KEY_ARN, 'Allow'],
    [{ Resource: `arn:aws:iam::*:user/ops/alic?` }, KEY_ARN, 'Allow'],
    // a pattern of fewer than six parts is one text; else a star stays in its part
    [{ Resource: 'arn:aws:sns:*:topic' }, 'arn:aws:sns:us-east-1:111122223333:topic', 'Allow'],
    [{ Resource: 'arn:aws:sns:*:*:topic' }, 'arn:aws:sns:us-east-1:1:other:topic', 'ImplicitDeny'],
    [{ Resource: 'arn:aws:logs:*:*:*' }, 'arn:aws:logs:us-east-1:1:log-group:a:b', 'Allow'],
    [{ Resource: 'arn:aws:iam::*' }, KEY_ARN, 'Allow'],
    [{ Resource: undefined, NotResource: KEY_ARN }, KEY_ARN, 'ImplicitDeny'],
    [{ Resource: undefined, NotResource: KEY_ARN }, `${KEY_ARN}2`, 'Allow'],
    // variables
    [{ Resource: `arn:aws:iam::${ACCOUNT}:user/ops/\${aws:username}` }, KEY_ARN, 'Allow'],
    [{ Resource: `arn:aws:iam::${ACCOUNT}:user/ops/\${aws:UserName}` }, `${KEY_ARN}2`, 'ImplicitDeny'],
    [{ Resource: '${aws:PrincipalArn}' }, KEY_ARN, 'Allow'],
    [{ Resource: 'arn:aws:s3:::b/${aws:PrincipalTag/team}' }, 'arn:aws:s3:::b/', 'ImplicitDeny'],
    [{ Resource: "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}" }, 'arn:aws:s3:::b/none', 'Allow'],
    [{ Resource: 'arn:aws:s3:::b/${*}' }, 'arn:aws:s3:::b/*', 'Allow'],
    [{ Resource: 'arn:aws:s3:::b/${*}' }, 'arn:aws:s3:::b/x', 'ImplicitDeny'],
    [{ Resource: undefined, NotResource: 'arn:aws:s3:::${no:value}' }, 'arn:aws:s3:::b', 'ImplicitDeny'],
    [
      { Effect: 'Deny', Resource: undefined, NotResource: 'arn:aws:s3:::${no:value}' },
      'arn:aws:s3:::b',
      'ExplicitDeny',
    ],
  ];
  for (const [statement, resource, decision] of rows)
    test(`${JSON.stringify(statement)} on ${resource} is ${decision}`, () =>
      assert.equal(ask(statement, { resource }), decision));

  test('a wildcard that comes in by a variable stands for itself', () => {
    const resource = 'arn:aws:s3:::b/secret';
    const context = { 'aws:PrincipalTag/team': '*' };
    assert.equal(
      ask({ Resource: 'arn:aws:s3:::b/${aws:PrincipalTag/team}' }, { resource, context }),
      'ImplicitDeny',
    );
  });

  test('a key of several values is no variable', () => {
    const context = { 'aws:TagKeys': ['secret'] };
    const Resource = 'arn:aws:s3:::b/${aws:TagKeys}';
    assert.equal(ask({ Resource }, { resource: 'arn:aws:s3:::b/secret', context }), 'ImplicitDeny');
  });

  test('version 2008-10-17 knows no variables', () => {
    const Statement = { Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::${aws:username}' };
    const document = parsePolicy(JSON.stringify({ Statement }));
    const on = (resource: string) =>
      evaluate(request({ resource }), { identity: [{ name: 'old', document }] }).decision;
    assert.equal(on('arn:aws:s3:::alice'), 'ImplicitDeny');
    assert.equal(on('arn:aws:s3:::${aws:username}'), 'Allow');
  });

  test('a pattern of many stars against a long name is decided without trying every split', () => {
    const Resource = `arn:aws:s3:::${'a*'.repeat(200)}b`;
    assert.equal(ask({ Resource }, { resource: `arn:aws:s3:::${'a'.repeat(5000)}` }), 'ImplicitDeny');
  });
});
