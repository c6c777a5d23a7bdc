import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MalformedPolicy, parsePolicy, type PolicyUse } from '@riposte/policy';

const STATEMENT = { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' };
const TRUST = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };

describe('reading a policy', () => {
  test('a single statement, single values and a missing version are read as lists and 2008-10-17', () => {
    const document = parsePolicy(JSON.stringify({ Statement: STATEMENT }));
    assert.equal(document.version, '2008-10-17');
    assert.deepEqual(document.statements, [
      {
        effect: 'Allow',
        action: { negated: false, value: ['iam:ListUsers'] },
        resource: { negated: false, value: ['*'] },
        conditions: [],
      },
    ]);
  });

  test('condition names are taken apart, numbers and booleans become text', () => {
    const Condition = {
      'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': ['a*', 1] },
      Bool: { 'aws:x': true },
    };
    const document = parsePolicy(JSON.stringify({ Statement: { ...STATEMENT, Condition } }));
    assert.deepEqual(document.statements[0]?.conditions, [
      { operator: 'StringLike', set: 'ForAnyValue', ifExists: true, key: 'aws:TagKeys', values: ['a*', '1'] },
      { operator: 'Bool', ifExists: false, key: 'aws:x', values: ['true'] },
    ]);
  });

  test('a trust policy is accepted as such', () => {
    const document = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: [TRUST] }), 'trust');
    assert.deepEqual(document.statements[0]?.principal?.value.services, ['lambda.amazonaws.com']);
  });
});

describe('refusing a policy', () => {
  const refusals: [string, unknown, RegExp, PolicyUse?][] = [
    ['text that is no JSON', '{"Version":', /not JSON/],
    ['a list for a document', [], /the document: must be an object/],
    ['no statement', { Version: '2012-10-17' }, /Statement is missing/],
    ['an empty list of statements', { Statement: [] }, /list is empty/],
    [
      'an unknown version',
      { Version: '2012-10-18', Statement: STATEMENT },
      /valid version string.*2012-10-18/,
    ],
    ['an unknown element', { Statement: STATEMENT, Statements: [] }, /unknown element "Statements"/],
    [
      'an unknown element of a statement',
      { Statement: { ...STATEMENT, Actions: [] } },
      /unknown element "Actions"/,
    ],
    [
      'an unknown effect',
      { Statement: { ...STATEMENT, Effect: 'allow' } },
      /Effect: must be "Allow" or "Deny"/,
    ],
    ['no effect', { Statement: { Action: '*', Resource: '*' } }, /and is missing/],
    ['no action', { Statement: { Effect: 'Allow', Resource: '*' } }, /must contain actions/],
    [
      'an action without a service',
      { Statement: { ...STATEMENT, Action: 'ListUsers' } },
      /prefaced by a vendor/,
    ],
    ['an empty list of actions', { Statement: { ...STATEMENT, Action: [] } }, /Action: the list is empty/],
    ['Action beside NotAction', { Statement: { ...STATEMENT, NotAction: 'iam:*' } }, /exclude each other/],
    ['a number for a resource', { Statement: { ...STATEMENT, Resource: 7 } }, /Resource: must be a string/],
    [
      'an unknown operator',
      { Statement: { ...STATEMENT, Condition: { StringIs: { a: 'b' } } } },
      /"StringIs"/,
    ],
    [
      'a name every object has',
      { Statement: { ...STATEMENT, Condition: { toString: { a: 'b' } } } },
      /"toString"/,
    ],
    [
      'Null with IfExists',
      { Statement: { ...STATEMENT, Condition: { NullIfExists: { a: 'true' } } } },
      /Null/,
    ],
    ['a principal without a type', { Statement: { ...STATEMENT, Principal: '123' } }, /needs a type/],
    [
      'an unknown principal type',
      { Statement: { ...STATEMENT, Principal: { Aws: '*' } } },
      /unknown type "Aws"/,
    ],
    [
      'a Sid twice',
      {
        Statement: [
          { ...STATEMENT, Sid: 'A' },
          { ...STATEMENT, Sid: 'A' },
        ],
      },
      /"A" stands twice/,
    ],
    [
      'an identity policy with a principal',
      { Statement: { ...STATEMENT, Principal: '*' } },
      /not specify a principal/,
      'identity',
    ],
    [
      'an identity policy without a resource',
      { Statement: { Effect: 'Allow', Action: '*' } },
      /must contain resources/,
      'identity',
    ],
    [
      'a resource that is no ARN',
      { Statement: { ...STATEMENT, Resource: 'bucket' } },
      /ARN format/,
      'identity',
    ],
    ['an odd Sid on an identity', { Statement: { ...STATEMENT, Sid: 'a b' } }, /alpha-numeric/, 'identity'],
    [
      'a trust policy with a resource',
      { Statement: { ...TRUST, Resource: '*' } },
      /prohibited field Resource/,
      'trust',
    ],
    [
      'a trust policy without a principal',
      { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole' } },
      /Missing required field Principal/,
      'trust',
    ],
  ];
  for (const [what, document, message, use] of refusals) {
    test(`${what} is refused with the reason`, () => {
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      assert.throws(
        () => parsePolicy(text, use),
        (error: unknown) => error instanceof MalformedPolicy && message.test(error.message),
      );
    });
  }
});
