/** SQS over a real socket, with the SDK as it is and as a client that still speaks awsQuery. */
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { AwsQueryProtocol } from '@aws-sdk/core/protocols';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { createAwsDoor } from '@riposte/gateway';
import { countingIds, openWorld } from '../support/world.ts';

const query: SQSClientConfig = {
  protocol: AwsQueryProtocol,
  protocolSettings: {
    defaultNamespace: 'com.amazonaws.sqs',
    xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
    version: '2012-11-05',
  },
};

async function openClient(t: TestContext, config: SQSClientConfig): Promise<[SQSClient, string]> {
  const clock = { now: () => Date.now(), wakeAt: () => () => {} };
  const { gateway } = openWorld(t, { clock });
  const { calls, credentials } = gateway;
  const door = createAwsDoor({
    calls,
    credentials,
    clock,
    ids: countingIds(),
    health: () => ({ status: 'ok' }),
  });
  await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
  t.after(() => door.close());
  const endpoint = `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`; // listening on TCP
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    ...config,
  });
  t.after(() => client.destroy());
  return [client, endpoint];
}

for (const [name, config] of [
  ['awsJson', {}],
  ['awsQuery', query],
] as const)
  test(`a message makes its way through a queue by ${name}`, async (t) => {
    const [client, endpoint] = await openClient(t, config);
    const { QueueUrl } = await client.send(
      new CreateQueueCommand({ QueueName: 'Work', Attributes: { VisibilityTimeout: '7' }, tags: { a: 'b' } }),
    );
    assert.equal(QueueUrl, `${endpoint}/000000000000/Work`);
    const MessageBody = 'é <b>&\r\n\t"quoted"';
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'y' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
    };
    // the client compares the digests of body and attributes, both ways
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
    const sent = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'good', MessageBody: 'second' },
          { Id: 'bad', MessageBody: 'x', DelaySeconds: 1000 },
        ],
      }),
    );
    assert.deepEqual(
      sent.Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
      [['bad', 'InvalidParameterValue', true]],
    );
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        AttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    assert.deepEqual(
      Messages.map(({ Body }) => Body),
      [MessageBody, 'second'],
    );
    assert.equal(Messages[0]?.Attributes?.['ApproximateReceiveCount'], '1');
    assert.equal(Messages[0].MessageAttributes?.['text']?.StringValue, 'y');
    assert.deepEqual([...(Messages[0].MessageAttributes['bytes']?.BinaryValue ?? [])], [1, 2]);
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: `m${index}`, ReceiptHandle })),
      }),
    );
    assert.deepEqual(
      deleted.Successful?.map(({ Id }) => Id),
      ['m0', 'm1'],
    );
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout', 'QueueArn'] }),
    );
    assert.deepEqual(Attributes, {
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:Work',
      VisibilityTimeout: '7',
    });
    assert.deepEqual((await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags, { a: 'b' });
    assert.deepEqual((await client.send(new ListQueuesCommand({}))).QueueUrls, [QueueUrl]);
  });

for (const [name, config] of [
  ['awsJson', {}],
  ['awsQuery', query],
] as const)
  test(`a refusal has the class and both codes by ${name}`, async (t) => {
    const [client] = await openClient(t, config);
    await assert.rejects(client.send(new GetQueueUrlCommand({ QueueName: 'none' })), (error) => {
      assert.ok(error instanceof QueueDoesNotExist);
      assert.equal(Reflect.get(error, 'Code'), 'AWS.SimpleQueueService.NonExistentQueue');
      return true;
    });
  });
