import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { GetTopicAttributesCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { playbook, RunningServer } from './running-server.ts';

let server: RunningServer;

before(async () => {
  server = await RunningServer.start();
  const up = server.riposte('up', playbook, '-p', 'NotificationEmail=security@example.com');
  assert.equal(up.status, 0, up.stderr + up.stdout);
  const simulated = server.riposte('simulate', 'health/AWS_RISK_CREDENTIALS_EXPOSED', '--json');
  assert.equal(simulated.status, 0, simulated.stderr);
});
after(() => server.stop());

/** The execution of the response, once it has ended. */
async function endedResponse(): Promise<string> {
  for (let look = 0; look < 300; look += 1) {
    const { executions } = {
      executions: JSON.parse(server.riposte('executions', '--json').stdout) as {
        executionArn: string;
        status: string;
      }[],
    };
    const response = executions.find(({ executionArn }) => executionArn.includes('RespondToExposedKey'));
    if (response && response.status !== 'RUNNING') return response.executionArn;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The response did not end.');
}

test('the AWS CLI lists machines and executions, reads a history, puts an event and reads the topic', async () => {
  const executionArn = await endedResponse();
  const aws = (...words: string[]): unknown => {
    const run = server.tool('aws', ...words, '--output', 'json');
    assert.equal(run.status, 0, `aws ${words.join(' ')}: ${run.stderr}`);
    return JSON.parse(run.stdout);
  };
  const { stateMachines } = aws('stepfunctions', 'list-state-machines') as {
    stateMachines: { name: string; stateMachineArn: string }[];
  };
  const machine = stateMachines.find(({ name }) => name.includes('RespondToExposedKey'));
  assert.ok(machine, JSON.stringify(stateMachines));
  const { executions } = aws(
    'stepfunctions',
    'list-executions',
    '--state-machine-arn',
    machine.stateMachineArn,
  ) as { executions: { executionArn: string }[] };
  assert.deepEqual(
    executions.map((execution) => execution.executionArn),
    [executionArn],
  );
  const { events } = aws('stepfunctions', 'get-execution-history', '--execution-arn', executionArn) as {
    events: { id: number; type: string }[];
  };
  assert.equal(events[0]?.type, 'ExecutionStarted');
  assert.equal(events.at(-1)?.type, 'ExecutionSucceeded');
  assert.deepEqual(
    events.map(({ id }) => id),
    events.map((_, index) => index + 1),
  );

  const entry = JSON.stringify([{ Source: 'my.app', DetailType: 'Something', Detail: '{"n":1}' }]);
  assert.equal(
    (aws('events', 'put-events', '--entries', entry) as { FailedEntryCount: number }).FailedEntryCount,
    0,
  );
  const reserved = JSON.stringify([{ Source: 'aws.health', DetailType: 'AWS Health Event', Detail: '{}' }]);
  const refused = aws('events', 'put-events', '--entries', reserved) as { Entries: { ErrorCode: string }[] };
  assert.equal(refused.Entries[0]?.ErrorCode, 'NotAuthorizedForSourceException');

  const { Topics } = aws('sns', 'list-topics') as { Topics: { TopicArn: string }[] };
  const topicArn = Topics[0]?.TopicArn ?? '';
  const { Attributes } = aws('sns', 'get-topic-attributes', '--topic-arn', topicArn) as {
    Attributes: { TopicArn: string };
  };
  assert.equal(Attributes.TopicArn, topicArn);
});

test('the SDK for JavaScript does the same', async () => {
  const executionArn = await endedResponse();
  const options = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const sfn = new SFNClient(options);
  const sns = new SNSClient(options);
  const events = new EventBridgeClient(options);
  const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
  assert.equal(stateMachines?.length, 2);
  const stateMachineArn = stateMachines?.find(({ name }) =>
    name?.includes('RespondToExposedKey'),
  )?.stateMachineArn;
  const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  assert.equal(executions?.[0]?.executionArn, executionArn);
  assert.ok(executions?.[0]?.startDate instanceof Date);
  const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  assert.equal(execution.status, 'SUCCEEDED');
  const history = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }),
  );
  assert.equal(history.events?.[0]?.type, 'ExecutionSucceeded');
  assert.ok(history.nextToken);
  const put = await events.send(
    new PutEventsCommand({ Entries: [{ Source: 'my.app', DetailType: 'Something', Detail: '{}' }] }),
  );
  assert.equal(put.FailedEntryCount, 0);
  const { Topics } = await sns.send(new ListTopicsCommand({}));
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: Topics?.[0]?.TopicArn }));
  assert.equal(Attributes?.['SubscriptionsConfirmed'], '1');
  for (const client of [sfn, sns, events]) client.destroy();
});

test('boto3 does the same', async () => {
  const executionArn = await endedResponse();
  const script = `
import boto3, json, sys
sfn = boto3.client('stepfunctions')
machines = sfn.list_state_machines()['stateMachines']
execution = sfn.describe_execution(executionArn=sys.argv[1])
history = sfn.get_execution_history(executionArn=sys.argv[1])['events']
put = boto3.client('events').put_events(Entries=[{'Source': 'my.app', 'DetailType': 'x', 'Detail': '{}'}])
topics = boto3.client('sns').list_topics()['Topics']
try:
    boto3.client('iam').get_user(UserName='nobody')
    missing = None
except Exception as error:
    missing = type(error).__name__
print(json.dumps({'machines': len(machines), 'status': execution['status'], 'last': history[-1]['type'],
    'failed': put['FailedEntryCount'], 'topics': len(topics), 'missing': missing}))
`;
  const run = server.tool('python', '-c', script, executionArn);
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout), {
    machines: 2,
    status: 'SUCCEEDED',
    last: 'ExecutionSucceeded',
    failed: 0,
    topics: 1,
    missing: 'NoSuchEntityException',
  });
});
