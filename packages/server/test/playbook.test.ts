import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { StoredEvent } from '@riposte/events';
import { ACCOUNT, PLAYBOOK, SAMPLE, World } from './support/world.ts';

let world: World;

before(async () => {
  world = await World.open();
  const { code, err } = await world.riposte('up', PLAYBOOK, '-p', 'NotificationEmail=security@example.com');
  assert.equal(code, 0, err);
});
after(() => world.close());

/** One of the playbook's own sample events, as it would come to this account. */
function eventNamed(name: string): Record<string, unknown> & { detail: Record<string, unknown> } {
  const text = readFileSync(join(PLAYBOOK, 'events', `${name}.json`), 'utf8');
  const event = JSON.parse(text.replaceAll('123456789012', ACCOUNT)) as ReturnType<typeof eventNamed>;
  return { ...event, id: randomUUID() }; // the samples share one
}

async function keysOf(UserName: string): Promise<unknown[]> {
  const { AccessKeyMetadata } = await world.aws().call('iam', 'ListAccessKeys', { UserName });
  return (AccessKeyMetadata as { AccessKeyId: string }[]).map((key) => key.AccessKeyId);
}

/** Injects an event and tells what came of it: both executions ended, one mail for each notice. */
async function play(request: object) {
  const { event } = await world.simulate(request);
  const { claim, response } = await world.endedStory(event.id);
  assert.deepEqual([claim.status, claim.cause], ['SUCCEEDED', undefined]);
  assert.deepEqual([response?.status, response?.cause], ['SUCCEEDED', undefined]);
  const mails = await world.mails(response?.executionArn ?? '');
  return { event, claim, response, mails };
}

test('two keys in one event are two containments and two notices', async () => {
  const first = await world.createUser('twice');
  const second = await world.createKey('twice');
  const accessKeyIds = [first.accessKeyId, second.accessKeyId];
  const { mails } = await play({ name: SAMPLE, accessKeyIds, userName: 'twice' });
  assert.deepEqual(await keysOf('twice'), []);
  assert.equal(mails.length, 2);
  for (const key of accessKeyIds)
    assert.equal(
      mails.filter((mail) => new RegExp(`DELETED: exposed access key ${key}`).test(mail.subject ?? ''))
        .length,
      1,
    );
});

test('the same event again, and its copy from the backup region, do nothing more and say so', async () => {
  const { accessKeyId } = await world.createUser('once');
  const request = {
    name: SAMPLE,
    accessKeyIds: [accessKeyId],
    userName: 'once',
    communicationId: 'a1b2c3d4e5f6-1',
  };
  const { response, mails } = await play(request);
  assert.equal(mails.length, 1);
  const untouched = await world.createKey('once');
  const before = (await world.json<unknown[]>('mail')).length;
  for (const again of [request, { ...request, backup: true }]) {
    const { event } = await world.simulate(again);
    const { claim, response: second } = await world.endedStory(event.id);
    assert.equal(claim.status, 'SUCCEEDED');
    assert.equal((JSON.parse(claim.output ?? '') as { outcome: string }).outcome, 'duplicate, nothing done');
    assert.equal(second, undefined);
  }
  assert.deepEqual(await keysOf('once'), [untouched.accessKeyId]);
  assert.equal((await world.json<unknown[]>('mail')).length, before);
  assert.equal((await world.mails(response?.executionArn ?? '')).length, 1);
});

test('an event that names no key ends with a notice that says so', async () => {
  const { mails } = await play({ event: eventNamed('no-key') });
  assert.equal(mails.length, 1);
  assert.match(mails[0]?.message ?? '', /no access key/i);
});

test('a key that this account does not know is told as STILL ACTIVE where it may be, and nothing is changed', async () => {
  const { mails } = await play({ event: eventNamed('foreign-key') });
  assert.equal(mails.length, 1);
  assert.match(mails[0]?.message ?? '', /AKIAFOREIGNN7EXAMPLE/);
  assert.match(mails[0]?.message ?? '', /Nothing was changed/);
});

test('a key of the root user ends with a notice, not with a failure', async () => {
  const { mails } = await play({ event: eventNamed('root-key') });
  assert.equal(mails.length, 1);
  assert.match(mails[0]?.message ?? '', /AKIAROOTFODNN7EXAMPL/);
  assert.match(mails[0]?.message ?? '', /Nothing was changed/);
});

test('a key that is gone already is a success, told as already removed', async () => {
  const { accessKeyId } = await world.createUser('gone');
  const request = { name: SAMPLE, accessKeyIds: [accessKeyId], userName: 'gone' };
  await play(request);
  const { mails } = await play(request);
  assert.equal(mails.length, 1);
  assert.match(mails[0]?.subject ?? '', /ALREADY REMOVED/);
});

test('a closed notice is none of the rule’s business', async () => {
  const { event, rules } = await world.simulate({ event: eventNamed('closed') });
  assert.deepEqual(
    rules.map(({ matched }) => matched),
    [false],
  );
  assert.match(rules[0]?.explanation ?? '', /statusCode/);
  const stored = await (await world.people()).get<StoredEvent>(`/api/events/${event.id}`);
  assert.deepEqual([stored.matchedRuleArns, stored.deliveries], [[], []]);
});

test('a quarantine that names users contains none of them and tells of all', async () => {
  const { accessKeyId } = await world.createUser('alice');
  const { mails } = await play({ event: eventNamed('quarantine-user') });
  assert.deepEqual(await keysOf('alice'), [accessKeyId]);
  assert.equal(mails.length, 1);
  assert.match(mails[0]?.message ?? '', /alice/);
  assert.match(mails[0]?.message ?? '', /bob/);
});

test('what an injected event causes says SIMULATED everywhere: event, executions, calls and mail', async () => {
  const { accessKeyId } = await world.createUser('marked');
  const { event, claim, response, mails } = await play({
    name: SAMPLE,
    accessKeyIds: [accessKeyId],
    userName: 'marked',
  });
  const people = await world.people();
  const stored = await people.get<StoredEvent>(`/api/events/${event.id}`);
  assert.equal(stored.simulated, true);
  assert.deepEqual([claim.origin.simulated, response?.origin.simulated], [true, true]);
  const arn = response?.executionArn ?? '';
  const calls = await world.json<{ simulated?: boolean }[]>('calls', arn);
  assert.ok(calls.length > 3);
  assert.ok(calls.every((call) => call.simulated === true));
  assert.match(mails[0]?.eml ?? '', /^Subject: \[SIMULATED\] /m);
  assert.match(mails[0]?.eml ?? '', /^X-Riposte-Simulated: yes/m);
  assert.match((await world.riposte('show', arn)).out, /SIMULATED/);
  assert.match((await world.riposte('executions')).out, /SIMULATED/);
});

test('what a real event causes does not say SIMULATED', async () => {
  const aws = world.aws();
  const { stateMachines } = await aws.call('states', 'ListStateMachines', {});
  const claim = (stateMachines as { name: string; stateMachineArn: string }[]).find(({ name }) =>
    name.includes('ClaimIncident'),
  );
  const { accessKeyId } = await world.createUser('real');
  const event = eventNamed('exposed-one-key');
  const text = JSON.stringify(event).replaceAll('AKIAIOSFODNN7EXAMPLE', accessKeyId);
  const { executionArn } = await aws.call('states', 'StartExecution', {
    stateMachineArn: claim?.stateMachineArn,
    input: text,
  });
  const ended = await world.ended(String(executionArn));
  const response = await world.ended(ended.children[0]?.executionArn ?? '');
  assert.deepEqual([ended.origin.simulated, response.origin.simulated], [false, false]);
  const [mail] = await world.mails(response.executionArn);
  assert.doesNotMatch(mail?.eml ?? '', /SIMULATED/i);
  assert.deepEqual(await keysOf('real'), []);
});
