import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessDeniedMessage, type Verdict } from '@riposte/policy';
import { ACCOUNT, ALICE, OTHER_ACCOUNT, ROOT, SESSION, decide, policy } from './support.ts';

const ALLOW_ALL = { Effect: 'Allow', Action: '*', Resource: '*' };
const allowAll = policy('everything', ALLOW_ALL);
const nothing = policy('nothing', { ...ALLOW_ALL, Action: 's3:None' });
const denyDelete = policy('no-delete', {
  Sid: 'NoDelete',
  Effect: 'Deny',
  Action: 'iam:DeleteAccessKey',
  Resource: '*',
});

function resourcePolicy(principal: unknown) {
  return [policy('on-resource', { ...ALLOW_ALL, Principal: principal })];
}

describe('deciding', () => {
  test('without a policy everything is denied implicitly', () => {
    const verdict = decide({ identity: [] });
    assert.deepEqual(verdict, {
      decision: 'ImplicitDeny',
      kind: 'identity-based',
      reason: 'No identity-based policy allows iam:DeleteAccessKey.',
    });
  });

  test('an allowing statement is named by policy and Sid', () => {
    const verdict = decide({ identity: [nothing, policy('ops', { ...ALLOW_ALL, Sid: 'All' })] });
    assert.deepEqual(verdict, {
      decision: 'Allow',
      kind: 'identity-based',
      policy: 'ops',
      statement: 'All',
      reason: 'Statement "All" of policy "ops" allows it (identity-based policy).',
    });
  });

  test('a statement without Sid is named by its place', () => {
    const statements = [{ ...ALLOW_ALL, Action: 's3:*' }, ALLOW_ALL];
    assert.equal(decide({ identity: [policy('p', ...statements)] }).statement, 1);
  });

  test('a deny wins over every allow, in whichever policy it stands', () => {
    const inEach: [Parameters<typeof decide>[0], Verdict['kind']][] = [
      [{ identity: [allowAll, denyDelete] }, 'identity-based'],
      [{ identity: [allowAll], boundary: denyDelete }, 'permissions boundary'],
      [{ identity: [allowAll], session: denyDelete }, 'session'],
      [
        {
          identity: [allowAll],
          resource: [policy('r', { ...ALLOW_ALL, Effect: 'Deny', Principal: '*' })],
        },
        'resource-based',
      ],
    ];
    for (const [policies, kind] of inEach) {
      const verdict = decide(policies);
      assert.equal(verdict.decision, 'ExplicitDeny');
      assert.equal(verdict.kind, kind);
    }
  });

  test('a boundary and a session policy must allow too', () => {
    assert.equal(decide({ identity: [allowAll], boundary: nothing }).kind, 'permissions boundary');
    assert.equal(decide({ identity: [allowAll], boundary: allowAll, session: nothing }).kind, 'session');
    assert.equal(decide({ identity: [allowAll], boundary: allowAll, session: allowAll }).decision, 'Allow');
    assert.equal(decide({ identity: [], boundary: allowAll, session: allowAll }).decision, 'ImplicitDeny');
  });

  test("the account's root needs no policy, and a deny on the resource still stops it", () => {
    assert.equal(decide({ identity: [denyDelete] }, { principal: ROOT }).decision, 'Allow');
    const resource = [policy('r', { ...ALLOW_ALL, Effect: 'Deny', Principal: '*' })];
    assert.equal(decide({ identity: [], resource }, { principal: ROOT }).decision, 'ExplicitDeny');
  });
});

describe('resource policies', () => {
  test('a user or session that is named needs nothing else, not even its boundary', () => {
    for (const principal of [ALICE, SESSION]) {
      const resource = resourcePolicy({ AWS: principal.arn });
      const verdict = decide({ identity: [], resource, boundary: nothing, session: nothing }, { principal });
      assert.equal(verdict.decision, 'Allow');
      assert.equal(verdict.kind, 'resource-based');
    }
  });

  test('of several statements the one that names the principal most closely counts', () => {
    const resource = [...resourcePolicy('*'), ...resourcePolicy({ AWS: ALICE.arn })];
    assert.equal(decide({ identity: [], resource, boundary: nothing }).decision, 'Allow');
  });

  test('a session answers for its role in aws:PrincipalArn', () => {
    const Condition = { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/Contain` } };
    const identity = [policy('p', { ...ALLOW_ALL, Condition })];
    assert.equal(decide({ identity }, { principal: SESSION }).decision, 'Allow');
    assert.equal(decide({ identity }).decision, 'ImplicitDeny');
  });

  test('a role that is named is held by boundary and session policy', () => {
    const resource = resourcePolicy({ AWS: `arn:aws:iam::${ACCOUNT}:role/path/Contain` });
    const ask = (more: object) => decide({ identity: [], resource, ...more }, { principal: SESSION });
    assert.equal(ask({}).decision, 'Allow');
    assert.equal(ask({ session: nothing }).kind, 'session');
    assert.equal(ask({ boundary: nothing }).kind, 'permissions boundary');
  });

  test('naming the account leaves the choice to its identity policies', () => {
    for (const AWS of [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`]) {
      const resource = resourcePolicy({ AWS });
      assert.equal(decide({ identity: [], resource }).decision, 'ImplicitDeny');
      assert.equal(decide({ identity: [allowAll], resource }).decision, 'Allow');
    }
  });

  test('everybody is everybody, and NotPrincipal leaves the named ones out', () => {
    assert.equal(decide({ identity: [], resource: resourcePolicy('*') }).decision, 'Allow');
    assert.equal(decide({ identity: [], resource: resourcePolicy({ AWS: '*' }) }).decision, 'Allow');
    const denyOthers = policy('r', { ...ALLOW_ALL, Effect: 'Deny', NotPrincipal: { AWS: ALICE.arn } });
    assert.equal(decide({ identity: [allowAll], resource: [denyOthers] }).decision, 'Allow');
    assert.equal(
      decide({ identity: [allowAll], resource: [denyOthers] }, { principal: SESSION }).decision,
      'ExplicitDeny',
    );
  });

  test('another account needs both sides', () => {
    const resource = `arn:aws:sns:us-east-1:${OTHER_ACCOUNT}:topic`;
    const mine = { identity: [allowAll] };
    const theirs = { resource: resourcePolicy({ AWS: ACCOUNT }) };
    assert.equal(decide({ ...mine }, { resource }).kind, 'resource-based');
    assert.equal(decide({ identity: [], ...theirs }, { resource }).kind, 'identity-based');
    assert.equal(decide({ ...mine, ...theirs }, { resource }).decision, 'Allow');
    assert.equal(decide({ identity: [], ...theirs }, { resource, principal: ROOT }).decision, 'Allow');
    assert.equal(decide({ identity: [] }, { resource, principal: ROOT }).kind, 'resource-based');
  });

  test('a service is bound by the resource policy alone, with its conditions', () => {
    const principal = {
      type: 'service',
      arn: 'events.amazonaws.com',
      service: 'events.amazonaws.com',
      account: ACCOUNT,
    } as const;
    const statement = {
      ...ALLOW_ALL,
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:111122223333:rule/risk' } },
    };
    const ask = (context: Record<string, string>) =>
      decide({ identity: [allowAll], resource: [policy('r', statement)] }, { principal, context });
    assert.equal(
      ask({ 'aws:SourceArn': 'arn:aws:events:us-east-1:111122223333:rule/risk' }).decision,
      'Allow',
    );
    assert.equal(
      ask({ 'aws:SourceArn': 'arn:aws:events:us-east-1:111122223333:rule/other' }).decision,
      'ImplicitDeny',
    );
    assert.equal(decide({ identity: [allowAll] }, { principal }).kind, 'resource-based');
  });
});

describe('AccessDenied text', () => {
  const call = { callerArn: ALICE.arn, action: 'iam:DeleteAccessKey', resource: 'arn:aws:iam::1:user/alice' };
  const start = `User: ${ALICE.arn} is not authorized to perform: iam:DeleteAccessKey on resource: arn:aws:iam::1:user/alice`;
  const rows: [Verdict['decision'], Verdict['kind'], string][] = [
    [
      'ImplicitDeny',
      'identity-based',
      'because no identity-based policy allows the iam:DeleteAccessKey action',
    ],
    [
      'ImplicitDeny',
      'resource-based',
      'because no resource-based policy allows the iam:DeleteAccessKey action',
    ],
    [
      'ImplicitDeny',
      'permissions boundary',
      'because no permissions boundary allows the iam:DeleteAccessKey action',
    ],
    ['ImplicitDeny', 'session', 'because no session policy allows the iam:DeleteAccessKey action'],
    ['ImplicitDeny', 'role trust', 'because no role trust policy allows the iam:DeleteAccessKey action'],
    ['ExplicitDeny', 'identity-based', 'with an explicit deny in an identity-based policy'],
    ['ExplicitDeny', 'resource-based', 'with an explicit deny in a resource-based policy'],
    ['ExplicitDeny', 'permissions boundary', 'with an explicit deny in a permissions boundary'],
    ['ExplicitDeny', 'session', 'with an explicit deny in a session policy'],
    ['ExplicitDeny', 'role trust', 'with an explicit deny in the role trust policy'],
  ];
  for (const [decision, kind, end] of rows)
    test(`${decision} by ${kind} says so in AWS's words`, () =>
      assert.equal(accessDeniedMessage({ decision, kind }, call), `${start} ${end}`));

  test('an Allow has no such text', () =>
    assert.throws(() => accessDeniedMessage({ decision: 'Allow', kind: 'session' }, call), RangeError));
});
