import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { handler as extractKeys } from '../functions/extract-keys/index.ts';
import type { Finding } from '../functions/notify-security/finding.ts';
import { writeMail } from '../functions/notify-security/mail.ts';
import { KEY, SECOND_KEY, sampleEvent } from './support/events.ts';
import { HANG, TaskFailure, definition, run, type Script, type TaskCall } from './support/machine.ts';

const { machine, diagnostics } = definition('respond-to-exposed-key');
const ACTIVITY = {
  region: 'us-east-1',
  from: 'a',
  to: 'b',
  calls: 0,
  denied: 0,
  eventNames: [],
  resourceNames: [],
  resourceTypes: [],
  deniedCalls: [],
  sourceAddresses: [],
  footholds: [],
  distinct: { eventNames: 0, resourceNames: 0, sourceAddresses: 0 },
  truncated: false,
};

interface Mail {
  subject: string;
  text: string;
}

/** The real first and last function around scripted ones, and the mails that they wrote. */
function world(script: Script = {}, played = machine) {
  const mails: Mail[] = [];
  const notify = ({ parameters }: TaskCall): object => {
    const { finding, executionArn } = parameters as { finding: Finding; executionArn: string };
    const mail = writeMail(finding, executionArn);
    mails.push(mail);
    return { messageId: String(mails.length), subject: mail.subject };
  };
  const contain = ({ parameters }: TaskCall): object => ({
    outcome: parameters['containment'] === 'Deactivate' ? 'deactivated' : 'deleted',
    accessKeyId: parameters['accessKeyId'],
    account: '123456789012',
    userName: 'alice',
  });
  const whole: Script = {
    ExtractKeys: ({ parameters }) => extractKeys(parameters as { event: unknown }),
    DeleteAccessKeyPair: contain,
    DeleteInactiveKey: contain,
    LookupCloudTrailEvents: () => ACTIVITY,
    NotifySecurity: notify,
    NotifyDeletion: notify,
    NotifyKeysLeftOver: notify,
    NotifyNothingContained: notify,
    ...script,
  };
  const respondTo = (event: object) => run(played, { event }, whole);
  const respond = (sample: string) => respondTo(sampleEvent(sample));
  return { mails, respond, respondTo };
}

/** The machine with a state in a Map that fails as none of its own does. */
function failingAt(stateName: string): typeof machine {
  const edit = (text: string) =>
    JSON.stringify(JSON.parse(text), (name, value: unknown) =>
      name === stateName ? { Type: 'Fail', Error: 'Broken', Cause: 'for a test' } : value,
    );
  return definition('respond-to-exposed-key', edit).machine;
}

const fails = (error: string) => () => {
  throw new TaskFailure(error);
};
const HANDLED = ['DeleteAccessKeyPair', 'LookupCloudTrailEvents', 'NotifySecurity'];

describe('RespondToExposedKey', () => {
  const before = { ...process.env };
  beforeEach(() =>
    Object.assign(process.env, {
      CONTAINMENT: 'Delete',
      SUSPECTED_CONTAINMENT: 'Deactivate',
      DELETE_AFTER_SECONDS: '86400',
    }),
  );
  afterEach(() => {
    process.env = { ...before };
  });

  test('is accepted without a remark', () => assert.deepEqual(diagnostics, []));

  test('one exposed key: deleted, looked up, told, in this order', async () => {
    const { mails, respond } = world();
    const { outcome, states, calls } = await respond('exposed-one-key');
    assert.equal(outcome.status, 'SUCCEEDED');
    assert.deepEqual(
      states.filter((name) => HANDLED.includes(name)),
      HANDLED,
    );
    assert.deepEqual(
      calls.map(({ resource }) => resource.split(':').at(-1)),
      ['ExtractKeys', 'ContainKey', 'LookupActivity', 'NotifySecurity'],
    );
    assert.deepEqual(
      mails.map(({ subject }) => subject),
      [`DELETED: exposed access key ${KEY}, account 123456789012, user alice`],
    );
  });

  for (const [sample, containment] of [
    ['exposure-suspected', 'Deactivate'],
    ['compromised', 'Delete'],
    ['quarantine-key', 'Delete'],
    ['old-format', 'Delete'],
  ] as const) {
    test(`${sample}: ${containment}, and one notice`, async () => {
      const { mails, respond } = world();
      const { callsOf } = await respond(sample);
      assert.deepEqual(
        callsOf('DeleteAccessKeyPair').map(({ parameters }) => parameters['containment']),
        [containment],
      );
      assert.equal(mails.length, 1);
    });
  }

  test('two keys: two containments, two notices', async () => {
    const { mails, respond } = world();
    const { callsOf } = await respond('exposed-two-keys');
    assert.deepEqual(
      callsOf('DeleteAccessKeyPair').map(({ parameters }) => parameters['accessKeyId']),
      [KEY, SECOND_KEY],
    );
    assert.deepEqual(
      mails.map(({ subject }) => subject.includes(KEY)),
      [true, false],
    );
  });

  for (const sample of ['no-key', 'quarantine-user']) {
    test(`${sample}: nothing is touched, and a notice says so`, async () => {
      const { mails, respond } = world();
      const { outcome, calls } = await respond(sample);
      assert.equal(outcome.status, 'SUCCEEDED');
      assert.deepEqual(
        calls.map(({ stateName }) => stateName),
        ['ExtractKeys', 'NotifyNothingContained'],
      );
      assert.match(mails[0]?.text ?? '', /names no access key/);
    });
  }

  test('a refused containment is not retried and goes straight to the notice', async () => {
    const { mails, respond } = world({ DeleteAccessKeyPair: fails('AccessDenied') });
    const { outcome, calls } = await respond('exposed-one-key');
    assert.equal(outcome.status, 'SUCCEEDED');
    assert.deepEqual(
      calls.map(({ stateName }) => stateName),
      ['ExtractKeys', 'DeleteAccessKeyPair', 'NotifySecurity'],
    );
    assert.match(mails[0]?.subject ?? '', /^STILL ACTIVE/);
    assert.match(mails[0]?.text ?? '', /Error: AccessDenied/);
  });

  for (const error of [
    'Throttling',
    'ServiceFailureException',
    'Lambda.TooManyRequestsException',
    'Sandbox.Timedout',
    'ContainmentNotVerified',
  ]) {
    test(`${error} is retried with growing intervals, then told`, async () => {
      const { mails, respond } = world({ DeleteAccessKeyPair: fails(error) });
      const { callsOf } = await respond('exposed-one-key');
      // half of 2, 4, 8, 16, 32 seconds: the jitter is FULL and the test's chance is one half
      assert.deepEqual(
        callsOf('DeleteAccessKeyPair').map(({ atSeconds }) => atSeconds),
        [0, 1, 3, 7, 15, 31],
      );
      assert.match(mails[0]?.subject ?? '', /^STILL ACTIVE/);
    });
  }

  test('a containment that never answers is told as well', async () => {
    const { mails, respond } = world({ DeleteAccessKeyPair: () => HANG });
    assert.equal((await respond('exposed-one-key')).outcome.status, 'SUCCEEDED');
    assert.match(mails[0]?.text ?? '', /Error: States\.Timeout/);
  });

  test('a failing look into CloudTrail does not keep the security team from being told', async () => {
    const { mails, respond } = world({ LookupCloudTrailEvents: fails('AccessDeniedException') });
    assert.equal((await respond('exposed-one-key')).outcome.status, 'SUCCEEDED');
    assert.match(mails[0]?.subject ?? '', /^DELETED/);
    assert.match(mails[0]?.text ?? '', /looking into CloudTrail failed \(AccessDeniedException\)/);
  });

  test('trouble with one key does not touch the other', async () => {
    const { mails, respond } = world({
      DeleteAccessKeyPair: ({ parameters }) => {
        if (parameters['accessKeyId'] === KEY) throw new TaskFailure('AccessDenied');
        return { outcome: 'deleted', account: '123456789012', userName: 'alice' };
      },
    });
    assert.equal((await respond('exposed-two-keys')).outcome.status, 'SUCCEEDED');
    assert.deepEqual(mails.map(({ subject }) => subject.split(':')[0]).sort(), ['DELETED', 'STILL ACTIVE']);
  });

  test('when the notice cannot be written, a plain one goes out from the machine itself', async () => {
    const { respond } = world({
      NotifySecurity: fails('Runtime.ImportModuleError'),
      NotifySecurityDirectly: () => ({ MessageId: 'm' }),
    });
    const { outcome, callsOf } = await respond('exposed-one-key');
    assert.equal(outcome.status, 'SUCCEEDED');
    const { Subject, Message, TopicArn } = callsOf('NotifySecurityDirectly')[0]?.parameters ?? {};
    assert.equal(TopicArn, 'arn:aws:sns:us-east-1:123456789012:security');
    assert.ok(String(Subject).length < 100);
    assert.match(String(Message), new RegExp(`Access key ${KEY} in account 123456789012: deleted`));
  });

  test('when nobody can be told at all, the other key is handled still and the execution fails', async () => {
    const told: string[] = [];
    const { respond } = world({
      NotifySecurity: ({ parameters }) => {
        const { finding } = parameters as { finding: Finding };
        if (finding.key?.accessKeyId === KEY) throw new TaskFailure('AuthorizationErrorException');
        told.push(finding.key?.accessKeyId ?? '');
        return {};
      },
      NotifySecurityDirectly: fails('SNS.AuthorizationErrorException'),
    });
    const { outcome, callsOf } = await respond('exposed-two-keys');
    assert.equal(outcome.status === 'FAILED' && outcome.error, 'SecurityNotTold');
    assert.deepEqual(told, [SECOND_KEY]);
    assert.equal(callsOf('DeleteAccessKeyPair').length, 2);
  });

  test('an event that cannot be read is told with its error', async () => {
    const { mails, respond } = world({ ExtractKeys: fails('InvalidConfiguration') });
    assert.equal((await respond('exposed-one-key')).outcome.status, 'SUCCEEDED');
    assert.match(mails[0]?.text ?? '', /Error: InvalidConfiguration/);
    assert.match(mails[0]?.text ?? '', /AWS_RISK_CREDENTIALS_EXPOSED/);
  });

  test('an activity beyond the limit of a result is told as not known', async () => {
    const { mails, respond } = world({
      LookupCloudTrailEvents: () => ({ ...ACTIVITY, region: 'x'.repeat(262_144) }),
    });
    assert.equal((await respond('exposed-one-key')).outcome.status, 'SUCCEEDED');
    assert.match(mails[0]?.text ?? '', /failed \(States\.DataLimitExceeded\)/);
  });

  test('keys beyond the first 20 are named in a notice of their own', async () => {
    const event = sampleEvent('exposed-one-key');
    const ids = Array.from({ length: 22 }, (_, index) => `AKIA${String(index).padStart(16, '0')}`);
    event.detail.affectedEntities = ids.map((entityValue) => ({ entityValue }));
    const { mails, respondTo } = world();
    const { outcome, callsOf } = await respondTo(event);
    assert.equal(outcome.status, 'SUCCEEDED');
    assert.equal(callsOf('DeleteAccessKeyPair').length, 20);
    assert.equal(mails.length, 21);
    assert.match(mails[20]?.subject ?? '', /^STILL ACTIVE: /);
    assert.match(
      mails[20]?.text ?? '',
      new RegExp(`2 access keys .*STILL ACTIVE[^]*${ids[20]}, ${ids[21]}\\.`),
    );
    const mute = world({
      NotifyKeysLeftOver: fails('Runtime.ExitError'),
      NotifyKeysLeftOverDirectly: fails('SNS.NotFoundException'),
    });
    const { outcome: untold } = await mute.respondTo(event);
    assert.equal(untold.status === 'FAILED' && untold.error, 'SecurityNotTold');
  });

  test('when handling the keys breaks off as a whole, a notice names those that may be active', async () => {
    const { mails, respond } = world({}, failingAt('KeyHandled'));
    const { outcome } = await respond('exposed-two-keys');
    assert.equal(outcome.status, 'SUCCEEDED');
    const last = mails.at(-1);
    assert.match(last?.subject ?? '', /^MAY BE ACTIVE/);
    assert.match(last?.text ?? '', new RegExp(`may be STILL ACTIVE: ${KEY}, ${SECOND_KEY}`));
    assert.match(last?.text ?? '', /Error: Broken: for a test/);
  });

  test('a refusal that hides behind the generic name of a service is not tried again', async () => {
    for (const error of ['Lambda.AWSLambdaException', 'Lambda.AccessDeniedException']) {
      const { mails, respond } = world({ DeleteAccessKeyPair: fails(error) });
      const { callsOf } = await respond('exposed-one-key');
      assert.equal(callsOf('DeleteAccessKeyPair').length, 1);
      assert.match(mails[0]?.subject ?? '', /^STILL ACTIVE/);
    }
  });

  describe('DeactivateThenDelete', () => {
    beforeEach(() => {
      process.env.CONTAINMENT = 'DeactivateThenDelete';
    });

    test('deactivates at once, deletes a day later, tells twice', async () => {
      const { mails, respond } = world();
      const { outcome, callsOf, endedAtSeconds } = await respond('exposed-two-keys');
      assert.equal(outcome.status, 'SUCCEEDED');
      assert.deepEqual(
        callsOf('DeleteAccessKeyPair').map(({ atSeconds, parameters }) => [
          atSeconds,
          parameters['containment'],
        ]),
        [
          [0, 'Deactivate'],
          [0, 'Deactivate'],
        ],
      );
      assert.deepEqual(
        callsOf('DeleteInactiveKey').map(({ atSeconds, parameters }) => [
          atSeconds,
          parameters['containment'],
        ]),
        [
          [86_400, 'DeleteIfInactive'],
          [86_400, 'DeleteIfInactive'],
        ],
      );
      assert.equal(endedAtSeconds, 86_400);
      assert.deepEqual(
        mails.map(({ subject }) => subject.split(':')[0]),
        ['DEACTIVATED', 'DEACTIVATED', 'DELETED', 'DELETED'],
      );
      assert.match(mails[0]?.text ?? '', /will be deleted in 1 day/);
    });

    test('without a deactivated key nothing is waited for', async () => {
      const { mails, respond } = world({ DeleteAccessKeyPair: fails('AccessDenied') });
      const { outcome, endedAtSeconds } = await respond('exposed-one-key');
      assert.equal(outcome.status, 'SUCCEEDED');
      assert.equal(endedAtSeconds, 0);
      assert.equal(mails.length, 1);
    });

    test('a key that was not deactivated is not deleted beside one that was', async () => {
      const { mails, respond } = world({
        DeleteAccessKeyPair: ({ parameters }) => {
          if (parameters['accessKeyId'] === KEY) throw new TaskFailure('AccessDenied');
          return { outcome: 'already-inactive', account: '123456789012', userName: 'alice' };
        },
      });
      const { outcome, states, callsOf } = await respond('exposed-two-keys');
      assert.equal(outcome.status, 'SUCCEEDED');
      assert.ok(states.includes('NothingToDelete'));
      assert.deepEqual(
        callsOf('DeleteInactiveKey').map(({ parameters }) => parameters['accessKeyId']),
        [SECOND_KEY],
      );
      assert.equal(mails.length, 3);
    });

    test('a deletion that fails later is told', async () => {
      const { mails, respond } = world({ DeleteInactiveKey: fails('AccessDenied') });
      assert.equal((await respond('exposed-one-key')).outcome.status, 'SUCCEEDED');
      assert.match(mails[1]?.subject ?? '', /^NOT DELETED/);
      assert.match(mails[1]?.text ?? '', /is deactivated, but could not be deleted/);
      assert.match(mails[1]?.text ?? '', /aws iam delete-access-key --access-key-id AKIA\w+ --user-name/);
      assert.doesNotMatch(mails[1]?.text ?? '', /STILL ACTIVE/);
    });

    test('when deleting breaks off as a whole, the notice does not call the keys active', async () => {
      const { mails, respond } = world({}, failingAt('DeletionHandled'));
      assert.equal((await respond('exposed-one-key')).outcome.status, 'SUCCEEDED');
      assert.match(mails.at(-1)?.subject ?? '', /^NOT DELETED/);
      assert.match(mails.at(-1)?.text ?? '', new RegExp(`broke off[^]*${KEY}`));
      assert.doesNotMatch(mails.at(-1)?.text ?? '', /STILL ACTIVE/);
    });

    test('a later notice that cannot be written goes out plainly, or the execution fails', async () => {
      const plain = world({ NotifyDeletion: fails('Runtime.ExitError'), NotifyDeletionDirectly: () => ({}) });
      assert.equal((await plain.respond('exposed-one-key')).outcome.status, 'SUCCEEDED');
      const mute = world({
        NotifyDeletion: fails('Runtime.ExitError'),
        NotifyDeletionDirectly: fails('SNS.NotFoundException'),
      });
      const { outcome } = await mute.respond('exposed-one-key');
      assert.equal(outcome.status === 'FAILED' && outcome.error, 'SecurityNotTold');
    });
  });
});
