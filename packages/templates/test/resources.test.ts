import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatPlan, type StackRecord } from '../src/index.ts';
import { FakeAws } from './support/fake-aws.ts';
import { actions, apply, plan, tearDown, templateText, type PlanOptions } from './support/stack.ts';

const every = templateText('every-resource.yaml');

async function up(text: string, aws: FakeAws, options: PlanOptions = {}): Promise<StackRecord> {
  const { record, error } = await apply(await plan(text, options), aws);
  assert.equal(error, undefined);
  return record;
}

test('every function yields what CloudFormation yields', async () => {
  const aws = new FakeAws();
  const record = await up(templateText('functions.yaml'), aws);
  assert.ok(Object.keys(record.outputs).length > 20);
  for (const [name, { value, description }] of Object.entries(record.outputs))
    assert.equal(value, description, name);
  assert.deepEqual(aws.input('events:CreateEventBus'), { Name: 'orders', Description: 'yes' });
  assert.equal(
    aws.input('events:PutRule')['EventPattern'],
    '{"account":["012345678901"],"detail":{"c":["x"],"a":["one"],"b":["two"]}}',
  );
  assert.ok(!aws.names().includes('sns:SetTopicAttributes'), 'NoValue drops the property');
});

test('a public sample of the older shape is accepted as it is', async () => {
  const aws = new FakeAws();
  const record = await up(templateText('seed.yaml'), aws);
  const definition = JSON.parse(String(aws.input('states:CreateStateMachine')['definition'])) as {
    States: Record<string, { Resource: string }>;
  };
  assert.equal(definition.States['Delete']!.Resource, record.resources['Delete']!.attributes['Arn']);
  const trust = String(
    aws.account.get('role', record.resources['MachineRole']!.physicalId)!['AssumeRolePolicyDocument'],
  );
  assert.match(trust, /"Service":"states\.us-east-1\.amazonaws\.com"/);
  assert.match(
    String(aws.account.get('role', record.resources['StartRole']!.physicalId)!['AssumeRolePolicyDocument']),
    /"Version":"2012-10-17"/,
  );
  assert.equal(
    Buffer.from((aws.input('lambda:CreateFunction')['Code'] as { ZipFile: Uint8Array }).ZipFile).toString(),
    '../lambda_functions/ 1',
  );
});

test('a bucket gets a name that S3 takes, and is deleted only when it is empty', async () => {
  const aws = new FakeAws();
  const text = 'Resources: { Pages: { Type: AWS::S3::Bucket, Properties: { OwnershipControls: {} } } }';
  const planned = await plan(text);
  assert.match(
    formatPlan(planned),
    /OwnershipControls is accepted and has no effect here: there is one account\./,
  );
  const { record } = await apply(planned, aws);
  const { physicalId = '', attributes } = record.resources['Pages'] ?? {};
  assert.match(physicalId, /^[a-z0-9-]{3,63}$/);
  assert.equal(attributes?.['Arn'], `arn:aws:s3:::${physicalId}`);
  aws.account.put('bucket', physicalId, { objects: 1 });
  const { record: left, error } = await tearDown(record, aws);
  assert.match(error?.message ?? '', /Pages .*not empty/);
  aws.account.put('bucket', physicalId, {});
  assert.equal((await tearDown(left, aws)).error, undefined);
  assert.deepEqual(aws.account.keys(), []);
});

test('every resource type is created with what the template says', async () => {
  const aws = new FakeAws();
  const record = await up(every, aws);
  assert.deepEqual(aws.input('logs:PutRetentionPolicy'), { logGroupName: '/orders', retentionInDays: 7 });
  assert.equal(
    record.resources['Group']!.attributes['Arn'],
    'arn:aws:logs:us-east-1:000000000000:log-group:/orders:*',
  );
  assert.deepEqual(
    aws.calls
      .filter(({ operation }) => operation === 'SetSubscriptionAttributes')
      .map(({ input }) => [input['AttributeName'], input['AttributeValue']]),
    [
      ['FilterPolicy', '{"kind":["1"]}'],
      ['RawMessageDelivery', 'true'],
    ],
  );
  const work = aws.account.get('queue', record.resources['Work']!.physicalId)!;
  assert.equal(work['VisibilityTimeout'], '60');
  assert.deepEqual(JSON.parse(String(work['RedrivePolicy'])), {
    deadLetterTargetArn: record.resources['Dead']!.attributes['Arn'],
    maxReceiveCount: '1',
  });
  assert.deepEqual(work['tags'], { v1: 'x', team: '1' });
  assert.match(String(work['Policy']), /"Resource":"arn:aws:sqs:us-east-1:000000000000:work"/);
  const lambda = aws.input('lambda:CreateFunction');
  assert.deepEqual(lambda['Environment'], { Variables: { SECRET: 'top-secret', COUNT: '5' } });
  const machine = aws.input('states:CreateStateMachine');
  assert.deepEqual(JSON.parse(String(machine['definition'])), {
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Result: record.resources['Inline']!.attributes['Arn'], Comment: '1', End: true },
    },
  });
  assert.deepEqual(machine['loggingConfiguration'], {
    level: 'ALL',
    includeExecutionData: true,
    destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: record.resources['Group']!.attributes['Arn'] } }],
  });
  const daily = aws.account.get('rule', `default|${record.resources['InlineDaily']!.physicalId}`)!;
  assert.deepEqual([daily['ScheduleExpression'], daily['State']], ['cron(1 0 * * ? *)', 'DISABLED']);
  const orders = aws.account.get('rule', record.resources['InlineOrders']!.physicalId)!;
  assert.deepEqual(orders['targets'], {
    mine: {
      Id: 'mine',
      Arn: record.resources['Inline']!.attributes['Arn'],
      InputPath: '$.detail',
      DeadLetterConfig: { Arn: record.resources['Dead']!.attributes['Arn'] },
    },
  });
  const permissions = Object.values(
    aws.account.get('function', record.resources['Inline']!.physicalId)!['permissions'] as object,
  ) as Record<string, string>[];
  assert.deepEqual(
    permissions.map(({ SourceArn }) => SourceArn),
    [record.resources['InlineDaily']!.attributes['Arn'], record.resources['InlineOrders']!.attributes['Arn']],
  );
  const undelivered = aws.account.get('queue', record.resources['MachineHourlyQueue']!.physicalId)!;
  assert.deepEqual(JSON.parse(String(undelivered['Policy'])), {
    Version: '2012-10-17',
    Statement: [
      {
        Action: 'sqs:SendMessage',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: record.resources['MachineHourlyQueue']!.attributes['Arn'],
        Condition: { ArnEquals: { 'aws:SourceArn': record.resources['MachineHourly']!.attributes['Arn'] } },
      },
    ],
  });
  const hourly = aws.account.get('rule', `default|${record.resources['MachineHourly']!.physicalId}`)!;
  assert.equal(
    (Object.values(hourly['targets'] as object) as { RoleArn: string }[])[0]!.RoleArn,
    'arn:aws:iam::000000000000:role/worker',
  );
  assert.deepEqual(aws.account.get('Schedule', 'MachineNightly')!['Target'], {
    Arn: record.resources['Machine']!.physicalId,
    RoleArn: record.resources['MachineNightlyRole']!.attributes['Arn'],
    DeadLetterConfig: { Arn: record.resources['MachineNightlyQueue']!.attributes['Arn'] },
    Input: '{}',
    RetryPolicy: { MaximumRetryAttempts: 3 },
  });
  const nightly = aws.account.get('role', record.resources['MachineNightlyRole']!.physicalId)!;
  assert.match(String(nightly['AssumeRolePolicyDocument']), /"scheduler\.amazonaws\.com"/);
  assert.deepEqual(Object.keys(nightly['policies'] as object), [
    'MachineNightlyStartExecutionPolicy',
    'MachineNightlySQSPolicy',
  ]);
  const weekly = aws.account.get('Schedule', record.resources['InlineWeekly']!.physicalId)!;
  assert.match(record.resources['InlineWeekly']!.physicalId, /^demo-InlineWeekly-/);
  assert.equal((weekly['Target'] as { Arn: string }).Arn, record.resources['Inline']!.attributes['Arn']);
  assert.equal(
    record.resources['PagerCalls']!.attributes['Arn'],
    aws.account.get('ApiDestination', record.resources['PagerCalls']!.physicalId)!['ApiDestinationArn'],
  );
  const onward = aws.account.get('rule', 'default|onward')!;
  assert.deepEqual((onward['targets'] as Record<string, object>)['page'], {
    Id: 'page',
    Arn: record.resources['PagerCalls']!.attributes['Arn'],
    RoleArn: 'arn:aws:iam::000000000000:role/worker',
    HttpParameters: { PathParameterValues: ['$.detail.id'], HeaderParameters: { 'X-Version': '1' } },
  });
  assert.equal(record.resources['Putters']!.physicalId, 'orders|putters');
  assert.deepEqual(aws.account.get('Schedule', 'morning')!['StartDate'], new Date('2026-12-01T00:00:00Z'));
  assert.ok(!JSON.stringify(record).includes('top-secret'), 'the record holds no secret');
});

test('an update leaves the account as a fresh stack of the new version would be', async () => {
  const aws = new FakeAws();
  const previous = await up(every, aws);
  const changed = every
    .replace('RetentionInDays: 7', 'RetentionInDays: 30')
    .replace('Target: { Id: mine }', 'Target: { Id: yours }');
  const made = await plan(changed, { previous, parameters: { Version: '2' } });
  assert.ok(
    made.resources.every(({ action }) => action === 'update' || action === 'unchanged'),
    actions(made).join(),
  );
  const { record, error } = await apply(made, aws);
  assert.equal(error, undefined);
  const fresh = new FakeAws();
  const expected = await up(changed, fresh, { parameters: { Version: '2' } });
  assert.deepEqual(record.resources, expected.resources);
  assert.deepEqual(aws.account, fresh.account);
});

test('tearing every resource type down leaves nothing', async () => {
  const aws = new FakeAws();
  const { error } = await tearDown(await up(every, aws), aws);
  assert.equal(error, undefined);
  assert.deepEqual(aws.account.keys(), []);
});

const python = spawnSync('python3', ['--version']).status === 0;
test(
  'inline code is a ZIP file that other programs read',
  { skip: !python && 'no python3 here' },
  async () => {
    const aws = new FakeAws();
    await up(every, aws);
    const folder = mkdtempSync(join(tmpdir(), 'riposte-templates-'));
    try {
      const file = join(folder, 'code.zip');
      writeFileSync(file, (aws.input('lambda:CreateFunction')['Code'] as { ZipFile: Uint8Array }).ZipFile);
      const script =
        'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(z.namelist(), z.read("index.py").decode())';
      const { stdout, stderr } = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
      assert.equal(stdout, "['index.py'] def handler(event, context): return '1'\n\n", stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test('a definition in YAML becomes JSON after its placeholders are filled', async () => {
  const aws = new FakeAws();
  await up(
    'Transform: AWS::Serverless-2016-10-31\nResources: { M: { Type: AWS::Serverless::StateMachine, Properties: { DefinitionUri: m.asl.yaml, DefinitionSubstitutions: { Seconds: 5, A: "${B}", B: last } } } }',
    aws,
    {
      files: {
        'm.asl.yaml':
          'StartAt: W\nStates:\n  W: { Type: Wait, Seconds: ${Seconds}, Comment: "${A} ${C}", End: true }\n',
      },
    },
  );
  assert.deepEqual(JSON.parse(String(aws.input('states:CreateStateMachine')['definition'])), {
    StartAt: 'W',
    States: { W: { Type: 'Wait', Seconds: 5, Comment: 'last ${C}', End: true } },
  });
});
