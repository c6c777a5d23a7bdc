import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EventEnvelope, sampleEvents, sampleNames } from '@riposte/events';
import { compilePattern, matches } from '@riposte/patterns';
import { ACCOUNT, inWorld, REGION, START_MS } from './world.ts';

function context(): Parameters<typeof sampleEvents>[1] {
  let uuids = 0;
  return {
    account: ACCOUNT,
    region: REGION,
    nowMs: START_MS,
    uuid: () => `${String((uuids += 1)).padStart(8, '0')}-0000-4000-8000-000000000000`,
  };
}

const EXPOSED = 'health/AWS_RISK_CREDENTIALS_EXPOSED';

function sampleEvent(name: string, request: Parameters<typeof sampleEvents>[1]): EventEnvelope {
  const [event, ...others] = sampleEvents(name, request);
  assert.deepEqual(others, []);
  return event ?? assert.fail('no event');
}

test('the catalogue holds what the issue of a founding story asks for', () => {
  const names = new Set(sampleNames().map(({ name }) => name));
  for (const name of [
    EXPOSED,
    'health/AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED',
    'health/AWS_RISK_CREDENTIALS_COMPROMISED',
    'health/AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED',
    'health/AWS_RISK_IAM_QUARANTINE',
    'health/AWS_RISK_ACCOUNT_CONSOLE_COMPROMISE',
    'health/AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED',
    'health/AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED',
    'health/AWS_EBS_VOLUME_LOST',
    'acm/CertificateApproachingExpiration',
    'guardduty/InstanceCredentialExfiltration.OutsideAWS',
    'signin/RootConsoleLogin',
    's3/PutBucketAcl',
    'trusted-advisor/ExposedAccessKeys',
  ])
    assert.ok(names.has(name), name);
  assert.equal(names.size, sampleNames().length, 'a name comes twice');
});

for (const { name, pattern } of sampleNames())
  test(`${name} is what a rule for it matches, and no other sample is`, () => {
    const compiled = compilePattern(JSON.stringify(pattern));
    for (const other of sampleNames())
      assert.equal(matches(compiled, sampleEvent(other.name, context())), other.name === name, other.name);
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

test('pages share everything but the page, its entities and the event id', () => {
  const request = { ...context(), communicationId: 'abc123', pages: 3 };
  const pages = sampleEvents('health/AWS_EBS_VOLUME_LOST', request);
  assert.deepEqual(
    pages.map(({ detail }) => [detail['communicationId'], detail['page'], detail['totalPages']]),
    [1, 2, 3].map((page) => [`abc123-${page}`, String(page), '3']),
  );
  const entities = pages.flatMap(({ resources }) => resources);
  assert.equal(new Set(entities).size, 6);
  assert.equal(new Set(pages.map(({ id }) => id)).size, 3);
  assert.equal(new Set(pages.map(({ detail }) => detail['eventArn'])).size, 1);
  const [second] = sampleEvents('health/AWS_EBS_VOLUME_LOST', { ...request, page: 2 });
  assert.deepEqual(second?.resources, pages[1]?.resources);
});

test('copies and repetitions are one notice also where nobody gave it an id', () => {
  const events = sampleEvents(EXPOSED, { ...context(), withBackup: true, times: 2 });
  assert.deepEqual(
    events.map(({ region, detail }) => [region, detail['backupEvent']]),
    [1, 2].flatMap(() => [
      ['us-east-1', 'false'],
      ['us-west-2', 'true'],
    ]),
  );
  assert.equal(new Set(events.map(({ detail }) => detail['communicationId'])).size, 1);
  assert.equal(new Set(events.map(({ id }) => id)).size, 4);
});

test('a change that is announced is upcoming, and closed in the end', () => {
  const name = 'health/AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED';
  const [open, closed] = [{}, { closed: true }].map((more) => sampleEvent(name, { ...context(), ...more }));
  assert.deepEqual([open?.detail['statusCode'], closed?.detail['statusCode']], ['upcoming', 'closed']);
  assert.equal(open?.detail['startTime'], 'Sat, 14 Feb 2026 12:00:00 GMT');
});

test('an unknown sample is refused with the names that are near', () => {
  for (const [asked, said] of [
    ['health/AWS_RISK_CREDENTIALS_EXPOSD', /Did you mean health\/AWS_RISK_CREDENTIALS_EXPOSED/],
    ['iam_quarantine', /Did you mean health\/AWS_RISK_IAM_QUARANTINE\?/],
    ['', /riposte simulate --list/],
    ['weather/rain', /riposte simulate --list/],
  ] as const)
    assert.throws(() => sampleEvent(asked, context()), said);
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
