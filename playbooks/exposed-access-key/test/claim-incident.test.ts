import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { deliveryKey } from '../../health-updates/functions/updates/identity.ts';
import { sampleEvent, type SampleEvent } from './support/events.ts';
import { HANG, TaskFailure, definition, run, type Script } from './support/machine.ts';

const { machine, diagnostics } = definition('claim-incident');
const started: Script = { StartResponse: () => ({ ExecutionArn: 'arn:response', StartDate: 0 }) };

async function claimedName(event: SampleEvent): Promise<unknown> {
  return (await run(machine, event, started)).calls[0]?.parameters['Name'];
}

describe('ClaimIncident', () => {
  test('is accepted without a remark', () => assert.deepEqual(diagnostics, []));

  test('starts the response with the whole event and a legal name', async () => {
    const event = sampleEvent('exposed-one-key');
    const { outcome, output, calls } = await run(machine, event, started);
    assert.equal(outcome.status, 'SUCCEEDED');
    assert.deepEqual(output, { outcome: 'response started', executionArn: 'arn:response' });
    const { Input, Name } = calls[0]?.parameters ?? {};
    assert.match(String(Name), /^exposed-key-[0-9a-f]{64}$/);
    assert.ok(String(Name).length <= 80);
    assert.deepEqual(Input, {
      event,
      AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID:
        'arn:aws:states:us-east-1:123456789012:execution:machine:run',
    });
  });

  test('the copy from the backup region claims the same name', async () => {
    assert.equal(
      await claimedName(sampleEvent('exposed-one-key')),
      await claimedName(sampleEvent('backup-copy')),
    );
  });

  test('the claim is the delivery key of the playbook health-updates', async () => {
    for (const sample of ['exposed-one-key', 'old-format'] as const) {
      const event = sampleEvent(sample);
      const name = createHash('sha256').update(deliveryKey(event)).digest('hex');
      assert.equal(await claimedName(event), `exposed-key-${name}`);
    }
  });

  test('another page, account or communication claims another name', async () => {
    const names = [sampleEvent('exposed-one-key')];
    for (const [member, value] of [
      ['page', '2'],
      ['affectedAccount', '999988887777'],
      ['communicationId', 'another-1'],
    ] as const) {
      const event = sampleEvent('exposed-one-key');
      event.detail[member] = value;
      names.push(event);
    }
    assert.equal(new Set(await Promise.all(names.map(claimedName))).size, 4);
  });

  test('an event without communication id is named by event, update and page', async () => {
    const older = sampleEvent('old-format');
    const update = sampleEvent('old-format');
    update.detail['lastUpdatedTime'] = 'Tue, 24 Nov 2026 09:00:00 GMT';
    assert.match(String(await claimedName(older)), /^exposed-key-/);
    assert.equal(await claimedName(older), await claimedName(sampleEvent('old-format')));
    assert.notEqual(await claimedName(older), await claimedName(update));
  });

  test('a detail with hardly anything in it is claimed too', async () => {
    assert.match(
      String(
        await claimedName({
          time: '2026-01-01T00:00:00Z',
          account: '123456789012',
          resources: [],
          detail: {},
        }),
      ),
      /^exposed-key-/,
    );
  });

  test('a claim that was made already ends well and does nothing', async () => {
    const { outcome, output, states } = await run(machine, sampleEvent('backup-copy'), {
      StartResponse: () => {
        throw new TaskFailure('StepFunctions.ExecutionAlreadyExistsException');
      },
    });
    assert.equal(outcome.status, 'SUCCEEDED');
    assert.equal((output as { outcome: string }).outcome, 'duplicate, nothing done');
    assert.equal(states.at(-1), 'Duplicate');
  });

  test('throttling is waited out', async () => {
    const { callsOf, outcome } = await run(machine, sampleEvent('exposed-one-key'), {
      StartResponse: ({ attempt }) => {
        if (attempt < 4) throw new TaskFailure('StepFunctions.ThrottlingException');
        return { ExecutionArn: 'arn:response' };
      },
    });
    assert.equal(outcome.status, 'SUCCEEDED');
    assert.deepEqual(
      callsOf('StartResponse').map(({ atSeconds }) => atSeconds),
      [0, 1, 3, 7],
    );
  });

  for (const [what, fail] of [
    ['is refused', () => Promise.reject(new TaskFailure('StepFunctions.AccessDeniedException'))],
    ['never answers', () => HANG],
  ] as const) {
    test(`a start that ${what} is told to the security team, and the execution fails`, async () => {
      const { outcome, callsOf } = await run(machine, sampleEvent('exposed-one-key'), {
        StartResponse: fail,
        TellResponseNotStarted: () => ({ MessageId: 'm' }),
      });
      assert.equal(outcome.status === 'FAILED' && outcome.error, 'ResponseNotStarted');
      const [told] = callsOf('TellResponseNotStarted');
      assert.match(String(told?.parameters['Message']), /AWS_RISK_CREDENTIALS_EXPOSED.*STILL ACTIVE/);
      assert.ok(String(told?.parameters['Subject']).length < 100);
    });
  }
});
