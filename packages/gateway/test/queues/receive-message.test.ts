import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '@riposte/testkit';
import { ACCOUNT, openWorld, policy, REGION, userCaller, type Output, type World } from '../support/world.ts';

async function queueIn(world: World, Attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl } = await world.call('sqs', 'CreateQueue', { QueueName: 'Work', Attributes });
  return String(QueueUrl);
}

function bodies(output: Output): unknown[] {
  return ((output['Messages'] ?? []) as { Body: string }[]).map(({ Body }) => Body);
}

test('a request that waits is answered by the message that comes', async (t) => {
  const clock = new SimulatedClock();
  const world = openWorld(t, { clock });
  const QueueUrl = await queueIn(world);
  const waiting = world.call('sqs', 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  await clock.advanceBy(5_000);
  await world.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'late' });
  assert.deepEqual(bodies(await waiting), ['late']);
  assert.equal(clock.waitingCount, 0);
});

test('of two that wait, one gets the message and the other waits to its end', async (t) => {
  const clock = new SimulatedClock();
  const world = openWorld(t, { clock });
  const QueueUrl = await queueIn(world, { ReceiveMessageWaitTimeSeconds: '20' });
  const waiting = [1, 2].map(() => world.call('sqs', 'ReceiveMessage', { QueueUrl }));
  await clock.advanceBy(1_000);
  await world.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'one' });
  await clock.advanceBy(19_000);
  const answers = await Promise.all(waiting);
  assert.deepEqual(answers.flatMap(bodies), ['one']);
  assert.equal(clock.waitingCount, 0);
});

test('the end of a delay or of a visibility wakes those who wait', async (t) => {
  const clock = new SimulatedClock();
  const world = openWorld(t, { clock });
  const QueueUrl = await queueIn(world, { VisibilityTimeout: '5' });
  await world.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'slow', DelaySeconds: 3 });
  const receive = () => world.call('sqs', 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  const startedMs = clock.now();
  const delayed = receive();
  await clock.advanceBy(3_000);
  assert.deepEqual(bodies(await delayed), ['slow']);
  const again = receive();
  await clock.advanceBy(5_000);
  assert.deepEqual(bodies(await again), ['slow']);
  assert.equal(clock.now() - startedMs, 8_000);
});

test('whoever has gone receives nothing; a server that stops lets nobody wait', async (t) => {
  const clock = new SimulatedClock();
  const world = openWorld(t, { clock });
  const QueueUrl = await queueIn(world);
  const gone = new AbortController();
  const receive = (callerGone?: AbortSignal) =>
    world.gateway.calls.call({
      service: 'sqs',
      operation: 'ReceiveMessage',
      input: { QueueUrl, WaitTimeSeconds: 20 },
      region: REGION,
      caller: { kind: 'administrator', account: ACCOUNT, arn: 'arn:root', accessKeyId: 'test' },
      ...(callerGone && { callerGone }),
    });
  const left = receive(gone.signal);
  await clock.advanceBy(1_000);
  gone.abort();
  assert.deepEqual(await left, {});
  await world.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'kept' });
  assert.deepEqual(bodies(await receive()), ['kept']);
  const waiting = receive();
  await clock.advanceBy(1_000);
  world.gateway.stopWaiting();
  assert.deepEqual(await waiting, {});
  assert.deepEqual(await receive(), {});
});

test('what is in messages stands in no record of a call', async (t) => {
  const world = openWorld(t);
  const QueueUrl = await queueIn(world);
  await world.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'a secret' });
  await world.call('sqs', 'SendMessageBatch', { QueueUrl, Entries: [{ Id: 'a', MessageBody: 'a secret' }] });
  await world.call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
  const records = await world.records();
  assert.equal(records.filter(({ service }) => service === 'sqs').length, 4);
  assert.ok(!JSON.stringify(records).includes('a secret'));
});

test('a user needs a policy of his own or of the queue; a batch needs the action of its entries', async (t) => {
  const world = openWorld(t);
  const QueueUrl = await queueIn(world);
  const alice = await userCaller(world, 'alice');
  const Entries = [{ Id: 'a', MessageBody: 'x' }];
  const batch = () => world.call('sqs', 'SendMessageBatch', { QueueUrl, Entries }, alice);
  await assert.rejects(batch(), /not authorized to perform: sqs:SendMessage on resource/);
  const Policy = policy({
    Effect: 'Allow',
    Principal: { AWS: alice.kind === 'user' ? alice.arn : '' },
    Action: 'sqs:SendMessage',
    Resource: `arn:aws:sqs:${REGION}:${ACCOUNT}:Work`,
  });
  await world.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  await batch();
  await assert.rejects(
    world.call('sqs', 'ReceiveMessage', { QueueUrl }, alice),
    /not authorized to perform: sqs:ReceiveMessage/,
  );
});
