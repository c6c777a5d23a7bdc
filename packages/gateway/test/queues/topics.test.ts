import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { QueueRefused, type Notification } from '@riposte/account';
import { ACCOUNT, openWorld, policy, REGION, type World } from '../support/world.ts';

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:Security`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:Work`;

interface ReceivedMessage {
  Body: string;
  MessageAttributes?: Record<string, object>;
}

/** A topic with one queue, which lets it send. */
async function openTopic(
  t: TestContext,
  Attributes: Record<string, string>,
): Promise<{ world: World; QueueUrl: string; publish(input?: object): Promise<Notification> }> {
  const world = openWorld(t);
  const Policy = policy({
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: QUEUE,
    Condition: { ArnEquals: { 'aws:SourceArn': TOPIC } },
  });
  const { QueueUrl } = await world.call('sqs', 'CreateQueue', { QueueName: 'Work', Attributes: { Policy } });
  await world.call('sns', 'CreateTopic', { Name: 'Security' });
  await world.call('sns', 'Subscribe', { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: QUEUE, Attributes });
  return {
    world,
    QueueUrl: String(QueueUrl),
    async publish(input = {}) {
      await world.call('sns', 'Publish', { TopicArn: TOPIC, Message: 'It is on fire.', ...input });
      const [queued] = await world.store.dueNotifications(Number.MAX_SAFE_INTEGER, 1);
      assert.ok(queued);
      return queued;
    },
  };
}

async function received(world: World, QueueUrl: string): Promise<ReceivedMessage[]> {
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  return ((await world.call('sqs', 'ReceiveMessage', input))['Messages'] ?? []) as ReceivedMessage[];
}

test('a queue gets a topic’s message in its envelope, once, however often it is sent', async (t) => {
  const { world, QueueUrl, publish } = await openTopic(t, {});
  const queued = await publish({
    Subject: 'Fire',
    MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } },
  });
  await world.gateway.sendToQueue(queued);
  world.restart();
  await world.gateway.sendToQueue(queued);
  const [message, ...others] = await received(world, QueueUrl);
  assert.deepEqual(others, []);
  assert.deepEqual(JSON.parse(message?.Body ?? ''), {
    Type: 'Notification',
    MessageId: queued.messageId,
    TopicArn: TOPIC,
    Subject: 'Fire',
    Message: 'It is on fire.',
    Timestamp: '2026-11-23T06:00:00.000Z',
    MessageAttributes: { n: { Type: 'Number', Value: '1' } },
  });
  assert.equal(message?.MessageAttributes, undefined);
});

test('with raw delivery the message and its attributes arrive as they were published', async (t) => {
  const { world, QueueUrl, publish } = await openTopic(t, { RawMessageDelivery: 'true' });
  const MessageAttributes = {
    n: { DataType: 'Number', StringValue: '1' },
    b: { DataType: 'Binary', BinaryValue: new Uint8Array([7]) },
  };
  await world.gateway.sendToQueue(await publish({ MessageAttributes }));
  const [message] = await received(world, QueueUrl);
  assert.equal(message?.Body, 'It is on fire.');
  assert.deepEqual(message?.MessageAttributes, MessageAttributes);
});

test('raw delivery is switched on and off', async (t) => {
  const { world, publish } = await openTopic(t, {});
  const { subscriptionArn: SubscriptionArn } = await publish();
  const set = (AttributeName: string, AttributeValue: string) =>
    world.call('sns', 'SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });
  const isRaw = async () => {
    const { Attributes } = await world.call('sns', 'GetSubscriptionAttributes', { SubscriptionArn });
    return (Attributes as Record<string, string>)['RawMessageDelivery'];
  };
  await set('RawMessageDelivery', 'true');
  assert.equal(await isRaw(), 'true');
  await set('RawMessageDelivery', 'false');
  assert.equal(await isRaw(), 'false');
  await assert.rejects(set('FilterPolicy', '{}'), /FilterPolicy is not supported by this server yet/);
  await assert.rejects(set('RawMessageDelivery', 'maybe'), /Must be true or false/);
});

test('a queue that does not let the topic in, or is gone, is refused for good', async (t) => {
  const { world, QueueUrl, publish } = await openTopic(t, {});
  const queued = await publish();
  await world.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy: '' } });
  await assert.rejects(world.gateway.sendToQueue(queued), (error) => {
    assert.ok(error instanceof QueueRefused);
    assert.match(error.message, /sns\.amazonaws\.com is not authorized to perform: sqs:SendMessage/);
    return true;
  });
  await world.call('sqs', 'DeleteQueue', { QueueUrl });
  await assert.rejects(world.gateway.sendToQueue(queued), QueueRefused);
});
