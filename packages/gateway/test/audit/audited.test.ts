import assert from 'node:assert/strict';
import test from 'node:test';
import { audited } from '../../src/audit/audited.ts';
import { userIdentityOf } from '../../src/audit/user-identity.ts';

test('an audited request has CloudTrail’s member names, and neither blobs nor secrets', () => {
  const request = {
    UserName: 'alice',
    When: new Date(0),
    List: [{ TaskToken: 't', Inner: 1 }],
    Absent: undefined,
    ZipFile: new Uint8Array(3),
    SecretAccessKey: 's',
    Environment: { Variables: { KEY: 'v' } },
    NextToken: 'n',
  };
  assert.deepEqual(audited(request), {
    userName: 'alice',
    when: '1970-01-01T00:00:00.000Z',
    list: [{ taskToken: 'HIDDEN_DUE_TO_SECURITY_REASONS', inner: 1 }],
    secretAccessKey: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    environment: { variables: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    nextToken: 'n',
  });
});

test('a long text is cut, and says how long it was', () => {
  const { message } = audited({ Message: 'x'.repeat(5_000) }) as { message: string };
  assert.ok(message.length < 2_100);
  assert.match(message, /x… \(5000 characters\)$/);
});

test('a service that acts by itself is named as the one who called', () => {
  const identity = userIdentityOf({
    kind: 'service',
    account: '000000000000',
    service: 'events.amazonaws.com',
  });
  assert.deepEqual(identity, { type: 'AWSService', invokedBy: 'events.amazonaws.com' });
});
