/**
 * The life of a state machine, by each of the three clients that people use: created, run by a worker of its activity,
 * failed, looked into, redriven, succeeded, deleted.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DeleteActivityCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
} from '@aws-sdk/client-sfn';
import { RunningServer } from './running-server.ts';

const ROLE = 'arn:aws:iam::000000000000:role/worker';

const TYPES = [
  'ExecutionStarted',
  'TaskStateEntered',
  'ActivityScheduled',
  'ActivityStarted',
  'ActivityFailed',
  'ExecutionFailed',
  'ExecutionRedriven',
  'ActivityScheduled',
  'ActivityStarted',
  'ActivitySucceeded',
  'TaskStateExited',
  'ExecutionSucceeded',
];

let server: RunningServer;

before(async () => {
  server = await RunningServer.start();
});
after(() => server.stop());

/** One state, whose work a worker of the activity does. */
function definitionWith(activityArn: string): string {
  const work = { Type: 'Task', Resource: activityArn, End: true };
  return JSON.stringify({ StartAt: 'Work', States: { Work: work } });
}

test('the SDK for JavaScript leads a machine through its life', async () => {
  const sfn = new SFNClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { activityArn } = await sfn.send(new CreateActivityCommand({ name: 'js' }));
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({ name: 'js', definition: definitionWith(activityArn!), roleArn: ROLE }),
  );
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: 'run', input: '{"order":7}' }),
  );
  const takeTask = async () => {
    const task = await sfn.send(new GetActivityTaskCommand({ activityArn, workerName: 'js-worker' }));
    assert.equal(task.input, '{"order":7}');
    return task.taskToken;
  };
  await sfn.send(new SendTaskFailureCommand({ taskToken: await takeTask(), error: 'Broken', cause: 'once' }));
  const failed = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  assert.deepEqual(
    [failed.status, failed.error, failed.cause, failed.redriveStatus],
    ['FAILED', 'Broken', 'once', 'REDRIVABLE'],
  );

  const { redriveDate } = await sfn.send(new RedriveExecutionCommand({ executionArn }));
  assert.ok(redriveDate instanceof Date);
  await sfn.send(new SendTaskSuccessCommand({ taskToken: await takeTask(), output: '{"done":true}' }));
  const succeeded = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  assert.deepEqual(
    [succeeded.status, succeeded.output, succeeded.redriveCount],
    ['SUCCEEDED', '{"done":true}', 1],
  );
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  assert.deepEqual(
    events?.map(({ type }) => type),
    TYPES,
  );
  assert.equal(events?.[3]?.activityStartedEventDetails?.workerName, 'js-worker');

  await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  await sfn.send(new DeleteActivityCommand({ activityArn }));
  await assert.rejects(
    sfn.send(new DescribeStateMachineCommand({ stateMachineArn })),
    StateMachineDoesNotExist,
  );
  sfn.destroy();
});

test('the SDK for JavaScript looks into a Map Run and its children', async () => {
  const sfn = new SFNClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const processor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Item',
    States: { Item: { Type: 'Wait', Seconds: 0, End: true } },
  };
  const each = { Type: 'Map', Label: 'each', ItemProcessor: processor, End: true };
  const definition = JSON.stringify({ StartAt: 'Each', States: { Each: each } });
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({ name: 'map', definition, roleArn: ROLE }),
  );
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: '[1,2,3]' }));
  const ended = await endOf(sfn, executionArn!);
  assert.deepEqual([ended.status, ended.output], ['SUCCEEDED', '[1,2,3]']);
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  const mapRunArn = mapRuns?.[0]?.mapRunArn;
  const run = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
  assert.deepEqual([run.status, run.itemCounts?.succeeded, run.executionCounts?.total], ['SUCCEEDED', 3, 3]);
  const { executions } = await sfn.send(new ListExecutionsCommand({ mapRunArn }));
  assert.equal(executions?.length, 3);
  assert.match(executions?.[0]?.executionArn ?? '', /:execution:map\/each:/);
  sfn.destroy();
});

async function endOf(sfn: SFNClient, executionArn: string) {
  for (let look = 0; look < 300; look += 1) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') return execution;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${executionArn} did not end.`);
}

test('the AWS CLI leads a machine through its life', () => {
  const aws = (operation: string, ...words: string[]) => {
    const run = server.tool('aws', 'stepfunctions', operation, ...words, '--output', 'json');
    assert.equal(run.status, 0, `aws stepfunctions ${operation}: ${run.stderr}`);
    return (run.stdout.trim() === '' ? {} : JSON.parse(run.stdout)) as Record<string, string>;
  };
  const { activityArn = '' } = aws('create-activity', '--name', 'cli');
  const definition = ['--definition', definitionWith(activityArn)];
  const { stateMachineArn = '' } = aws(
    'create-state-machine',
    '--name',
    'cli',
    ...definition,
    '--role-arn',
    ROLE,
  );
  const machine = ['--state-machine-arn', stateMachineArn];
  const { executionArn = '' } = aws('start-execution', ...machine, '--input', '{"order":7}');
  const execution = ['--execution-arn', executionArn];
  const takeTask = () => {
    const task = aws('get-activity-task', '--activity-arn', activityArn, '--worker-name', 'cli-worker');
    assert.equal(task['input'], '{"order":7}');
    return ['--task-token', task['taskToken'] ?? ''];
  };
  aws('send-task-failure', ...takeTask(), '--error', 'Broken', '--cause', 'once');
  const failed = aws('describe-execution', ...execution);
  assert.deepEqual([failed['status'], failed['error'], failed['cause']], ['FAILED', 'Broken', 'once']);

  assert.ok('redriveDate' in aws('redrive-execution', ...execution)); // printed as the CLI's settings say
  aws('send-task-success', ...takeTask(), '--task-output', '{"done":true}');
  const succeeded = aws('describe-execution', ...execution);
  assert.deepEqual([succeeded['status'], succeeded['output']], ['SUCCEEDED', '{"done":true}']);
  const { events } = aws('get-execution-history', ...execution) as unknown as { events: { type: string }[] };
  assert.deepEqual(
    events.map(({ type }) => type),
    TYPES,
  );

  aws('delete-state-machine', ...machine);
  aws('delete-activity', '--activity-arn', activityArn);
  const gone = server.tool('aws', 'stepfunctions', 'describe-state-machine', ...machine);
  assert.match(gone.stderr, /\(StateMachineDoesNotExist\).*State Machine Does Not Exist/);
});

const BOTO3_LIFE = `
import boto3, json, sys
sfn = boto3.client('stepfunctions')
activity = sfn.create_activity(name='python')['activityArn']
work = {'Type': 'Task', 'Resource': activity, 'End': True}
definition = json.dumps({'StartAt': 'Work', 'States': {'Work': work}})
machine = sfn.create_state_machine(name='python', definition=definition, roleArn=sys.argv[1])['stateMachineArn']
execution = sfn.start_execution(stateMachineArn=machine, input='{"order":7}')['executionArn']

def take_task():
    task = sfn.get_activity_task(activityArn=activity, workerName='python-worker')
    assert task['input'] == '{"order":7}', task
    return task['taskToken']

sfn.send_task_failure(taskToken=take_task(), error='Broken', cause='once')
failed = sfn.describe_execution(executionArn=execution)
sfn.redrive_execution(executionArn=execution)
sfn.send_task_success(taskToken=take_task(), output='{"done":true}')
succeeded = sfn.describe_execution(executionArn=execution)
pages = sfn.get_paginator('get_execution_history').paginate(executionArn=execution, PaginationConfig={'PageSize': 5})
events = [event for page in pages for event in page['events']]
sfn.delete_state_machine(stateMachineArn=machine)
sfn.delete_activity(activityArn=activity)
try:
    sfn.describe_state_machine(stateMachineArn=machine)
    gone = None
except sfn.exceptions.StateMachineDoesNotExist as error:
    gone = error.response['Error']['Code']
print(json.dumps({
    'failed': [failed['status'], failed['error'], failed['cause']],
    'succeeded': [succeeded['status'], succeeded['output'], succeeded['redriveCount']],
    'types': [event['type'] for event in events], 'gone': gone}))
`;

test('boto3 leads a machine through its life, and reads its history in pages', () => {
  const run = server.tool('python', '-c', BOTO3_LIFE, ROLE);
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout), {
    failed: ['FAILED', 'Broken', 'once'],
    succeeded: ['SUCCEEDED', '{"done":true}', 1],
    types: TYPES,
    gone: 'StateMachineDoesNotExist',
  });
});
