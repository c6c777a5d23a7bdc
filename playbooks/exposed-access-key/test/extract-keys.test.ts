import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { handler } from '../functions/extract-keys/index.ts';
import { ACCOUNT, KEY, SECOND_KEY, sampleEvent } from './support/events.ts';

const SETTINGS = { CONTAINMENT: 'Delete', SUSPECTED_CONTAINMENT: 'Deactivate', DELETE_AFTER_SECONDS: '3600' };

describe('extract-keys', () => {
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, SETTINGS));
  afterEach(() => {
    process.env = { ...before };
  });

  const rows: [sample: string, keys: [string, string][]][] = [
    ['exposed-one-key', [[KEY, 'Delete']]],
    [
      'exposed-two-keys',
      [
        [KEY, 'Delete'],
        [SECOND_KEY, 'Delete'],
      ],
    ],
    ['exposure-suspected', [[KEY, 'Deactivate']]],
    ['compromised', [[KEY, 'Delete']]],
    ['quarantine-key', [[KEY, 'Delete']]],
    ['quarantine-user', []],
    ['no-key', []],
    ['old-format', [[KEY, 'Delete']]],
    ['backup-copy', [[KEY, 'Delete']]],
  ];
  for (const [sample, keys] of rows) {
    test(`${sample}.json: ${keys.length === 0 ? 'no key' : keys.map(([, how]) => how).join(' and ')}`, async () => {
      const plan = await handler({ event: sampleEvent(sample) });
      assert.deepEqual(
        plan.keys.map(({ accessKeyId, containment }) => [accessKeyId, containment]),
        keys,
      );
      assert.equal(plan.incident.account, ACCOUNT);
    });
  }

  test('a quarantine keeps the users it names for the notice', async () => {
    const { otherEntities } = await handler({ event: sampleEvent('quarantine-user') });
    assert.deepEqual(otherEntities, ['alice', `arn:aws:iam::${ACCOUNT}:user/ops/bob`]);
  });

  test('a key inside a longer entity is found, but not in a quarantine', async () => {
    const event = sampleEvent('exposed-one-key');
    event.detail.affectedEntities = [{ entityValue: `IAM_USER/user/${KEY}` }];
    event.detail.eventMetadata = {};
    event.resources = [];
    assert.equal((await handler({ event })).keys[0]?.accessKeyId, KEY);
    event.detail.eventTypeCode = 'AWS_RISK_IAM_QUARANTINE';
    assert.deepEqual((await handler({ event })).keys, []);
  });

  test('without entities the metadata counts, then the resources; a key named twice is one key', async () => {
    const event = sampleEvent('exposed-one-key');
    delete event.detail.affectedEntities;
    assert.equal((await handler({ event })).keys[0]?.accessKeyId, KEY);
    delete event.detail.eventMetadata;
    event.resources = [SECOND_KEY, SECOND_KEY];
    assert.deepEqual(
      (await handler({ event })).keys.map((key) => key.accessKeyId),
      [SECOND_KEY],
    );
  });

  test('no more than 20 keys are handled at a time; the others are left over by name', async () => {
    const event = sampleEvent('exposed-one-key');
    const ids = Array.from({ length: 300 }, (_, index) => `AKIA${String(index).padStart(16, '0')}`);
    event.detail.affectedEntities = ids.map((entityValue) => ({ entityValue }));
    const { keys, leftOver } = await handler({ event });
    assert.deepEqual(
      keys.map((key) => key.accessKeyId),
      ids.slice(0, 20),
    );
    assert.equal(leftOver.count, 280);
    assert.deepEqual(leftOver.accessKeyIds, ids.slice(20, 220));
    assert.equal((await handler({ event: sampleEvent('exposed-two-keys') })).leftOver.count, 0);
  });

  test('letters around an id make it no id, and a long description is cut', async () => {
    const event = sampleEvent('no-key');
    event.detail.affectedEntities = [{ entityValue: `x${KEY}` }, { entityValue: `${KEY}y` }];
    event.detail.eventDescription = [{ language: 'de', latestDescription: 'x'.repeat(5000) }];
    const { keys, incident } = await handler({ event });
    assert.deepEqual(keys, []);
    assert.equal(incident.description.length, 1500);
  });

  test('DeactivateThenDelete deactivates first and says how long to wait', async () => {
    process.env.CONTAINMENT = 'DeactivateThenDelete';
    const plan = await handler({ event: sampleEvent('exposed-one-key') });
    assert.deepEqual(plan.keys, [{ accessKeyId: KEY, containment: 'Deactivate', deleteAfterSeconds: 3600 }]);
    assert.equal(plan.deleteLater, true);
    assert.equal(plan.deleteAfterSeconds, 3600);
  });

  test('what is missing or of another type counts as empty', async () => {
    for (const event of [
      null,
      'text',
      {},
      { detail: null },
      { detail: { affectedEntities: 'AKIA', eventDescription: 7 } },
    ])
      assert.deepEqual((await handler({ event })).keys, []);
  });

  test('a setting that is none is an error with a name', async () => {
    process.env.CONTAINMENT = 'Destroy';
    await assert.rejects(handler({ event: {} }), {
      name: 'InvalidConfiguration',
      message: /CONTAINMENT is Destroy/,
    });
  });
});
