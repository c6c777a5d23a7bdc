import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '@riposte/cli';

async function demo(...words: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const code = await runCommand(['demo', '--exit', '--port', '0', ...words], {
    environment: {},
    terminal: {
      out: (line) => (out += `${line}\n`),
      err: (line) => assert.fail(`on standard error: ${line}`),
      colour: false,
      isInteractive: false,
    },
  });
  return { code, out };
}

test('the demo contains the key, shows the mail as delivered, and proves it', async () => {
  const { code, out } = await demo();
  assert.equal(code, 0, out);
  assert.match(out, /Subject: \[SIMULATED\] DELETED: exposed access key AKIA\w+, .*alice/);
  assert.match(out, /✓ IAM says: the exposed key AKIA\w+ is gone/);
  assert.match(out, /✓ IAM says: the other key AKIA\w+ of alice is untouched/);
  assert.match(out, /✓ time to containment of AKIA\w+: [\d.]+ s/);
  assert.doesNotMatch(out, /NOT SO/);
});

test('the demo tells a program its event, executions, mails and proofs', async () => {
  const { code, out } = await demo('--json');
  assert.equal(code, 0, out);
  const told = JSON.parse(out) as {
    server: { awsUrl: string };
    events: { event: { id: string } }[];
    executions: { status: string; origin: { eventId?: string } }[];
    mails: { subject: string }[];
    proofs: { holds: boolean; words: string }[];
  };
  assert.match(told.server.awsUrl, /^http:/);
  assert.equal(told.executions[0]?.origin.eventId, told.events[0]?.event.id);
  assert.deepEqual(
    told.executions.map(({ status }) => status),
    ['SUCCEEDED', 'SUCCEEDED'],
  );
  assert.match(told.mails[0]?.subject ?? '', /^\[SIMULATED\] DELETED|^DELETED/);
  assert.ok(told.proofs.length > 3 && told.proofs.every(({ holds }) => holds));
});

test('the demo with two keys contains both, with a mail for each', async () => {
  const { code, out } = await demo('--keys', '2');
  assert.equal(code, 0, out);
  assert.equal(out.match(/✓ IAM says: the exposed key AKIA\w+ is gone/g)?.length, 2);
  assert.match(out, /✓ one mail for each exposed key: 2/);
});

test('the demo that fails says that the key is STILL ACTIVE, and does not try what is forbidden again', async () => {
  const { code, out } = await demo('--fail');
  assert.equal(code, 0, out);
  assert.match(out, /Subject: \[SIMULATED\] .*STILL ACTIVE/);
  assert.match(out, /health\.aws\.amazon\.com/);
  assert.match(out, /with an explicit deny/);
  assert.doesNotMatch(out, /NOT SO/);
});

test('a demo with three keys is no demo: a user has one or two', async () => {
  let err = '';
  const code = await runCommand(['demo', '--keys', '3'], {
    environment: {},
    terminal: { out: () => {}, err: (line) => (err += line), colour: false, isInteractive: false },
  });
  assert.equal(code, 2);
  assert.match(err, /a user has one or two keys/);
});
