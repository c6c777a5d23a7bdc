import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleEvent, sampleNames } from '@riposte/events';
import { ACCOUNT, inWorld, REGION, START_MS } from './world.ts';

function context(): Parameters<typeof sampleEvent>[1] {
  let uuids = 0;
  return {
    account: ACCOUNT,
    region: REGION,
    nowMs: START_MS,
    uuid: () => `${String((uuids += 1)).padStart(8, '0')}-0000-4000-8000-000000000000`,
  };
}

const EXPOSED = 'health/AWS_RISK_CREDENTIALS_EXPOSED';

test('the catalogue holds the five codes for credentials at risk', () => {
  assert.deepEqual(
    sampleNames().map(({ name }) => name),
    [
      EXPOSED,
      'health/AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED',
      'health/AWS_RISK_CREDENTIALS_COMPROMISED',
      'health/AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED',
      'health/AWS_RISK_IAM_QUARANTINE',
    ],
  );
});

test('an exposed key is told in the envelope that AWS Health sends today', () => {
  const event = sampleEvent(EXPOSED, {
    ...context(),
    accessKeyIds: ['AKIAONE0000000000001', 'AKIATWO0000000000002'],
    userName: 'deploy',
    communicationId: 'abc123',
  });
  assert.equal(event.source, 'aws.health');
  assert.equal(event['detail-type'], 'AWS Health Event');
  assert.deepEqual(event.resources, ['AKIAONE0000000000001', 'AKIATWO0000000000002']);
  const { eventDescription: _text, ...detail } = event.detail;
  assert.deepEqual(detail, {
    eventArn:
      'arn:aws:health:us-east-1::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/AWS_RISK_CREDENTIALS_EXPOSED_abc123',
    service: 'RISK',
    eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
    eventTypeCategory: 'issue',
    eventScopeCode: 'ACCOUNT_SPECIFIC',
    communicationId: 'abc123-1',
    startTime: 'Sat, 31 Jan 2026 12:00:00 GMT',
    endTime: 'Sat, 14 Feb 2026 12:00:00 GMT',
    lastUpdatedTime: 'Sat, 31 Jan 2026 12:00:00 GMT',
    statusCode: 'open',
    eventRegion: 'us-east-1',
    eventMetadata: {
      publicKey: 'AKIAONE0000000000001',
      userName: 'deploy',
      accountId: ACCOUNT,
      exposedUrl: 'https://example.com/a-public-repository/settings.env',
      notifcationdateplusfour: 'Wed, 04 Feb 2026 12:00:00 GMT',
      truncated: 'false',
    },
    affectedEntities: [
      { entityValue: 'AKIAONE0000000000001', lastUpdatedTime: 'Sat, 31 Jan 2026 12:00:00 GMT' },
      { entityValue: 'AKIATWO0000000000002', lastUpdatedTime: 'Sat, 31 Jan 2026 12:00:00 GMT' },
    ],
    page: '1',
    totalPages: '1',
    backupEvent: 'false',
    affectedAccount: ACCOUNT,
    actionability: 'ACTION_REQUIRED',
    personas: ['SECURITY', 'OPERATIONS'],
  });
});

test('the backup copy is another event of the same notice, in the other region', () => {
  const given = { ...context(), communicationId: 'abc123-1' };
  const original = sampleEvent(EXPOSED, given);
  const copy = sampleEvent(EXPOSED, { ...given, backup: true });
  assert.notEqual(copy.id, original.id);
  assert.equal(copy.region, 'us-west-2');
  assert.equal(copy.detail['backupEvent'], 'true');
  assert.equal(copy.detail['communicationId'], original.detail['communicationId']);
  assert.equal(copy.detail['eventArn'], original.detail['eventArn']);
});

test('a quarantine names the user and no key', () => {
  const event = sampleEvent('health/AWS_RISK_IAM_QUARANTINE', { ...context(), userName: 'deploy' });
  assert.deepEqual(event.resources, [`arn:aws:iam::${ACCOUNT}:user/deploy`]);
});

test('an unknown sample is refused with the names there are', () => {
  assert.throws(
    () => sampleEvent('health/NOTHING', context()),
    /There are: health\/AWS_RISK_CREDENTIALS_EXPOSED,/,
  );
});

test(
  'every sample can be injected as it is',
  inWorld(async (world) => {
    for (const { name } of sampleNames()) {
      const event = sampleEvent(name, context());
      const { eventId } = await world.service.injectEvent(REGION, event, { simulated: true });
      const stored = await world.service.describeEvent(eventId);
      assert.deepEqual(stored?.event, event);
      assert.equal(stored?.simulated, true);
    }
  }),
);
