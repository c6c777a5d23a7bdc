/** Queues as people use them, with the AWS CLI and boto3; and what they keep when the server is killed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RunningServer } from './running-server.ts';

let server: RunningServer;

before(async () => {
  server = await RunningServer.start();
});
after(() => server.stop());

function aws(...words: string[]): Record<string, unknown> {
  // said once more: for SQS, version 1 of the CLI takes an old address of its own before AWS_ENDPOINT_URL
  const run = server.tool('aws', '--endpoint-url', server.url, 'sqs', ...words, '--output', 'json');
  assert.equal(run.status, 0, `aws sqs ${words.join(' ')}: ${run.stderr}`);
  return run.stdout === '' ? {} : (JSON.parse(run.stdout) as Record<string, unknown>);
}

function queueUrl(name: string): string {
  return String(aws('get-queue-url', '--queue-name', name)['QueueUrl']);
}

test('what the AWS CLI sent is received after kill -9', async () => {
  aws(
    'create-queue',
    '--queue-name',
    'work',
    '--attributes',
    'VisibilityTimeout=60',
    '--tags',
    'team=security',
  );
  const attributes = JSON.stringify({ n: { DataType: 'Number', StringValue: '3' } });
  const send = ['send-message', '--queue-url', queueUrl('work'), '--message-attributes', attributes];
  const sent = aws(...send, '--message-body', 'hé <x>');
  const { dataFolder } = server;
  await server.kill();
  server = await RunningServer.start({ dataFolder });
  const QueueUrl = queueUrl('work');
  const { Messages } = aws(
    'receive-message',
    '--queue-url',
    QueueUrl,
    '--message-attribute-names',
    'All',
  ) as {
    Messages: { MessageId: string; Body: string; ReceiptHandle: string; MessageAttributes: object }[];
  };
  assert.deepEqual(
    Messages.map(({ MessageId, Body }) => [MessageId, Body]),
    [[sent['MessageId'], 'hé <x>']],
  );
  assert.deepEqual(Messages[0]?.MessageAttributes, { n: { DataType: 'Number', StringValue: '3' } });
  aws('delete-message', '--queue-url', QueueUrl, '--receipt-handle', Messages[0]?.ReceiptHandle ?? '');
  assert.deepEqual(aws('list-queue-tags', '--queue-url', QueueUrl), { Tags: { team: 'security' } });
});

test('boto3 sends and receives a batch, waits for messages, and is told what is missing', () => {
  const script = `
import boto3, json
sqs = boto3.client('sqs')
url = sqs.create_queue(QueueName='batches')['QueueUrl']
sent = sqs.send_message_batch(QueueUrl=url, Entries=[{'Id': str(n), 'MessageBody': str(n)} for n in range(3)])
received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5)['Messages']
sqs.delete_message_batch(QueueUrl=url, Entries=[{'Id': m['Body'], 'ReceiptHandle': m['ReceiptHandle']} for m in received])
empty = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get('Messages')
try:
    sqs.get_queue_url(QueueName='none')
    missing = None
except sqs.exceptions.QueueDoesNotExist as error:
    missing = error.response['Error']['Code']
print(json.dumps({'sent': len(sent['Successful']), 'bodies': [m['Body'] for m in received], 'empty': empty, 'missing': missing}))
`;
  const run = server.tool('python', '-c', script);
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout), {
    sent: 3,
    bodies: ['0', '1', '2'],
    empty: null,
    missing: 'AWS.SimpleQueueService.NonExistentQueue',
  });
});
