import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloudTrailClient, type Event } from '@aws-sdk/client-cloudtrail';
import { lookupActivity } from '../functions/lookup-activity/index.ts';
import { CONFIGURATION, answering, awsError } from './support/fake-aws.ts';
import { KEY } from './support/events.ts';

const NOW = new Date('2026-11-23T03:00:00Z');

function call(
  EventName: string,
  more: { errorCode?: string; from?: string; resources?: string[]; minute?: number } = {},
): Event {
  return {
    EventName,
    EventTime: new Date(NOW.getTime() - (more.minute ?? 1) * 60_000),
    Resources: (more.resources ?? []).map((ResourceName) => ({
      ResourceName,
      ResourceType: 'AWS::IAM::User',
    })),
    CloudTrailEvent: JSON.stringify({
      errorCode: more.errorCode,
      sourceIPAddress: more.from ?? '198.51.100.7',
    }),
  };
}

/** A trail of pages; a page may be an error. */
function trail(...pages: (Event[] | Error)[]) {
  const { client, calls } = answering(new CloudTrailClient(CONFIGURATION), {
    LookupEvents: ({ NextToken }) => {
      const index = NextToken === undefined ? 0 : Number(NextToken);
      const page = pages[index];
      if (page instanceof Error) throw page;
      return { Events: page, ...(index + 1 < pages.length ? { NextToken: String(index + 1) } : {}) };
    },
  });
  return { calls, look: () => lookupActivity(client, () => NOW)({ accessKeyId: KEY }) };
}

describe('lookup-activity', () => {
  test('asks by key id for the last 24 hours and follows all pages', async () => {
    const { look, calls } = trail([call('GetCallerIdentity')], [call('ListUsers')], [call('ListUsers')]);
    const activity = await look();
    assert.equal(activity.calls, 3);
    assert.equal(activity.truncated, false);
    assert.equal(activity.region, 'us-east-1');
    assert.deepEqual(calls[0]?.input, {
      LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: KEY }],
      StartTime: new Date('2026-11-22T03:00:00Z'),
      EndTime: NOW,
      MaxResults: 50,
    });
    assert.equal(calls[2]?.input.NextToken, '2');
  });

  test('counts names, resources, types, denials and addresses, most frequent first', async () => {
    const activity = await trail([
      call('ListUsers', { minute: 3 }),
      call('CreateUser', { resources: ['mallory'], minute: 2 }),
      call('ListUsers', { errorCode: 'AccessDenied', from: '203.0.113.9', minute: 90 }),
      call('RunInstances', { errorCode: 'Client.UnauthorizedOperation' }),
    ]).look();
    assert.deepEqual(activity.eventNames, [
      ['ListUsers', 2],
      ['CreateUser', 1],
      ['RunInstances', 1],
    ]);
    assert.deepEqual(activity.resourceNames, [['mallory', 1]]);
    assert.deepEqual(activity.resourceTypes, [['AWS::IAM::User', 1]]);
    assert.deepEqual(activity.deniedCalls, [
      ['ListUsers', 1],
      ['RunInstances', 1],
    ]);
    assert.deepEqual(activity.sourceAddresses, [
      ['198.51.100.7', 3],
      ['203.0.113.9', 1],
    ]);
    assert.equal(activity.denied, 2);
    assert.equal(activity.firstCall, '2026-11-23T01:30:00.000Z');
    assert.equal(activity.lastCall, '2026-11-23T02:59:00.000Z');
  });

  test('only calls that were answered are footholds', async () => {
    const activity = await trail([
      call('CreateUser'),
      call('AttachUserPolicy', { errorCode: 'AccessDenied' }),
    ]).look();
    assert.deepEqual(activity.footholds, [['CreateUser', 1]]);
  });

  test('shows ten names and how many there are', async () => {
    const names = Array.from({ length: 12 }, (_, index) =>
      call(`Describe${String.fromCharCode(65 + index)}`),
    );
    const activity = await trail(names).look();
    assert.equal(activity.eventNames.length, 10);
    assert.equal(activity.distinct.eventNames, 12);
  });

  test('a key that did nothing gives zero calls and no times', async () => {
    const activity = await trail([]).look();
    assert.equal(activity.calls, 0);
    assert.equal('firstCall' in activity, false);
  });

  test('stops after twenty pages and says that there is more', async () => {
    const { look, calls } = trail(...Array.from({ length: 30 }, () => [call('ListUsers')]));
    const activity = await look();
    assert.equal(calls.length, 20);
    assert.equal(activity.truncated, true);
    assert.equal('stoppedBy' in activity, false);
  });

  test('an error on a later page keeps what was read', async () => {
    const activity = await trail([call('ListUsers')], awsError('ThrottlingException')).look();
    assert.equal(activity.calls, 1);
    assert.equal(activity.truncated, true);
    assert.equal(activity.stoppedBy, 'ThrottlingException');
  });

  test('an error on the first page goes to the state machine by its name', async () => {
    await assert.rejects(trail(awsError('ThrottlingException')).look(), { name: 'ThrottlingException' });
  });

  test('a record that cannot be read is counted without its address', async () => {
    const activity = await trail([
      { EventName: 'ListUsers', CloudTrailEvent: '{' },
      { EventName: 'ListUsers' },
    ]).look();
    assert.deepEqual(activity.eventNames, [['ListUsers', 2]]);
    assert.deepEqual(activity.sourceAddresses, []);
  });
});
