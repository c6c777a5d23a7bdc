import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPlan } from '../src/index.ts';
import { FakeAccount, FakeAws, serviceError } from './support/fake-aws.ts';
import { actions, apply, plan, tearDown, templateText, type PlanOptions } from './support/stack.ts';

const playbook = templateText('playbook.yaml');
const definition =
  '{"StartAt":"Wait","States":{"Wait":{"Type":"Wait","Seconds":${WaitSeconds},"Next":"C"},"C":{"Type":"Task","Resource":"${ContainArn}","End":true}}}';
const files = { 'response.asl.json': definition };
const options: PlanOptions = { files, parameters: { NotificationEmail: 'security@example.com' } };

async function applied(aws: FakeAws, changed: PlanOptions = {}, text = playbook) {
  const ran = await apply(await plan(text, { ...options, ...changed }), aws);
  assert.equal(ran.error, undefined);
  return ran.record;
}

test('a playbook is created in dependency order, with the names and documents that it says', async () => {
  const aws = new FakeAws();
  const made = await plan(playbook, options);
  assert.equal(
    formatPlan(made),
    `Stack demo in 000000000000/us-east-1: 12 to create.
  + create  Topic                AWS::SNS::Topic
  + create  MailSubscription     AWS::SNS::Subscription
  + create  ContainRole          AWS::IAM::Role
  + create  Contain              AWS::Lambda::Function
  + create  NotifyRole           AWS::IAM::Role
  + create  Notify               AWS::Lambda::Function
  + create  ResponseRole         AWS::IAM::Role
  + create  Response             AWS::StepFunctions::StateMachine
  + create  ResponseHealthRole   AWS::IAM::Role
  + create  ResponseHealth       AWS::Events::Rule
  + create  Heartbeat            AWS::Events::Rule
  + create  HeartbeatPermission  AWS::Lambda::Permission
Note: Topic: KmsMasterKeyId is accepted and has no effect here: there is no KMS. On AWS it encrypts the topic.`,
  );
  const { record, error, progress } = await apply(made, aws);
  assert.equal(error, undefined);
  assert.equal(record.status, 'CREATE_COMPLETE');
  assert.equal(record.updatedAt, '2026-11-23T06:00:00.000Z');
  assert.deepEqual(
    progress.filter(({ phase }) => phase === 'done').map(({ logicalId }) => logicalId),
    made.resources.map(({ logicalId }) => logicalId),
  );

  const machine = aws.input('states:CreateStateMachine');
  const contain = record.resources['Contain']!.attributes['Arn']!;
  assert.match(contain, /^arn:aws:lambda:us-east-1:000000000000:function:demo-Contain-[0-9A-Z]{12}$/);
  assert.deepEqual(JSON.parse(String(machine['definition'])), {
    StartAt: 'Wait',
    States: {
      Wait: { Type: 'Wait', Seconds: 600, Next: 'C' },
      C: { Type: 'Task', Resource: contain, End: true },
    },
  });
  assert.equal(machine['roleArn'], record.resources['ResponseRole']!.attributes['Arn']);

  const lambda = aws.input('lambda:CreateFunction');
  assert.equal(lambda['Timeout'], 30);
  assert.deepEqual(lambda['Environment'], { Variables: { LOG_LEVEL: 'info', CONTAINMENT: 'Delete' } });
  assert.equal(
    Buffer.from((lambda['Code'] as { ZipFile: Uint8Array }).ZipFile).toString(),
    'functions/contain/ 1',
  );

  const role = aws.account.get('role', record.resources['ContainRole']!.physicalId)!;
  const policies = role['policies'] as Record<string, string>;
  assert.deepEqual(Object.keys(policies), ['ContainRolePolicy0']);
  assert.deepEqual(Object.keys(role['attached'] as object), [
    'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
  ]);
  assert.equal(
    (JSON.parse(policies['ContainRolePolicy0']!) as { Statement: { Resource: string }[] }).Statement[0]!
      .Resource,
    'arn:aws:iam::000000000000:user/*',
  );

  const rule = aws.account.get('rule', `default|${record.resources['ResponseHealth']!.physicalId}`)!;
  assert.equal(rule['EventPattern'], '{"source":["aws.health"],"detail":{"service":["RISK"]}}');
  assert.deepEqual(Object.values(rule['targets'] as object), [
    {
      Id: 'ResponseHealthStepFunctionsTarget',
      Arn: record.resources['Response']!.physicalId,
      RoleArn: record.resources['ResponseHealthRole']!.attributes['Arn'],
    },
  ]);

  assert.deepEqual(record.outputs, {
    MachineArn: {
      value: record.resources['Response']!.physicalId,
      description: 'Where to look',
      exportName: 'demo-machine',
    },
    Mail: { value: `${record.resources['Topic']!.physicalId}:email-security@example.com` },
  });
  assert.deepEqual(record.guard, { Guard: { DryRun: false, ChangesPerRun: 10 } });
  assert.deepEqual(record.parameters, {
    Containment: 'Delete',
    NotificationEmail: 'security@example.com',
    WaitMinutes: '10',
  });
});

test('applying the same again does nothing, and parameters used before need not be given again', async () => {
  const aws = new FakeAws();
  const previous = await applied(aws);
  const calls = aws.calls.length;
  const again = await plan(playbook, { files, previous });
  assert.equal(
    formatPlan(again).split('\n')[0],
    'Stack demo in 000000000000/us-east-1: nothing to do, 12 unchanged.',
  );
  assert.equal((await apply(again, aws)).record.status, 'UPDATE_COMPLETE');
  assert.equal(aws.calls.length, calls);
});

test('only what differs is changed, and named with its properties', async () => {
  const aws = new FakeAws();
  const previous = await applied(aws);
  const text = playbook
    .replace('DisplayName: Security', 'DisplayName: Security team')
    .replace('State: DISABLED', 'State: ENABLED');
  const made = await plan(text, {
    files: { 'response.asl.json': definition.replace('"Wait"', '"Wait" ') },
    code: '2',
    previous,
    parameters: { Containment: 'Deactivate' },
  });
  assert.deepEqual(
    made.resources
      .filter(({ action }) => action !== 'unchanged')
      .map(({ logicalId, changed }) => [logicalId, changed]),
    [
      ['Topic', ['DisplayName']],
      ['Contain', ['Environment', 'Code']],
      ['Notify', ['Code']],
      ['Response', ['DefinitionS3Location']],
      ['Heartbeat', ['State']],
    ],
  );
  aws.calls.length = 0;
  await apply(made, aws);
  assert.deepEqual(aws.names(), [
    'sns:SetTopicAttributes',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
    'lambda:UpdateFunctionCode',
    'states:UpdateStateMachine',
    'events:PutRule',
    'events:PutTargets',
  ]);
});

test('a replaced resource gets a new name, those that use it follow, and the old one goes last', async () => {
  const aws = new FakeAws();
  const previous = await applied(aws);
  const text = playbook.replace(
    '    Properties:\n      DisplayName',
    '    Properties:\n      TopicName: alarms\n      DisplayName',
  );
  const made = await plan(text, { files, previous });
  assert.deepEqual(actions(made), [
    'replace Topic',
    'replace MailSubscription',
    'update NotifyRole',
    'update Notify',
  ]);
  const oldTopic = previous.resources['Topic']!.physicalId;
  const { record, progress } = await apply(made, aws);
  assert.equal(record.resources['Topic']!.physicalId, 'arn:aws:sns:us-east-1:000000000000:alarms');
  assert.equal(aws.account.get('topic', oldTopic), undefined);
  assert.deepEqual(
    progress.filter(({ phase }) => phase === 'done').map(({ action, logicalId }) => `${action} ${logicalId}`),
    [...actions(made), 'delete MailSubscription', 'delete Topic'],
  );
  assert.deepEqual(record.obsolete, []);
});

test('what the template no longer holds is deleted, dependents first', async () => {
  const aws = new FakeAws();
  const previous = await applied(aws);
  const text = playbook.replace(/ {2}Heartbeat:[\s\S]*(?=Outputs:)/, '');
  const made = await plan(text, { files, previous });
  assert.deepEqual(actions(made), ['delete Heartbeat', 'delete HeartbeatPermission']);
  const { progress } = await apply(made, aws);
  assert.deepEqual(
    progress.filter(({ phase }) => phase === 'done').map(({ logicalId }) => logicalId),
    ['HeartbeatPermission', 'Heartbeat'],
  );
  assert.ok(!aws.account.keys().some((key) => key.includes('Heartbeat')));
});

test('tearing down leaves nothing, and does not mind what is gone already', async () => {
  const aws = new FakeAws();
  const previous = await applied(aws);
  aws.account.resources.delete(`function ${previous.resources['Notify']!.physicalId}`);
  aws.account.resources.delete(`role ${previous.resources['ResponseHealthRole']!.physicalId}`);
  const { record, error } = await tearDown(previous, aws);
  assert.equal(error, undefined);
  assert.deepEqual([record.status, record.resources, record.outputs], ['DELETE_COMPLETE', {}, {}]);
  assert.deepEqual(aws.account.keys(), []);
});

for (const when of ['before', 'after'] as const)
  test(`a run that fails ${when} the effect of any call is finished by the next one`, async () => {
    const whole = new FakeAws();
    const expected = await applied(whole);
    for (let call = 1; call <= whole.calls.length; call += 1) {
      const aws = new FakeAws();
      aws.failAt = { call, when, error: serviceError('ServiceUnavailable', 'Try again later.') };
      const first = await apply(await plan(playbook, options), aws);
      assert.match(
        first.error?.message ?? '',
        /ServiceUnavailable: Try again later\. .*run up again to continue\.$/,
      );
      assert.equal(first.record.status, 'CREATE_FAILED');
      const second = await apply(await plan(playbook, { ...options, previous: first.record }), aws);
      assert.equal(second.error, undefined, `after a failure of call ${call}`);
      assert.deepEqual(second.record, expected, `after a failure of call ${call}`);
      assert.deepEqual(aws.account, whole.account, `after a failure of call ${call}`);
    }
  });

test('an update with replacements that fails after any call is finished by the next one', async () => {
  const text = playbook
    .replace(
      '    Properties:\n      DisplayName',
      '    Properties:\n      TopicName: alarms\n      DisplayName',
    )
    .replace(/ {2}Heartbeat:[\s\S]*(?=Outputs:)/, '');
  const changed: PlanOptions = { code: '2' };
  const whole = new FakeAws();
  const previous = await applied(whole);
  const before = whole.calls.length;
  const expected = await applied(whole, { ...changed, previous }, text);
  for (let call = before + 1; call <= whole.calls.length; call += 1) {
    const aws = new FakeAws();
    const start = await applied(aws);
    aws.failAt = { call, when: 'after', error: serviceError('ServiceUnavailable', 'Try again later.') };
    const first = await apply(await plan(text, { ...options, ...changed, previous: start }), aws);
    assert.equal(first.record.status, 'UPDATE_FAILED');
    const second = await apply(await plan(text, { ...options, ...changed, previous: first.record }), aws);
    assert.equal(second.error, undefined, `after a failure of call ${call}`);
    assert.deepEqual(second.record, expected, `after a failure of call ${call}`);
    assert.deepEqual(aws.account, whole.account, `after a failure of call ${call}`);
  }
});

test('a stack that was cut off anywhere can be torn down', async () => {
  const whole = new FakeAws();
  await applied(whole);
  for (let call = 1; call <= whole.calls.length; call += 1) {
    const aws = new FakeAws(new FakeAccount());
    aws.failAt = { call, when: 'after', error: serviceError('ServiceUnavailable', 'Try again later.') };
    const first = await apply(await plan(playbook, options), aws);
    const { error } = await tearDown(first.record, aws);
    assert.equal(error, undefined, `after a failure of call ${call}`);
    assert.deepEqual(aws.account.keys(), [], `after a failure of call ${call}`);
  }
});
