import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluateTrust, parsePolicy, type TrustRequest, type Verdict } from '@riposte/policy';
import { ACCOUNT, ALICE, OTHER_ACCOUNT, SESSION } from './support.ts';

const alice = { kind: 'aws', arn: ALICE.arn, account: ACCOUNT } as const;
const session = { kind: 'aws', arn: SESSION.arn, account: ACCOUNT } as const;
const service = (name: string) => ({ kind: 'service', service: name }) as const;

function trust(
  statement: object,
  principal: TrustRequest['principal'],
  context: TrustRequest['context'] = {},
): Verdict {
  const whole = { Effect: 'Allow', Action: 'sts:AssumeRole', ...statement };
  const document = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: [whole] }), 'trust');
  return evaluateTrust(document, { action: 'sts:AssumeRole', principal, context });
}

describe('who may assume a role', () => {
  const rows: [unknown, TrustRequest['principal'], boolean][] = [
    [{ Service: 'states.amazonaws.com' }, service('states.amazonaws.com'), true],
    [{ Service: 'states.us-east-1.amazonaws.com' }, service('states.amazonaws.com'), true],
    [{ Service: 'states.amazonaws.com' }, service('states.eu-central-1.amazonaws.com'), true],
    [{ Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] }, service('states.amazonaws.com'), true],
    [{ Service: 'lambda.amazonaws.com' }, service('states.amazonaws.com'), false],
    [{ AWS: ACCOUNT }, service('states.amazonaws.com'), false],
    [{ AWS: '*' }, service('states.amazonaws.com'), false],
    [{ AWS: ALICE.arn }, alice, true],
    [{ AWS: `${ALICE.arn}2` }, alice, false],
    [{ AWS: ACCOUNT }, alice, true],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:root` }, alice, true],
    [{ AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` }, alice, false],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:role/Contain` }, session, true],
    [{ AWS: `arn:aws:iam::${ACCOUNT}:role/Other` }, session, false],
    [{ AWS: `arn:aws:iam::${OTHER_ACCOUNT}:role/Contain` }, session, false],
    [{ AWS: SESSION.arn }, session, true],
    [{ AWS: '*' }, alice, true],
    ['*', alice, true],
    [{ Federated: 'accounts.google.com' }, alice, false],
  ];
  for (const [Principal, principal, allowed] of rows)
    test(`${JSON.stringify(Principal)} ${allowed ? 'trusts' : 'does not trust'} ${JSON.stringify(principal)}`, () =>
      assert.equal(trust({ Principal }, principal).decision, allowed ? 'Allow' : 'ImplicitDeny'));

  test('an Allow by way of the account says that identity policies are needed too', () => {
    assert.equal(trust({ Principal: { AWS: ACCOUNT } }, alice).delegatedToAccount, true);
    assert.equal(trust({ Principal: { AWS: [ACCOUNT, ALICE.arn] } }, alice).delegatedToAccount, undefined);
  });

  test('a statement that names the caller counts before one that names the account', () => {
    const statement = (AWS: string) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS } });
    const Statement = [statement(ACCOUNT), statement(ALICE.arn)];
    const document = parsePolicy(JSON.stringify({ Statement }), 'trust');
    const verdict = evaluateTrust(document, { action: 'sts:AssumeRole', principal: alice, context: {} });
    assert.equal(verdict.statement, 1);
    assert.equal(verdict.delegatedToAccount, undefined);
  });

  test("an account's root is of the type Account", () => {
    const root = { kind: 'aws', arn: `arn:aws:iam::${ACCOUNT}:root`, account: ACCOUNT } as const;
    const Condition = { StringEquals: { 'aws:PrincipalType': 'Account' } };
    assert.equal(trust({ Principal: { AWS: ACCOUNT }, Condition }, root).decision, 'Allow');
    assert.equal(trust({ Principal: { AWS: ACCOUNT }, Condition }, alice).decision, 'ImplicitDeny');
  });

  test('a condition such as an external id must hold', () => {
    const statement = {
      Principal: { AWS: '*' },
      Condition: { StringEquals: { 'sts:ExternalId': 's3cret' } },
    };
    assert.equal(trust(statement, alice, { 'sts:ExternalId': 's3cret' }).decision, 'Allow');
    assert.equal(trust(statement, alice, { 'sts:ExternalId': 'guess' }).decision, 'ImplicitDeny');
    assert.equal(trust(statement, alice).decision, 'ImplicitDeny');
  });

  test('another action is not allowed by it, and a Deny is explicit', () => {
    assert.equal(trust({ Principal: '*', Action: 'sts:TagSession' }, alice).decision, 'ImplicitDeny');
    const denied = trust({ Principal: '*', Effect: 'Deny' }, alice);
    assert.equal(denied.decision, 'ExplicitDeny');
    assert.equal(denied.kind, 'role trust');
  });
});
