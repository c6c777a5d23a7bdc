import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { containKey, type ContainmentRequest } from '../functions/contain-key/index.ts';
import { CONFIGURATION, answering, awsError } from './support/fake-aws.ts';
import { ACCOUNT, KEY, SECOND_KEY } from './support/events.ts';

type Status = 'Active' | 'Inactive';
const CONTEXT = { invokedFunctionArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:contain-key` };
const UNKNOWN_KEY = awsError(
  'AccessDenied',
  `User: arn:aws:sts::${ACCOUNT}:assumed-role/r/s is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key ${KEY}`,
);

/** An IAM user with keys; errors may stand in for answers. */
function account(
  keys: Record<string, Status>,
  faults: {
    owner?: string | Error;
    lastUsed?: Error | { UserName?: string };
    change?: Error;
    list?: Error;
    stale?: boolean;
  } = {},
) {
  const owner = faults.owner ?? ACCOUNT;
  const raise = (error: Error): never => {
    throw error;
  };
  const sts = answering(new STSClient(CONFIGURATION), {
    GetAccessKeyInfo: () => (owner instanceof Error ? raise(owner) : { Account: owner }),
  });
  const change = (apply: () => void) => {
    if (faults.change) throw faults.change;
    if (!faults.stale) apply();
    return {};
  };
  const iam = answering(new IAMClient(CONFIGURATION), {
    GetAccessKeyLastUsed: () =>
      faults.lastUsed instanceof Error
        ? raise(faults.lastUsed)
        : {
            UserName: 'alice',
            AccessKeyLastUsed: { LastUsedDate: new Date(0), ServiceName: 's3', Region: 'eu-west-1' },
            ...faults.lastUsed,
          },
    ListAccessKeys: () =>
      faults.list
        ? raise(faults.list)
        : {
            AccessKeyMetadata: Object.entries(keys).map(([AccessKeyId, Status]) => ({
              AccessKeyId,
              Status,
              CreateDate: new Date(1000),
            })),
          },
    UpdateAccessKey: () =>
      change(() => {
        keys[KEY] = 'Inactive';
      }),
    DeleteAccessKey: () => change(() => delete keys[KEY]),
  });
  const run = (containment: ContainmentRequest['containment'], more: Partial<ContainmentRequest> = {}) =>
    containKey({ iam: iam.client, sts: sts.client })(
      { accessKeyId: KEY, containment, incident: { account: ACCOUNT, reportedUser: '' }, ...more },
      CONTEXT,
    );
  const changes = () => iam.calls.filter(({ operation }) => /^(Update|Delete)/.test(operation));
  return { run, changes, keys };
}

describe('contain-key', () => {
  test('deletes the key of the user whom IAM names, and that key only', async () => {
    const { run, changes, keys } = account({ [KEY]: 'Active', [SECOND_KEY]: 'Active' });
    assert.deepEqual(await run('Delete'), {
      outcome: 'deleted',
      accessKeyId: KEY,
      account: ACCOUNT,
      userName: 'alice',
      lastUsed: { date: '1970-01-01T00:00:00.000Z', service: 's3', region: 'eu-west-1' },
      created: '1970-01-01T00:00:01.000Z',
      otherActiveKeys: 1,
    });
    assert.deepEqual(keys, { [SECOND_KEY]: 'Active' });
    assert.deepEqual(changes(), [
      { operation: 'DeleteAccessKey', input: { UserName: 'alice', AccessKeyId: KEY } },
    ]);
  });

  const rows: [ContainmentRequest['containment'], Record<string, Status>, string, number][] = [
    ['Delete', { [KEY]: 'Inactive' }, 'deleted', 1],
    ['Delete', {}, 'already-removed', 0],
    ['Deactivate', { [KEY]: 'Active' }, 'deactivated', 1],
    ['Deactivate', { [KEY]: 'Inactive' }, 'already-inactive', 0],
    ['Deactivate', {}, 'already-removed', 0],
    ['DeleteIfInactive', { [KEY]: 'Inactive' }, 'deleted', 1],
    ['DeleteIfInactive', { [KEY]: 'Active' }, 'left-active', 0],
    ['DeleteIfInactive', {}, 'already-removed', 0],
  ];
  for (const [containment, keys, outcome, changed] of rows) {
    test(`${containment} of a key that is ${keys[KEY] ?? 'gone'}: ${outcome}`, async () => {
      const { run, changes } = account(keys);
      assert.equal((await run(containment)).outcome, outcome);
      assert.equal(changes().length, changed);
    });
  }

  test('a key that somebody else deletes at the same moment is already removed', async () => {
    const { run } = account({ [KEY]: 'Active' }, { change: awsError('NoSuchEntityException') });
    assert.equal((await run('Delete')).outcome, 'already-removed');
  });

  test('a user who is gone has no keys, and any other refusal to list them is an error', async () => {
    const gone = account({}, { list: awsError('NoSuchEntityException') });
    assert.equal((await gone.run('Delete')).outcome, 'already-removed');
    const denied = account({ [KEY]: 'Active' }, { list: awsError('AccessDenied') });
    await assert.rejects(denied.run('Delete'), { name: 'AccessDenied' });
  });

  test('a key of this account that IAM does not know is already removed', async () => {
    for (const lastUsed of [UNKNOWN_KEY, awsError('NoSuchEntityException')])
      assert.equal((await account({}, { lastUsed }).run('Delete')).outcome, 'already-removed');
  });

  test('a key that neither STS nor IAM knows is not taken for removed', async () => {
    const { run } = account({}, { lastUsed: UNKNOWN_KEY, owner: awsError('ValidationError') });
    const result = await run('Delete');
    assert.equal(result.outcome === 'not-contained' && result.reason, 'unknown');
  });

  test("a key that nobody knows is not taken for removed because the event's user does not have it", async () => {
    const more = { incident: { account: ACCOUNT, reportedUser: 'alice' } };
    const stranger = { lastUsed: UNKNOWN_KEY, owner: awsError('ValidationError') };
    const result = await account({ [SECOND_KEY]: 'Active' }, stranger).run('Delete', more);
    assert.equal(result.outcome === 'not-contained' && result.reason, 'unknown');
    assert.equal((await account({ [KEY]: 'Active' }, stranger).run('Delete', more)).outcome, 'deleted');
    const ours = account({}, { lastUsed: UNKNOWN_KEY });
    assert.equal((await ours.run('Delete', more)).outcome, 'already-removed');
  });

  test('a refusal by policy is an error and not a removed key', async () => {
    const denied = awsError(
      'AccessDenied',
      `${UNKNOWN_KEY.message} because no identity-based policy allows it`,
    );
    await assert.rejects(account({ [KEY]: 'Active' }, { lastUsed: denied }).run('Delete'), {
      name: 'AccessDenied',
    });
    const change = awsError('AccessDenied', 'with an explicit deny in an identity-based policy');
    await assert.rejects(account({ [KEY]: 'Active' }, { change }).run('Delete'), { name: 'AccessDenied' });
  });

  test("when IAM does not name the user, the event's user is asked for his keys", async () => {
    const incident = { account: ACCOUNT, reportedUser: 'alice' };
    const { run, keys } = account({ [KEY]: 'Active' }, { lastUsed: UNKNOWN_KEY });
    assert.equal((await run('Delete', { incident })).outcome, 'deleted');
    assert.deepEqual(keys, {});
  });

  const untouched: [string, string, Parameters<typeof account>[1], Partial<ContainmentRequest>][] = [
    ['a key of another account', 'foreign', { owner: '999988887777' }, {}],
    [
      'an event of another account whose key STS does not know',
      'foreign',
      { owner: awsError('ValidationError') },
      { incident: { account: '999988887777', reportedUser: '' } },
    ],
    ['a key without a user', 'root', { lastUsed: { UserName: '' } }, {}],
    ["a key whose user is the account's root", 'root', { lastUsed: { UserName: '<root_account>' } }, {}],
    ['a key whose user is the account itself', 'root', { lastUsed: { UserName: ACCOUNT } }, {}],
    ['a temporary key', 'temporary', {}, { accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }],
  ];
  for (const [what, reason, faults, more] of untouched) {
    test(`${what} is left alone: ${reason}`, async () => {
      const { run, changes } = account({ [KEY]: 'Active' }, faults);
      const result = await run('Delete', more);
      assert.equal(result.outcome === 'not-contained' && result.reason, reason);
      assert.deepEqual(changes(), []);
    });
  }

  test('a change that IAM does not show is an error that is worth a retry', async () => {
    const { run } = account({ [KEY]: 'Active' }, { stale: true });
    await assert.rejects(run('Deactivate'), { name: 'ContainmentNotVerified' });
  });
});
