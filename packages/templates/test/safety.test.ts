import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyStack, StackFailure, type StackRecord } from '../src/index.ts';
import { FakeAws, serviceError } from './support/fake-aws.ts';
import { actions, apply, now, plan, tearDown, templateText } from './support/stack.ts';

const topic = (properties: string) =>
  `Resources: { T: { Type: AWS::SNS::Topic, Properties: { ${properties} } } }`;

test('a run that is killed at any call, with only what was on disk, is finished by the next one', async () => {
  const text = templateText('every-resource.yaml');
  const whole = new FakeAws();
  const { record: expected } = await apply(await plan(text), whole);
  for (let call = 1; call <= whole.calls.length; call += 1) {
    const aws = new FakeAws();
    const killed = new Error('killed');
    aws.failAt = { call, when: 'after', error: killed };
    let disk: StackRecord | undefined;
    let alive = true;
    await assert.rejects(async () =>
      applyStack(
        await plan(text),
        aws,
        ({ phase }) => {
          alive &&= phase !== 'failed';
        },
        async (record) => {
          if (aws.calls.length === call) alive = false; // nothing reaches the disk any more
          if (alive) disk = record;
        },
        now,
      ),
    );
    const { record, error } = await apply(
      await plan(text, disk === undefined ? {} : { previous: disk }),
      aws,
    );
    assert.equal(error, undefined, `killed at call ${call}`);
    assert.deepEqual(record.resources, expected.resources, `killed at call ${call}`);
    assert.deepEqual(
      aws.account.keys().filter((key) => !key.startsWith('role')),
      whole.account.keys().filter((key) => !key.startsWith('role')),
    );
  }
});

for (const [what, kind, id, body] of [
  [
    'topic',
    'topic',
    'arn:aws:sns:us-east-1:000000000000:mine',
    'AWS::SNS::Topic, Properties: { TopicName: mine }',
  ],
  [
    'rule',
    'rule',
    'default|mine',
    'AWS::Events::Rule, Properties: { Name: mine, ScheduleExpression: rate(1 day) }',
  ],
  ['role', 'role', 'mine', 'AWS::IAM::Role, Properties: { RoleName: mine, AssumeRolePolicyDocument: {} }'],
  [
    'state machine',
    'machine',
    'arn:aws:states:us-east-1:000000000000:stateMachine:mine',
    'AWS::StepFunctions::StateMachine, Properties: { StateMachineName: mine, RoleArn: r, Definition: { StartAt: A, States: { A: { Type: Succeed } } } }',
  ],
  ['event bus', 'bus', 'mine', 'AWS::Events::EventBus, Properties: { Name: mine }'],
  ['bucket', 'bucket', 'mine', 'AWS::S3::Bucket, Properties: { BucketName: mine }'],
  ['log group', 'log group', 'mine', 'AWS::Logs::LogGroup, Properties: { LogGroupName: mine }'],
  [
    'function',
    'function',
    'mine',
    'AWS::Lambda::Function, Properties: { FunctionName: mine, Runtime: nodejs24.x, Handler: a.b, Role: r, Code: f }',
  ],
] as const)
  test(`a ${what} of somebody else is left alone, however often the stack is applied`, async () => {
    const aws = new FakeAws();
    aws.account.put(kind, id, { definition: '{}', owner: 'somebody else' });
    const text = `Resources: { R: { Type: ${body} } }`;
    let previous: StackRecord | undefined;
    for (let run = 0; run < 2; run += 1) {
      const { record, error } = await apply(
        await plan(text, previous === undefined ? {} : { previous }),
        aws,
      );
      assert.ok(error instanceof StackFailure);
      assert.match(
        error.message,
        /could not create R .* exists already and does not belong to this stack\. /,
      );
      assert.deepEqual(record.resources, {});
      previous = record;
    }
    assert.deepEqual(
      [...aws.account.resources],
      [[`${kind} ${id}`, { definition: '{}', owner: 'somebody else' }]],
    );
    assert.equal((await tearDown(previous!, aws)).error, undefined);
    assert.equal(aws.account.resources.size, 1);
  });

test('a replacement that meets a resource of somebody else keeps the old one', async () => {
  const aws = new FakeAws();
  const { record: previous } = await apply(await plan(topic('TopicName: one')), aws);
  aws.account.put('topic', 'arn:aws:sns:us-east-1:000000000000:two', { owner: 'somebody else' });
  const { record, error } = await apply(await plan(topic('TopicName: two'), { previous }), aws);
  assert.match(error?.message ?? '', /could not replace T/);
  assert.deepEqual([record.resources, record.obsolete], [previous.resources, []]);
  assert.equal(aws.account.resources.size, 2);
});

test('a failure names resource, service code and what to do, and stands in the record', async () => {
  const aws = new FakeAws();
  aws.failAt = {
    call: 1,
    when: 'before',
    error: serviceError('AccessDenied', 'User u may not iam:CreateRole.'),
  };
  const text = 'Resources: { R: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {} } } }';
  const { record, error, progress } = await apply(await plan(text), aws);
  assert.ok(error instanceof StackFailure);
  assert.equal(
    error.message,
    'Stack demo: could not create R (AWS::IAM::Role): AccessDenied: User u may not iam:CreateRole. What was done before stays as it is, nothing was rolled back; run up again to continue.',
  );
  assert.deepEqual([error.code, error.logicalId, record.reason], ['AccessDenied', 'R', error.message]);
  assert.deepEqual(
    progress.map(({ phase }) => phase),
    ['started', 'failed'],
  );
  const { record: after } = await apply(await plan(text, { previous: record }), aws);
  assert.deepEqual([after.status, after.reason], ['CREATE_COMPLETE', undefined]);
});

test('a target that EventBridge refuses fails the rule', async () => {
  const text =
    'Resources: { R: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: rate(1 day), Targets: [{ Id: a, Arn: refused }] } } }';
  const { error } = await apply(await plan(text), new FakeAws());
  assert.match(error?.message ?? '', /ValidationException: The target a was refused: not an ARN/);
});

test('a definition that a value spoils, which only a resource tells, fails with the text of the service', async () => {
  const text = `Resources: { T: { Type: AWS::SNS::Topic, Properties: { TopicName: t } }, M: { Type: AWS::StepFunctions::StateMachine,
    Properties: { RoleArn: r, DefinitionString: '{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":\${S},"End":true}}}',
    DefinitionSubstitutions: { S: !GetAtt T.TopicName } } } }`;
  const { error } = await apply(await plan(text), new FakeAws());
  assert.match(error?.message ?? '', /could not create M .* Invalid StateMachine definition\./);
});

test('a named resource whose replacement would need the same name is refused before anything changes', async () => {
  const rule = (bus: string) =>
    `Resources: { R: { Type: AWS::Events::Rule, Properties: { Name: r, EventBusName: ${bus}, ScheduleExpression: rate(1 day) } } }`;
  const { record: previous } = await apply(await plan(rule('default')), new FakeAws());
  await assert.rejects(
    () => plan(rule('other'), { previous }),
    /template\.yaml:1:14: R must be replaced since EventBusName changed.* Change Name too, or leave it out\./,
  );
});

test('a new resource does not take the name of one that is deleted after it', async () => {
  const policy = (id: string) =>
    `Resources: { ${id}: { Type: AWS::IAM::Policy, Properties: { PolicyName: p, PolicyDocument: {}, Roles: [r] } } }`;
  const aws = new FakeAws();
  aws.account.put('role', 'r', { policies: {} });
  const { record: previous } = await apply(await plan(policy('Old')), aws);
  await assert.rejects(
    () => plan(policy('New'), { previous }),
    /New would take the name p from Old, which is deleted only afterwards .*Keep the logical id Old, or choose another name\./,
  );
});

test('a logical id keeps its type, a stack its place', async () => {
  const { record: previous } = await apply(await plan(topic('')), new FakeAws());
  await assert.rejects(
    () => plan('Resources: { T: { Type: AWS::Logs::LogGroup } }', { previous }),
    /T is a AWS::SNS::Topic in the stack; its type cannot change to AWS::Logs::LogGroup/,
  );
  await assert.rejects(
    () => plan(topic(''), { previous: { ...previous, region: 'eu-west-1' } }),
    /The stack demo stands in 000000000000\/eu-west-1, not in 000000000000\/us-east-1/,
  );
});

test('what a policy retains stays when it leaves the stack, and when the stack goes', async () => {
  const aws = new FakeAws();
  const kept =
    'Resources: { K: { Type: AWS::SNS::Topic, DeletionPolicy: Retain }, T: { Type: AWS::SNS::Topic, DeletionPolicy: Retain } }';
  const { record: first } = await apply(await plan(kept), aws);
  const made = await plan('Resources: { K: { Type: AWS::SNS::Topic, DeletionPolicy: Retain } }', {
    previous: first,
  });
  assert.deepEqual(actions(made), ['keep T']);
  const { record: second } = await apply(made, aws);
  const { record: third, progress } = await tearDown(second, aws);
  assert.deepEqual(
    progress.map(({ action, phase }) => `${action} ${phase}`),
    ['retain started', 'retain done'],
  );
  assert.deepEqual([third.resources, aws.account.resources.size], [{}, 2]);
});

test('a deletion that fails is continued by the next one', async () => {
  const aws = new FakeAws();
  const { record } = await apply(await plan(templateText('every-resource.yaml')), aws);
  aws.failAt = {
    call: aws.calls.length + 6,
    when: 'before',
    error: serviceError('Throttling', 'Slow down.'),
  };
  const first = await tearDown(record, aws);
  assert.equal(first.record.status, 'DELETE_FAILED');
  assert.match(first.error?.message ?? '', /could not delete .* run down again to continue\.$/);
  const second = await tearDown(first.record, aws);
  assert.deepEqual([second.record.status, aws.account.keys()], ['DELETE_COMPLETE', []]);
});

test('a secret parameter is not kept, and must be given again', async () => {
  const text =
    'Parameters: { P: { Type: String, NoEcho: true }, Q: { Type: String } }\nResources: { T: { Type: AWS::SNS::Topic } }';
  const { record: previous } = await apply(
    await plan(text, { parameters: { P: 's3cret', Q: 'q' } }),
    new FakeAws(),
  );
  assert.deepEqual(previous.parameters, { Q: 'q' });
  await assert.rejects(() => plan(text, { previous }), /The parameter P has no value/);
});
