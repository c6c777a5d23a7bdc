import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CallSummary, ExecutionSummary } from '@riposte/server';
import { until } from './support/until.ts';
import { PLAYBOOK, SAMPLE, World } from './support/world.ts';

let world: World;

before(async () => {
  world = await World.open();
  const { code, err } = await world.riposte('up', PLAYBOOK, '-p', 'NotificationEmail=security@example.com');
  assert.equal(code, 0, err);
});
after(() => world.close());

async function executionsOf(eventId: string): Promise<ExecutionSummary[]> {
  const people = await world.people();
  const { executions } = await people.get<{ executions: ExecutionSummary[] }>('/api/executions', { eventId });
  const [claim] = executions;
  if (!claim) return [];
  const children = await people.get<{ executions: ExecutionSummary[] }>('/api/executions', {
    parentArn: claim.executionArn,
  });
  return [claim, ...children.executions];
}

/** The response has made a call with this name, answered or not. */
async function hasCalled(eventId: string, operation: string): Promise<boolean> {
  const [, response] = await executionsOf(eventId);
  if (!response) return false;
  const calls = await world.json<CallSummary[]>('calls', response.executionArn);
  return calls.some((call) => call.operation === operation);
}

const MOMENTS: [string, (eventId: string) => Promise<boolean>][] = [
  ['the event is taken', async () => true],
  ['the incident is claimed', async (eventId) => (await executionsOf(eventId)).length === 1],
  ['the response has begun', async (eventId) => (await executionsOf(eventId)).length === 2],
  ['the key’s user is known', (eventId) => hasCalled(eventId, 'GetAccessKeyLastUsed')],
  ['the key is deleted', (eventId) => hasCalled(eventId, 'DeleteAccessKey')],
  ['its activity is known', (eventId) => hasCalled(eventId, 'LookupEvents')],
  ['the notice is published', (eventId) => hasCalled(eventId, 'Publish')],
];

for (const [index, [moment, hasCome]] of MOMENTS.entries())
  test(`a server that is stopped when ${moment} ends the story after its next start: one containment, one notice`, async () => {
    const UserName = `user-${index}`;
    const { accessKeyId } = await world.createUser(UserName);
    const { event } = await world.simulate({ name: SAMPLE, accessKeyIds: [accessKeyId], userName: UserName });
    await until(moment, async () => (await hasCome(event.id)) || (await hasEnded(event.id)));
    await world.restart();
    const { claim, response } = await world.endedStory(event.id);
    assert.deepEqual([claim.status, response?.status], ['SUCCEEDED', 'SUCCEEDED']);
    const { AccessKeyMetadata } = await world.aws().call('iam', 'ListAccessKeys', { UserName });
    assert.deepEqual(AccessKeyMetadata, []);
    const arn = response?.executionArn ?? '';
    const mails = await world.mails(arn);
    assert.equal(mails.length, 1);
    assert.match(mails[0]?.subject ?? '', / DELETED: |^DELETED: /);
    const { events } = await world.aws().call('states', 'GetExecutionHistory', {
      executionArn: arn,
      maxResults: 1000,
    });
    const failures = (events as { type: string }[]).filter(({ type }) =>
      /Failed|TimedOut|Aborted/.test(type),
    );
    assert.deepEqual(failures, []);
    const calls = await world.json<CallSummary[]>('calls', arn);
    const changes = calls.filter(({ operation }) => /^(DeleteAccessKey|Publish)$/.test(operation));
    assert.deepEqual(
      changes.map(({ operation, errorCode }) => [operation, errorCode]),
      [
        ['DeleteAccessKey', undefined],
        ['Publish', undefined],
      ],
    );
  });

async function hasEnded(eventId: string): Promise<boolean> {
  const executions = await executionsOf(eventId);
  return executions.length === 2 && executions.every(({ status }) => status !== 'RUNNING');
}

test('a stop ends the streams of those who watch', async () => {
  const roleArn = await world.createRole('steps', 'states');
  const machine = await world.createMachine('waits', roleArn, {
    Pause: { Type: 'Wait', Seconds: 3600, End: true },
  });
  const arn = await world.begin(machine);
  const people = await world.people();
  let began = () => {};
  const beginning = new Promise<void>((resolve) => {
    began = resolve;
  });
  const watching = (async () => {
    for await (const message of people.stream<{ type: string }>(
      `/api/executions/${encodeURIComponent(arn)}/stream`,
    ))
      if (message.type === 'events') began();
  })();
  const watched = watching.then(
    () => 'ended',
    () => 'cut off',
  );
  await beginning;
  await world.stop();
  assert.match(await watched, /ended|cut off/);
  await world.start();
  assert.deepEqual(world.reports, []);
});
