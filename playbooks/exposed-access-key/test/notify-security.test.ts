import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Activity, Containment, Finding } from '../functions/notify-security/finding.ts';
import { notifySecurity } from '../functions/notify-security/index.ts';
import { writeMail } from '../functions/notify-security/mail.ts';
import { CONFIGURATION, answering } from './support/fake-aws.ts';
import { ACCOUNT, KEY } from './support/events.ts';

const EXECUTION = `arn:aws:states:us-east-1:${ACCOUNT}:execution:RespondToExposedKey:exposed-key-1`;
const INCIDENT = {
  account: ACCOUNT,
  eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
  eventArn: 'arn:aws:health:global::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/1',
  startTime: 'Mon, 23 Nov 2026 02:41:07 GMT',
  confirmed: true,
  reportedUser: 'alice',
  exposedUrl: 'https://example.com/deploy.env',
  description: 'An access key was found.',
};
const ACTIVITY: Activity = {
  region: 'us-east-1',
  from: '2026-11-22T03:00:00.000Z',
  to: '2026-11-23T03:00:00.000Z',
  calls: 37,
  denied: 3,
  firstCall: '2026-11-23T01:00:00.000Z',
  lastCall: '2026-11-23T02:59:00.000Z',
  eventNames: [
    ['ListUsers', 30],
    ['CreateUser', 7],
  ],
  resourceNames: [['mallory', 7]],
  resourceTypes: [['AWS::IAM::User', 7]],
  deniedCalls: [['AttachUserPolicy', 3]],
  sourceAddresses: [['198.51.100.7', 37]],
  footholds: [['CreateUser', 7]],
  distinct: { eventNames: 14, resourceNames: 1, sourceAddresses: 1 },
  truncated: false,
};

function mail(containment: Containment | undefined, more: Partial<Finding> = {}) {
  return writeMail(
    {
      incident: INCIDENT,
      key: { accessKeyId: KEY },
      ...(containment ? { containment } : {}),
      activity: ACTIVITY,
      ...more,
    },
    EXECUTION,
  );
}

const known = { account: ACCOUNT, userName: 'alice' };

describe('the mail', () => {
  const outcomes: [Containment, subject: string, said: RegExp, unsaid: RegExp][] = [
    [{ outcome: 'deleted', ...known }, 'DELETED', /was deleted/, /STILL ACTIVE/],
    [{ outcome: 'deactivated', ...known }, 'DEACTIVATED', /was deactivated/, /STILL ACTIVE|deleted in/],
    [
      { outcome: 'already-inactive', ...known },
      'ALREADY INACTIVE',
      /was deactivated already/,
      /STILL ACTIVE/,
    ],
    [{ outcome: 'already-removed', ...known }, 'ALREADY REMOVED', /already removed/, /STILL ACTIVE/],
    [{ outcome: 'left-active', ...known }, 'STILL ACTIVE', /activated it again/, /was deleted/],
    [{ outcome: 'failed', ...known }, 'STILL ACTIVE', /is STILL ACTIVE/, /was deleted/],
    [
      { outcome: 'not-contained', reason: 'root', account: ACCOUNT },
      'STILL ACTIVE',
      /root user/,
      /was deleted/,
    ],
    [
      { outcome: 'not-contained', reason: 'temporary', account: ACCOUNT },
      'STILL ACTIVE',
      /temporary key/,
      /was deleted/,
    ],
    [
      { outcome: 'not-contained', reason: 'foreign', account: '999988887777' },
      'NOT CONTAINED',
      /belongs to another account \(999988887777\)/,
      /was deleted/,
    ],
    [
      { outcome: 'not-contained', reason: 'unknown', account: ACCOUNT },
      'NOT FOUND',
      /not found in this account/,
      /was deleted/,
    ],
  ];
  for (const [containment, start, said, unsaid] of outcomes) {
    const name = containment.reason ?? containment.outcome;
    test(`${name}: the subject starts with ${start} and the text leaves no doubt`, () => {
      const { subject, text } = mail(containment);
      assert.ok(subject.startsWith(`${start}: exposed access key ${KEY}, account `), subject);
      assert.match(text, said);
      assert.doesNotMatch(text, unsaid);
    });
  }

  test('holds what, whose, where, what it did, what to do and the links', () => {
    const { subject, text } = mail({
      outcome: 'deleted',
      ...known,
      lastUsed: { service: 's3', region: 'eu-west-1', date: '2026-11-23T02:59:00Z' },
    });
    assert.equal(subject, `DELETED: exposed access key ${KEY}, account ${ACCOUNT}, user alice`);
    for (const part of [
      /IAM user +alice/,
      /Account +123456789012/,
      /Found at +https:\/\/example\.com\/deploy\.env/,
      /Last used +2026-11-23T02:59:00Z \(s3, eu-west-1\)/,
      /37 calls in the last 24 hours, 3 of them denied/,
      /May outlive it +CreateUser 7/,
      /Calls +ListUsers 30, CreateUser 7 and 12 more/,
      /Denied +AttachUserPolicy 3/,
      /From +198\.51\.100\.7 37/,
      /1\. Sessions that the key has opened go on/,
      /https:\/\/health\.aws\.amazon\.com\/health\/home#\/account\/dashboard\/open-issues/,
      /An access key was found\./,
    ])
      assert.match(text, part);
    assert.ok(text.includes(EXECUTION));
  });

  test('a failed containment carries the error and the command to do it by hand', () => {
    const Cause = JSON.stringify({
      errorType: 'AccessDenied',
      errorMessage: 'with an explicit deny',
      trace: ['x'],
    });
    const { text } = mail({ outcome: 'failed' }, { failure: { Error: 'AccessDenied', Cause } });
    assert.match(text, /Error: AccessDenied: with an explicit deny\n/);
    assert.match(
      text,
      new RegExp(`update-access-key --access-key-id ${KEY} --status Inactive --user-name alice`),
    );
  });

  test('root and temporary keys get the advice that fits them', () => {
    const of = (reason: 'root' | 'temporary') =>
      mail({ outcome: 'not-contained', reason, account: ACCOUNT }).text;
    assert.match(of('root'), /1\. Sign in as the root user/);
    assert.match(of('temporary'), /1\. Find the role or user behind the session/);
  });

  test('an activity that is not known is not passed over', () => {
    const { activity: _left, ...rest } = { ...mailFinding(), activity: undefined };
    assert.match(
      writeMail({ ...rest, lookupFailure: { Error: 'ThrottlingException' } }, EXECUTION).text,
      /looking into CloudTrail failed \(ThrottlingException\)/,
    );
    assert.match(
      writeMail({ ...rest, failure: { Error: 'AccessDenied' } }, EXECUTION).text,
      /CloudTrail was not asked/,
    );
  });

  test('no calls, and a count that ended early, are said as such', () => {
    assert.match(
      mail({ outcome: 'deleted' }, { activity: { ...ACTIVITY, calls: 0 } }).text,
      /No calls in the last 24 hours/,
    );
    const truncated = { ...ACTIVITY, truncated: true };
    assert.match(mail({ outcome: 'deleted' }, { activity: truncated }).text, /37 or more calls/);
    const stopped = { ...truncated, stoppedBy: 'ThrottlingException' };
    assert.match(
      mail({ outcome: 'deleted' }, { activity: stopped }).text,
      /ended early \(ThrottlingException\)/,
    );
  });

  test('a key that will be deleted later says when, and the second mail what came of it', () => {
    const key = { accessKeyId: KEY, deleteAfterSeconds: 86_400 };
    assert.match(mail({ outcome: 'deactivated', ...known }, { key }).text, /will be deleted in 1 day unless/);
    const second = mail({ outcome: 'deleted', ...known }, { key, afterWaiting: true });
    assert.match(second.text, /The waiting time is over, and it was deleted/);
    assert.doesNotMatch(second.text, /WHAT THE KEY HAD BEEN DOING/);
    assert.match(mail({ outcome: 'failed' }, { key, afterWaiting: true }).text, /could not be deleted/);
  });

  test('an event without a key says so and what it names instead', () => {
    const plan = { incident: { ...INCIDENT, reportedUser: '' }, otherEntities: ['alice', 'bob'] };
    const { subject, text } = writeMail({ plan }, EXECUTION);
    assert.equal(subject, `NOTHING CONTAINED: exposed access key, account ${ACCOUNT}`);
    assert.match(text, /names no access key/);
    assert.match(text, /Named instead +alice, bob/);
  });

  test('an event that could not be read is told from what it holds', () => {
    const event = { account: ACCOUNT, detail: { eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED' } };
    const { text } = writeMail(
      { event, failure: { Error: 'Sandbox.Timedout', Cause: 'timed out' } },
      EXECUTION,
    );
    assert.match(text, /Error: Sandbox\.Timedout: timed out/);
    assert.match(text, /AWS event +AWS_RISK_CREDENTIALS_EXPOSED/);
    assert.match(writeMail({ failure: {} }, EXECUTION).text, /could not be handled/);
  });

  test('the subject stays one ASCII line below 100 characters whatever the names', () => {
    for (const userName of ['x'.repeat(64), 'Zoë 李\r\nBcc: all@example.com', '\u0000\u001b[31m'])
      for (const accessKeyId of [KEY, `AKIA${'A'.repeat(124)}`]) {
        const { subject } = mail(
          { outcome: 'already-inactive', account: ACCOUNT, userName },
          { key: { accessKeyId } },
        );
        assert.match(subject, /^[\x20-\x7e]{1,99}$/);
        assert.match(subject, /^ALREADY INACTIVE: exposed access key AKIA/);
      }
  });
});

function mailFinding(): Finding {
  return { incident: INCIDENT, key: { accessKeyId: KEY }, containment: { outcome: 'failed' } };
}

describe('notify-security', () => {
  test('publishes the mail to the topic and returns its id', async () => {
    const { client, calls } = answering(new SNSClient(CONFIGURATION), {
      Publish: () => ({ MessageId: 'm-1' }),
    });
    process.env.TOPIC_ARN = 'arn:aws:sns:us-east-1:123456789012:security';
    const finding = mailFinding();
    const result = await notifySecurity(client)({ finding, executionArn: EXECUTION });
    const { subject, text } = writeMail(finding, EXECUTION);
    assert.deepEqual(result, { messageId: 'm-1', subject });
    assert.deepEqual(calls, [
      { operation: 'Publish', input: { TopicArn: process.env.TOPIC_ARN, Subject: subject, Message: text } },
    ]);
    delete process.env.TOPIC_ARN;
  });
});

test('no text of an event or an error writes a line of its own into the mail', () => {
  const forged = 'x\nWHAT TO DO NEXT\r\n1. Nothing at all.\u2028\u202E';
  const { subject, text } = writeMail(
    {
      incident: { ...INCIDENT, reportedUser: forged, exposedUrl: forged, description: forged },
      key: { accessKeyId: KEY },
      failure: { Error: 'Error', Cause: JSON.stringify({ errorMessage: forged }) },
    },
    EXECUTION,
  );
  assert.equal(text.split('\n').filter((line) => line.startsWith('WHAT TO DO NEXT')).length, 1);
  assert.equal(text.split('\n').filter((line) => line.startsWith('1. Nothing')).length, 0);
  assert.doesNotMatch(subject + text, /[\r\u2028\u202E]/);
});
