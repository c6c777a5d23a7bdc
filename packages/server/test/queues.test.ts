import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from './support/until.ts';
import { World } from './support/world.ts';

interface Message {
  Body: string;
  ReceiptHandle: string;
  MessageAttributes?: Record<string, { StringValue: string }>;
}

let world: World;
let work: string;
let dead: string;
let topic: string;

before(async () => {
  world = await World.open();
  const { code, err } = await world.riposte('up', join(import.meta.dirname, 'templates', 'queues'));
  assert.equal(code, 0, err);
  const { outputs } = (
    await world.json<{ name: string; outputs: Record<string, { value: string }> }[]>('stacks')
  )[0]!;
  work = outputs['Work']!.value;
  dead = outputs['Dead']!.value;
  topic = outputs['Topic']!.value;
});
after(() => world.close());

/** Waits for one message and takes it out of the queue. */
async function take(QueueUrl: string): Promise<Message> {
  const aws = world.aws();
  const input = { QueueUrl, WaitTimeSeconds: 20, MessageAttributeNames: ['All'] };
  const [message] = ((await aws.call('sqs', 'ReceiveMessage', input))['Messages'] ?? []) as Message[];
  assert.ok(message, `Nothing came to ${QueueUrl}`);
  await aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle: message.ReceiptHandle });
  return message;
}

test('an event goes to the queue of its rule, and to the dead-letter queue where the target is gone', async () => {
  const Entries = [{ Source: 'shop', DetailType: 'Order', Detail: '{"order":7}' }];
  await world.aws().call('events', 'PutEvents', { Entries });
  assert.deepEqual(JSON.parse((await take(work)).Body), { order: 7 });
  const letter = await take(dead);
  assert.equal((JSON.parse(letter.Body) as { source: string }).source, 'shop');
  assert.equal(letter.MessageAttributes?.['ERROR_CODE']?.StringValue, 'NO_RESOURCE');
});

test('a topic’s message goes to the queue that subscribed', async () => {
  await world.aws().call('sns', 'Publish', { TopicArn: topic, Message: 'It is on fire.' });
  assert.equal((await take(work)).Body, 'It is on fire.');
});

test('dead letters are moved back while the server is started anew in between', async () => {
  const aws = () => world.aws();
  const url = async (QueueName: string, Attributes = {}) =>
    String((await aws().call('sqs', 'CreateQueue', { QueueName, Attributes }))['QueueUrl']);
  const letters = await url('letters');
  const SourceArn = letters.replace(/^.*\/(\d+)\//, 'arn:aws:sqs:us-east-1:$1:');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 });
  const orders = await url('orders', { RedrivePolicy, VisibilityTimeout: '0' });
  for (const MessageBody of ['a', 'b', 'c'])
    await aws().call('sqs', 'SendMessage', { QueueUrl: orders, MessageBody });
  const receive = { QueueUrl: orders, MaxNumberOfMessages: 10 };
  await aws().call('sqs', 'ReceiveMessage', receive);
  await aws().call('sqs', 'ReceiveMessage', receive);
  await aws().call('sqs', 'StartMessageMoveTask', { SourceArn, MaxNumberOfMessagesPerSecond: 1 });
  await world.restart();
  const task = await until('The task', async () => {
    world.clock.advance(1000);
    const { Results } = await aws().call('sqs', 'ListMessageMoveTasks', { SourceArn });
    const [newest] = Results as Record<string, unknown>[];
    return newest?.['Status'] === 'COMPLETED' && newest;
  });
  assert.equal(task['ApproximateNumberOfMessagesMoved'], 3);
  const { Messages } = await aws().call('sqs', 'ReceiveMessage', receive);
  assert.deepEqual(
    (Messages as Message[]).map(({ Body }) => Body),
    ['a', 'b', 'c'],
  );
  for (const QueueUrl of [orders, letters]) await aws().call('sqs', 'DeleteQueue', { QueueUrl });
});

test('a state machine sends to a queue, and receives from it', async () => {
  const role = await world.createRole('queues', 'states', 'sqs:*');
  const machine = await world.createMachine('queues', role, {
    Send: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Parameters: { QueueUrl: work, 'MessageBody.$': '$.order' },
      ResultPath: '$.sent',
      Next: 'Receive',
    },
    Receive: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:sqs:receiveMessage',
      Parameters: { QueueUrl: work, WaitTimeSeconds: 20 },
      ResultPath: '$.received',
      End: true,
    },
  });
  const { status, output } = await world.run(machine, { order: { n: 8 } });
  assert.equal(status, 'SUCCEEDED');
  const ended = JSON.parse(output ?? '') as {
    sent: { MessageId: string; MD5OfMessageBody: string };
    received: { Messages: (Message & { MessageId: string })[] };
  };
  const [message] = ended.received.Messages;
  assert.equal(message?.MessageId, ended.sent.MessageId);
  assert.deepEqual(JSON.parse(message?.Body ?? ''), { n: 8 });
});

test('messages are there after a restart, under the address that the server had before', async () => {
  await world.aws().call('sqs', 'PurgeQueue', { QueueUrl: work });
  await world.aws().call('sqs', 'SendMessage', { QueueUrl: work, MessageBody: 'kept' });
  await world.restart();
  assert.equal((await take(work)).Body, 'kept');
});

test('what a template made goes with it', async () => {
  const { code, err } = await world.riposte('down', 'queues');
  assert.equal(code, 0, err);
  assert.deepEqual(await world.aws().call('sqs', 'ListQueues', {}), {});
});
