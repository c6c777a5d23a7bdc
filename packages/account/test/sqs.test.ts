import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { receiveMessages, type ReceiveMessageInput } from '@riposte/account';
import { ACCOUNT, at, openAccount, refusal, type Account } from './support/account.ts';

interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  Attributes?: Record<string, string>;
  MessageAttributes?: Record<string, object>;
  MD5OfMessageAttributes?: string;
}

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;

async function createQueue(
  account: Account,
  name: string,
  Attributes: Record<string, string> = {},
): Promise<string> {
  return String(at(await account.call('sqs:CreateQueue', { QueueName: name, Attributes }), 'QueueUrl'));
}

async function withQueue(
  t: TestContext,
  attributes: Record<string, string> = {},
): Promise<{ account: Account; QueueUrl: string }> {
  const account = openAccount(t);
  return { account, QueueUrl: await createQueue(account, 'Work', attributes) };
}

async function receive(
  account: Account,
  QueueUrl: string,
  input: Omit<ReceiveMessageInput, 'QueueUrl'> = {},
): Promise<Message[]> {
  const { output } = await account.inTransaction((transaction) =>
    receiveMessages(transaction, account.context(), { QueueUrl, ...input }),
  );
  return (output.Messages ?? []) as Message[];
}

async function countsOf(account: Account, QueueUrl: string): Promise<string> {
  const answer = await account.call('sqs:GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
  return ['', 'NotVisible', 'Delayed']
    .map((which) => String(at(answer, `Attributes.ApproximateNumberOfMessages${which}`)))
    .join(' ');
}

test('making a queue again is no change; with another attribute it is refused', async (t) => {
  const { account, QueueUrl } = await withQueue(t, { VisibilityTimeout: '60' });
  assert.equal(QueueUrl, `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/Work`);
  assert.equal(await createQueue(account, 'Work', { VisibilityTimeout: '60', DelaySeconds: '0' }), QueueUrl);
  assert.equal(await createQueue(account, 'Work'), QueueUrl);
  await assert.rejects(
    createQueue(account, 'Work', { VisibilityTimeout: '61' }),
    refusal(
      'QueueNameExists',
      400,
      'A queue already exists with the same name and a different value for attribute VisibilityTimeout',
    ),
  );
});

test('names, unknown attributes, values out of range and FIFO queues are refused', async (t) => {
  const account = openAccount(t);
  await assert.rejects(createQueue(account, 'a b'), refusal('InvalidParameterValue', 400, /alphanumeric/));
  for (const [attributes, code] of [
    [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    [{ MessageRetentionPeriod: '59' }, 'InvalidAttributeValue'],
    [{ DelaySeconds: 'soon' }, 'InvalidAttributeValue'],
    [{ Policy: '{"Statement":3}' }, 'InvalidAttributeValue'],
    [{ Color: 'red' }, 'InvalidAttributeName'],
    [{ FifoQueue: 'true' }, 'UnsupportedOperation'],
    [{ RedrivePolicy: '{"maxReceiveCount":1}' }, 'InvalidParameterValue'],
    [
      { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('None'), maxReceiveCount: 1 }) },
      'InvalidParameterValue',
    ],
  ] as const)
    await assert.rejects(createQueue(account, 'Work', attributes), refusal(code, 400));
  await assert.rejects(createQueue(account, 'Work.fifo'), refusal('UnsupportedOperation', 400));
  assert.deepEqual(await account.call('sqs:ListQueues'), {});
});

test('queues are found by name, by page and by prefix, each in its region', async (t) => {
  const account = openAccount(t);
  for (const name of ['a1', 'a2', 'b']) await createQueue(account, name);
  await account.call('sqs:CreateQueue', { QueueName: 'a3' }, { region: 'eu-west-1' });
  const names = (answer: unknown) =>
    (at(answer, 'QueueUrls') as string[]).map((url) => url.split('/').at(-1));
  assert.deepEqual(names(await account.call('sqs:ListQueues', { QueueNamePrefix: 'a' })), ['a1', 'a2']);
  const first = await account.call('sqs:ListQueues', { MaxResults: 2 });
  assert.deepEqual(names(first), ['a1', 'a2']);
  const second = await account.call('sqs:ListQueues', { MaxResults: 2, NextToken: at(first, 'NextToken') });
  assert.deepEqual(names(second), ['b']);
  assert.equal(at(second, 'NextToken'), undefined);
  await assert.rejects(
    account.call('sqs:GetQueueUrl', { QueueName: 'a3' }),
    refusal('QueueDoesNotExist', 400, 'The specified queue does not exist.'),
  );
  await assert.rejects(
    account.call('sqs:PurgeQueue', { QueueUrl: 'queue a1' }),
    refusal('InvalidAddress', 404, 'The address queue a1 is not valid for this endpoint.'),
  );
});

test('a received message is hidden from others until its visibility ends, and gone when it is deleted', async (t) => {
  const { account, QueueUrl } = await withQueue(t);
  const sent = await account.call('sqs:SendMessage', { QueueUrl, MessageBody: 'one' });
  assert.equal(sent['MD5OfMessageBody'], 'f97c5d29941bfb1b2fdab0874906ab82');
  const [first] = await receive(account, QueueUrl, { AttributeNames: ['All'] });
  assert.equal(first?.Body, 'one');
  assert.equal(first.MessageId, sent['MessageId']);
  assert.equal(first.Attributes?.['ApproximateReceiveCount'], '1');
  assert.equal(first.Attributes['SentTimestamp'], String(account.now));
  assert.deepEqual(await receive(account, QueueUrl), []);
  assert.equal(await countsOf(account, QueueUrl), '0 1 0');

  account.now += 29_999;
  assert.deepEqual(await receive(account, QueueUrl), []);
  account.now += 1;
  const [again] = await receive(account, QueueUrl, {
    MessageSystemAttributeNames: ['ApproximateReceiveCount'],
  });
  assert.deepEqual(again?.Attributes, { ApproximateReceiveCount: '2' });

  // the first receiver was too slow: its handle is out of date
  await account.call('sqs:DeleteMessage', { QueueUrl, ReceiptHandle: first.ReceiptHandle });
  assert.equal(await countsOf(account, QueueUrl), '0 1 0');
  await account.call('sqs:DeleteMessage', { QueueUrl, ReceiptHandle: again.ReceiptHandle });
  assert.equal(await countsOf(account, QueueUrl), '0 0 0');
  await account.call('sqs:DeleteMessage', { QueueUrl, ReceiptHandle: again.ReceiptHandle });
  await assert.rejects(
    account.call('sqs:DeleteMessage', { QueueUrl, ReceiptHandle: 'x' }),
    refusal('ReceiptHandleIsInvalid', 404, 'The input receipt handle "x" is not a valid receipt handle.'),
  );
});

test('many receivers at once never get the same message', async (t) => {
  const { account, QueueUrl } = await withQueue(t);
  for (let index = 0; index < 50; index += 1)
    await account.call('sqs:SendMessage', { QueueUrl, MessageBody: `m${index}` });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => receive(account, QueueUrl, { MaxNumberOfMessages: 3 })),
  );
  const bodies = answers.flat().map(({ Body }) => Body);
  assert.equal(bodies.length, 50);
  assert.equal(new Set(bodies).size, 50);
});

test('visibility is changed while a message is in flight, and given back with nothing', async (t) => {
  const { account, QueueUrl } = await withQueue(t, { VisibilityTimeout: '10' });
  await account.call('sqs:SendMessage', { QueueUrl, MessageBody: 'one' });
  const [message] = await receive(account, QueueUrl);
  assert.ok(message);
  const { ReceiptHandle } = message;
  await account.call('sqs:ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 100 });
  account.now += 50_000;
  assert.deepEqual(await receive(account, QueueUrl), []);
  await account.call('sqs:ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  assert.equal((await receive(account, QueueUrl)).length, 1);
  await assert.rejects(
    account.call('sqs:ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 5 }),
    refusal('InvalidParameterValue', 400, /not available for visibility timeout change/),
  );
});

test('a message that was received too often moves to the dead-letter queue, and names where it was', async (t) => {
  const account = openAccount(t);
  const dead = await createQueue(account, 'Dead');
  const QueueUrl = await createQueue(account, 'Work', {
    VisibilityTimeout: '0',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 2 }),
  });
  const { MessageId } = await account.call('sqs:SendMessage', { QueueUrl, MessageBody: 'poison' });
  const sentAt = String(account.now);
  await account.call('sqs:SendMessage', { QueueUrl, MessageBody: 'delayed', DelaySeconds: 1 });
  account.now += 500;
  assert.equal((await receive(account, QueueUrl)).length, 1);
  assert.equal((await receive(account, QueueUrl)).length, 1);
  account.now += 500;
  assert.deepEqual(
    (await receive(account, QueueUrl)).map(({ Body }) => Body),
    ['delayed'],
  );
  const [buried] = await receive(account, dead, { AttributeNames: ['All'] });
  assert.equal(buried?.MessageId, MessageId);
  assert.equal(buried?.Attributes?.['DeadLetterQueueSourceArn'], arnOf('Work'));
  assert.equal(buried.Attributes['SentTimestamp'], sentAt);
  assert.deepEqual(await account.call('sqs:ListDeadLetterSourceQueues', { QueueUrl: dead }), {
    queueUrls: [QueueUrl],
  });
});

test('a dead-letter queue says whose it will be', async (t) => {
  const account = openAccount(t);
  await createQueue(account, 'Dead', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: '3' });
  await assert.rejects(
    createQueue(account, 'Work', { RedrivePolicy }),
    refusal('InvalidParameterValue', 400),
  );
  await account.call('sqs:SetQueueAttributes', {
    QueueUrl: `http://localhost:4566/${ACCOUNT}/Dead`,
    Attributes: {
      RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf('Work')] }),
    },
  });
  await createQueue(account, 'Work', { RedrivePolicy });
  await assert.rejects(
    createQueue(account, 'Other', { RedrivePolicy }),
    refusal('InvalidParameterValue', 400),
  );
});

test('delays hide, retention removes', async (t) => {
  const { account, QueueUrl } = await withQueue(t, { DelaySeconds: '10', MessageRetentionPeriod: '60' });
  await account.call('sqs:SendMessage', { QueueUrl, MessageBody: 'one' });
  await account.call('sqs:SendMessage', { QueueUrl, MessageBody: 'two', DelaySeconds: 0 });
  assert.equal(await countsOf(account, QueueUrl), '1 0 1');
  account.now += 10_000;
  assert.equal(await countsOf(account, QueueUrl), '2 0 0');
  account.now += 50_000;
  assert.deepEqual(await receive(account, QueueUrl), []);
  assert.equal(await countsOf(account, QueueUrl), '0 0 0');
});

test('attributes come back as they were sent, those that are asked for, with the digest that SDKs check', async (t) => {
  const { account, QueueUrl } = await withQueue(t);
  const MessageAttributes = {
    'a.name': { DataType: 'String', StringValue: 'é' },
    'a.size': { DataType: 'Number.int', StringValue: '-3.5' },
    bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
  };
  await account.call('sqs:SendMessage', { QueueUrl, MessageBody: 'x', MessageAttributes });
  const [all] = await receive(account, QueueUrl, { MessageAttributeNames: ['All'], VisibilityTimeout: 0 });
  assert.deepEqual(all?.MessageAttributes, MessageAttributes);
  const [some] = await receive(account, QueueUrl, { MessageAttributeNames: ['a.*'], VisibilityTimeout: 0 });
  assert.deepEqual(Object.keys(some?.MessageAttributes ?? {}), ['a.name', 'a.size']);
  assert.notEqual(some?.MD5OfMessageAttributes, all.MD5OfMessageAttributes);
  const [none] = await receive(account, QueueUrl);
  assert.equal(none?.MessageAttributes, undefined);
});

test('messages that SQS would not take are refused', async (t) => {
  const { account, QueueUrl } = await withQueue(t, { MaximumMessageSize: '1024' });
  for (const [message, code] of [
    [{ MessageBody: 'x'.repeat(1025) }, 'InvalidParameterValue'],
    [
      { MessageBody: 'x'.repeat(1020), MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
    [{ MessageBody: '' }, 'MissingParameter'],
    [{ MessageBody: 'a\u0000b' }, 'InvalidMessageContents'],
    [{ MessageBody: 'a', DelaySeconds: 901 }, 'InvalidParameterValue'],
    [{ MessageBody: 'a', MessageGroupId: 'g' }, 'UnsupportedOperation'],
    [{ MessageBody: 'a', MessageDeduplicationId: 'd' }, 'InvalidParameterValue'],
    [
      { MessageBody: 'a', MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
    [
      { MessageBody: 'a', MessageAttributes: { a: { DataType: 'Number', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
    [
      { MessageBody: 'a', MessageAttributes: { 'AWS.a': { DataType: 'String', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
  ] as const)
    await assert.rejects(account.call('sqs:SendMessage', { QueueUrl, ...message }), refusal(code, 400));
  assert.equal(await countsOf(account, QueueUrl), '0 0 0');
});

test('a trace header comes along, and attributes that messages never have cannot be asked for', async (t) => {
  const { account, QueueUrl } = await withQueue(t);
  const header = (value: object) =>
    account.call('sqs:SendMessage', {
      QueueUrl,
      MessageBody: 'x',
      MessageSystemAttributes: { AWSTraceHeader: value },
    });
  const sent = await header({ DataType: 'String', StringValue: 'Root=1-2-3' });
  assert.equal(typeof sent['MD5OfMessageSystemAttributes'], 'string');
  await assert.rejects(header({ DataType: 'String' }), refusal('InvalidParameterValue', 400));
  const [message] = await receive(account, QueueUrl, { AttributeNames: ['AWSTraceHeader'] });
  assert.deepEqual(message?.Attributes, { AWSTraceHeader: 'Root=1-2-3' });
  await assert.rejects(
    receive(account, QueueUrl, { MessageSystemAttributeNames: ['Colour'] }),
    refusal('InvalidAttributeName', 400, 'Unknown Attribute Colour.'),
  );
  await assert.rejects(
    receive(account, QueueUrl, { ReceiveRequestAttemptId: 'a' }),
    refusal('InvalidParameterValue', 400),
  );
});

test('a batch is refused as a whole, or tells entry by entry what became of it', async (t) => {
  const { account, QueueUrl } = await withQueue(t);
  const batch = (Entries: object[]) => account.call('sqs:SendMessageBatch', { QueueUrl, Entries });
  const entry = (Id: string, MessageBody = 'x') => ({ Id, MessageBody });
  await assert.rejects(batch([]), refusal('EmptyBatchRequest', 400));
  await assert.rejects(
    batch(Array.from({ length: 11 }, (_, index) => entry(`e${index}`))),
    refusal(
      'TooManyEntriesInBatchRequest',
      400,
      'Maximum number of entries per request are 10. You have sent 11.',
    ),
  );
  await assert.rejects(batch([entry('a'), entry('a')]), refusal('BatchEntryIdsNotDistinct', 400));
  await assert.rejects(batch([entry('a b')]), refusal('InvalidBatchEntryId', 400));
  await assert.rejects(
    batch([entry('a', 'x'.repeat(600_000)), entry('b', 'x'.repeat(600_000))]),
    refusal('BatchRequestTooLong', 400),
  );
  const answer = await batch([entry('a'), entry('b', 'b\u0001')]);
  assert.equal(at(answer, 'Successful.0.Id'), 'a');
  assert.equal(at(answer, 'Failed.0.Code'), 'InvalidMessageContents');
  const [message] = await receive(account, QueueUrl, { MaxNumberOfMessages: 10 });
  assert.ok(message);
  const deleted = await account.call('sqs:DeleteMessageBatch', {
    QueueUrl,
    Entries: [
      { Id: 'good', ReceiptHandle: message.ReceiptHandle },
      { Id: 'bad', ReceiptHandle: 'x' },
    ],
  });
  assert.deepEqual(at(deleted, 'Successful'), [{ Id: 'good' }]);
  assert.equal(at(deleted, 'Failed.0.Code'), 'ReceiptHandleIsInvalid');
});

test('permissions are statements of the policy, tags are kept, a purge takes all, a deleted queue is gone', async (t) => {
  const { account, QueueUrl } = await withQueue(t);
  const policy = async () => {
    const answer = await account.call('sqs:GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] });
    return at(answer, 'Attributes.Policy') as string | undefined;
  };
  const permission = { QueueUrl, Label: 'them', AWSAccountIds: ['111122223333'], Actions: ['SendMessage'] };
  await account.call('sqs:AddPermission', permission);
  assert.deepEqual(JSON.parse((await policy()) ?? '').Statement, [
    {
      Sid: 'them',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: 'SQS:SendMessage',
      Resource: arnOf('Work'),
    },
  ]);
  await assert.rejects(account.call('sqs:AddPermission', permission), refusal('InvalidParameterValue', 400));
  await account.call('sqs:RemovePermission', { QueueUrl, Label: 'them' });
  assert.equal(await policy(), undefined);

  await account.call('sqs:TagQueue', { QueueUrl, Tags: { a: '1', b: '2' } });
  await account.call('sqs:UntagQueue', { QueueUrl, TagKeys: ['a'] });
  assert.deepEqual(await account.call('sqs:ListQueueTags', { QueueUrl }), { Tags: { b: '2' } });

  await account.call('sqs:SendMessage', { QueueUrl, MessageBody: 'one' });
  await account.call('sqs:PurgeQueue', { QueueUrl });
  assert.equal(await countsOf(account, QueueUrl), '0 0 0');
  await account.call('sqs:SendMessage', { QueueUrl, MessageBody: 'two' });
  await account.call('sqs:DeleteQueue', { QueueUrl });
  await assert.rejects(receive(account, QueueUrl), refusal('QueueDoesNotExist', 400));
  await createQueue(account, 'Work');
  assert.deepEqual(await receive(account, QueueUrl), []);
});

test('a message that a rehearsal sends carries its mark, which the sender’s digest does not count', async (t) => {
  const { account, QueueUrl } = await withQueue(t);
  const MessageAttributes = { a: { DataType: 'String', StringValue: '1' } };
  const message = { QueueUrl, MessageBody: 'event', MessageAttributes };
  const events = { kind: 'service', account: ACCOUNT, service: 'events.amazonaws.com' } as const;
  const real = await account.call('sqs:SendMessage', message, { as: events });
  const rehearsed = await account.call('sqs:SendMessage', message, { as: { ...events, simulated: true } });
  assert.equal(at(rehearsed, 'MD5OfMessageAttributes'), at(real, 'MD5OfMessageAttributes'));
  const received = await receive(account, QueueUrl, {
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['Riposte-Simulated'],
  });
  assert.deepEqual(
    received.map(({ MessageId, MessageAttributes: shown = {} }) => [MessageId, shown]),
    [
      [at(real, 'MessageId'), {}],
      [at(rehearsed, 'MessageId'), { 'Riposte-Simulated': { DataType: 'String', StringValue: 'true' } }],
    ],
  );
});
