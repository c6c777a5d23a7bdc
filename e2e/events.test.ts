/** The event side as people drive it: a template's resources, and rules, archives and schedules with each current client. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SdkAwsClient } from '@riposte/cli';
import { RunningServer } from './running-server.ts';

const ACCOUNT = 'us-east-1:000000000000';
let server: RunningServer;

before(async () => {
  server = await RunningServer.start({ arguments: ['--people-port', '0'] });
});
after(() => server.stop());

/** Asks until the answer is there: a replay begins after some seconds, deliveries come when they come. */
async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let look = 0; look < 300; look += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(100);
  }
  throw new Error('It did not come.');
}

test('a template makes, changes and removes what the event side has', async () => {
  const template = join(import.meta.dirname, 'templates', 'events.yaml');
  const up = server.riposte('up', template, '--stack', 'events');
  assert.equal(up.status, 0, up.stderr + up.stdout);
  assert.match(up.stdout, /orders\|putters/);
  assert.match(
    up.stdout,
    new RegExp(`arn:aws:events:${ACCOUNT}:api-destination/events-PagerCalls-\\w+/[-\\w]+`),
  );
  const again = server.riposte('up', template, '--stack', 'events');
  assert.equal(again.status, 0, again.stderr + again.stdout);
  const aws = clientOf();
  const { Policy } = await aws.call('events', 'DescribeEventBus', { Name: 'orders' });
  const { Statement } = JSON.parse(String(Policy)) as { Statement: { Sid: string }[] };
  assert.deepEqual(Statement.map(({ Sid }) => Sid).sort(), ['others', 'putters']);
  const { Schedules } = await aws.call('scheduler', 'ListSchedules', {});
  assert.equal((Schedules as object[]).length, 1);
  const down = server.riposte('down', 'events');
  assert.equal(down.status, 0, down.stderr + down.stdout);
  for (const [service, operation, member] of [
    ['events', 'ListArchives', 'Archives'],
    ['events', 'ListConnections', 'Connections'],
    ['events', 'ListApiDestinations', 'ApiDestinations'],
    ['events', 'ListRules', 'Rules'],
    ['scheduler', 'ListSchedules', 'Schedules'],
    ['logs', 'DescribeResourcePolicies', 'resourcePolicies'],
  ] as const)
    assert.deepEqual((await aws.call(service, operation, {}))[member], [], operation);
  aws.close();
});

test('the AWS CLI: a rule delivers to a queue, an archive is replayed, a schedule is kept', async () => {
  const aws = (...words: string[]): Record<string, unknown> => {
    const run = server.tool('aws', '--endpoint-url', server.url, ...words, '--output', 'json');
    assert.equal(run.status, 0, `aws ${words.join(' ')}: ${run.stderr}`);
    return run.stdout === '' ? {} : (JSON.parse(run.stdout) as Record<string, unknown>);
  };
  const { QueueUrl } = aws('sqs', 'create-queue', '--queue-name', 'cli');
  aws('events', 'put-rule', '--name', 'cli', '--event-pattern', '{"source":["cli"]}');
  const put = aws(
    'events',
    'put-targets',
    '--rule',
    'cli',
    '--targets',
    `Id=q,Arn=arn:aws:sqs:${ACCOUNT}:cli`,
  );
  assert.equal(put['FailedEntryCount'], 0);
  const bus = `arn:aws:events:${ACCOUNT}:event-bus/default`;
  const { ArchiveArn } = aws('events', 'create-archive', '--archive-name', 'cli', '--event-source-arn', bus);
  aws('events', 'put-events', '--entries', '[{"Source":"cli","DetailType":"d","Detail":"{\\"n\\":1}"}]');
  const received = () => {
    const words = ['sqs', 'receive-message', '--queue-url', String(QueueUrl), '--wait-time-seconds', '2'];
    const { Messages } = aws(...words) as { Messages?: { Body: string; ReceiptHandle: string }[] };
    const [message] = Messages ?? [];
    if (!message) return undefined;
    aws('sqs', 'delete-message', '--queue-url', String(QueueUrl), '--receipt-handle', message.ReceiptHandle);
    return JSON.parse(message.Body) as Record<string, unknown>;
  };
  assert.deepEqual((await eventually(received))['detail'], { n: 1 });
  const range = ['--event-start-time', '2026-01-01T00:00:00Z', '--event-end-time', '2100-01-01T00:00:00Z'];
  const replay = [
    '--replay-name',
    'cli',
    '--event-source-arn',
    String(ArchiveArn),
    '--destination',
    `Arn=${bus}`,
  ];
  aws('events', 'start-replay', ...replay, ...range);
  const repeated = await eventually(received);
  assert.deepEqual([repeated['replay-name'], repeated['detail']], ['cli', { n: 1 }]);
  const target = `Arn=arn:aws:sqs:${ACCOUNT}:cli,RoleArn=arn:aws:iam::000000000000:role/anybody`;
  const when = ['--schedule-expression', 'rate(1 day)', '--flexible-time-window', 'Mode=OFF'];
  aws('scheduler', 'create-schedule', '--name', 'cli', ...when, '--target', target);
  assert.equal(aws('scheduler', 'get-schedule', '--name', 'cli')['ScheduleExpression'], 'rate(1 day)');
});

test('boto3: the same, and a schedule that fires at once', () => {
  const script = `
import boto3, datetime, json, time
events, sqs, scheduler = boto3.client('events'), boto3.client('sqs'), boto3.client('scheduler')
url = sqs.create_queue(QueueName='boto')['QueueUrl']
arn = 'arn:aws:sqs:${ACCOUNT}:boto'
bus = events.describe_event_bus()['Arn']
events.put_rule(Name='boto', EventPattern=json.dumps({'source': ['boto']}))
events.put_targets(Rule='boto', Targets=[{'Id': 'q', 'Arn': arn}])
archive = events.create_archive(ArchiveName='boto', EventSourceArn=bus)['ArchiveArn']
events.put_events(Entries=[{'Source': 'boto', 'DetailType': 'd', 'Detail': '{"n": 1}'}])
def received():
    for _ in range(15):
        for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2).get('Messages', []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message['ReceiptHandle'])
            return json.loads(message['Body'])
first = received()
now = datetime.datetime.now(datetime.timezone.utc)
day = datetime.timedelta(days=1)
events.start_replay(ReplayName='boto', EventSourceArn=archive, EventStartTime=now - day, EventEndTime=now + day, Destination={'Arn': bus})
second = received()
scheduler.create_schedule(Name='boto', ScheduleExpression='rate(1 day)', FlexibleTimeWindow={'Mode': 'OFF'},
    Target={'Arn': arn, 'RoleArn': 'arn:aws:iam::000000000000:role/anybody', 'Input': '{"scheduled": true}'})
third = received()
print(json.dumps([first['detail'], second['replay-name'], third]))
`;
  const run = server.tool('python', '-c', script);
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout), [{ n: 1 }, 'boto', { scheduled: true }]);
});

test('the SDK for JavaScript: the same', async () => {
  const aws = clientOf();
  const { QueueUrl } = await aws.call('sqs', 'CreateQueue', { QueueName: 'sdk' });
  const Arn = `arn:aws:sqs:${ACCOUNT}:sdk`;
  const received = () =>
    eventually(async () => {
      const { Messages } = await aws.call('sqs', 'ReceiveMessage', { QueueUrl, WaitTimeSeconds: 2 });
      const [message] = (Messages ?? []) as { Body: string; ReceiptHandle: string }[]; // the output of the call
      if (!message) return undefined;
      await aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle: message.ReceiptHandle });
      return JSON.parse(message.Body) as Record<string, unknown>;
    });
  await aws.call('events', 'PutRule', { Name: 'sdk', EventPattern: '{"source":["sdk"]}' });
  await aws.call('events', 'PutTargets', { Rule: 'sdk', Targets: [{ Id: 'q', Arn }] });
  const bus = `arn:aws:events:${ACCOUNT}:event-bus/default`;
  const archive = { ArchiveName: 'sdk', EventSourceArn: bus };
  const { ArchiveArn } = await aws.call('events', 'CreateArchive', archive);
  await aws.call('events', 'PutEvents', { Entries: [{ Source: 'sdk', DetailType: 'd', Detail: '{"n":1}' }] });
  assert.deepEqual((await received())['detail'], { n: 1 });
  await aws.call('events', 'StartReplay', {
    ReplayName: 'sdk',
    EventSourceArn: ArchiveArn,
    EventStartTime: new Date('2026-01-01'),
    EventEndTime: new Date('2100-01-01'),
    Destination: { Arn: bus },
  });
  assert.equal((await received())['replay-name'], 'sdk');
  await aws.call('scheduler', 'CreateSchedule', {
    Name: 'sdk',
    ScheduleExpression: 'rate(1 day)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn, RoleArn: 'arn:aws:iam::000000000000:role/anybody', Input: '{"scheduled":true}' },
  });
  assert.deepEqual(await received(), { scheduled: true });
  aws.close();
});

function clientOf(): SdkAwsClient {
  return new SdkAwsClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}
