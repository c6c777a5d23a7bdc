import assert from 'node:assert/strict';
import test, { describe, it } from 'node:test';
import type { Caller } from '@riposte/account';
import { openRealWorld } from '../support/real-rooms.ts';
import {
  answerOf,
  createFunction,
  createRole,
  policy,
  userCaller,
  type Output,
  type World,
} from '../support/world.ts';

const ACCOUNT = '000000000000';
const task = (resource: string, more: object = {}) =>
  JSON.stringify({ Type: 'Task', Resource: `arn:aws:states:::${resource}`, End: true, ...more });

test('a Task without a mock acts with the role of the request, and the record tells of it', async (t) => {
  const world = await openRealWorld(t);
  const definition = task('aws-sdk:iam:createUser', { Parameters: { 'UserName.$': '$.name' } });
  const input = '{"name":"carol"}';
  const roleArn = await createRole(world, 'Tester', 'states.amazonaws.com', ['iam:CreateUser']);
  const report = await world.call('states', 'TestState', { definition, input, roleArn });
  assert.equal(report['status'], 'SUCCEEDED', JSON.stringify(report));
  assert.equal(report['inspectionData'], undefined);
  const output = JSON.parse(String(report['output'])) as { User: { Arn: string } };
  assert.equal(output.User.Arn, `arn:aws:iam::${ACCOUNT}:user/carol`);
  const made = (await world.records()).find(({ operation }) => operation === 'CreateUser');
  assert.match(String(made?.executionArn), /:express:[^:]+:[^:]+$/);
  assert.equal(made?.stateName, 'StateName');

  const weak = await createRole(world, 'Weak', 'states.amazonaws.com', []);
  const refused = await world.call('states', 'TestState', { definition, input, roleArn: weak });
  assert.equal(refused['status'], 'FAILED');
  assert.equal(refused['error'], 'Iam.IamException');
});

test('DEBUG shows what happened on the way', async (t) => {
  const world = await openRealWorld(t);
  const functionArn = await createFunction(world, 'greet', () => answerOf('hello'));
  const roleArn = await createRole(world, 'Tester', 'states.amazonaws.com', ['lambda:InvokeFunction']);
  const definition = JSON.stringify({ Type: 'Task', Resource: functionArn, End: true });
  const tested = { definition, roleArn, input: '{"a":1}' };
  const report = await world.call('states', 'TestState', { ...tested, inspectionLevel: 'DEBUG' });
  assert.equal(report['status'], 'SUCCEEDED', JSON.stringify(report));
  const { input, afterParameters, result } = report['inspectionData'] as Output;
  assert.deepEqual([input, afterParameters, result], ['{"a": 1}', '{"a": 1}', report['output']]);
});

test('who tests a state needs states:TestState, and iam:PassRole for the role', async (t) => {
  const world = await openRealWorld(t);
  const roleArn = await createRole(world, 'Tester', 'states.amazonaws.com', ['iam:CreateUser']);
  const caller = await userWith(world, 'tester', ['states:TestState']);
  const definition = '{"Type":"Succeed"}';
  await world.call('states', 'TestState', { definition }, caller);
  await assert.rejects(world.call('states', 'TestState', { definition, roleArn }, caller), {
    code: 'AccessDeniedException',
  });
  await assert.rejects(
    world.call('states', 'TestState', { definition }, await userWith(world, 'reader', ['states:List*'])),
    { code: 'AccessDeniedException' },
  );
});

async function userWith(world: World, UserName: string, actions: string[]): Promise<Caller> {
  const caller = await userCaller(world, UserName);
  await world.call('iam', 'PutUserPolicy', {
    UserName,
    PolicyName: 'p',
    PolicyDocument: policy({ Effect: 'Allow', Action: actions, Resource: '*' }),
  });
  return caller;
}

test('a refusal has the code of the service', async (t) => {
  const world = await openRealWorld(t);
  await assert.rejects(world.call('states', 'TestState', { definition: task('sns:publish') }), {
    code: 'ValidationException',
    message: 'RoleArn must be specified when testing a Task state',
  });
  await assert.rejects(world.call('states', 'TestState', { definition: '{"Type":"Pass"}' }), {
    code: 'InvalidDefinition',
  });
});

describe('a mocked result is held against the service behind the task', () => {
  const cases: [resource: string, result: object, mode: string, problem: string | undefined][] = [
    ['lambda:invoke', { Payload: { any: ['thing'] }, StatusCode: 200 }, 'STRICT', undefined],
    ['lambda:invoke', { StatusCode: true }, 'STRICT', "Field 'StatusCode' must be a number"],
    ['states:startExecution', { StartDate: 'd' }, 'STRICT', "Required field 'ExecutionArn' is missing"],
    ['states:startExecution', { StartDate: 'd' }, 'PRESENT', undefined],
    ['states:startExecution', { StartDate: 5 }, 'NONE', undefined],
    // what is polled, not what started it
    [
      'states:startExecution.sync',
      { ExecutionArn: 'a' },
      'STRICT',
      "Required field 'StateMachineArn' is missing",
    ],
    ['states:startExecution.sync', { Output: {} }, 'PRESENT', "Field 'Output' must be a string"],
    ['states:startExecution.sync:2', { Output: {} }, 'PRESENT', undefined],
    [
      'states:startExecution.sync:2',
      { Status: 'LATE' },
      'PRESENT',
      "Field 'Status' is not an expected value",
    ],
    ['states:startExecution.waitForTaskToken', { anything: 1 }, 'STRICT', undefined],
    ['aws-sdk:sqs:listQueues', { QueueUrls: ['u', 5] }, 'STRICT', "Field 'QueueUrls' must be a string"],
    [
      'aws-sdk:lambda:getFunctionConfiguration',
      { MemorySize: 20_000_000 },
      'PRESENT',
      "Field 'MemorySize' exceeds the maximum value",
    ],
    ['aws-sdk:dynamodb:getItem', { Item: { id: { S: 7 } } }, 'STRICT', "Field 'S' must be a string"],
    ['aws-sdk:kms:createKey', { KeyMetadata: 'k' }, 'PRESENT', "Field 'KeyMetadata' must be an object"],
    ['aws-sdk:sfn:listActivities', { Unknown: 1, Activities: [] }, 'STRICT', undefined],
    // of these the client alone says what they look like
    [
      'aws-sdk:cloudtrail:lookupEvents',
      { Events: [{ EventTime: 5 }] },
      'STRICT',
      "Field 'EventTime' must be a string",
    ],
    [
      'aws-sdk:ec2:describeInstances',
      { Reservations: {} },
      'STRICT',
      "Field 'Reservations' must be an array",
    ],
    ['aws-sdk:guardduty:listDetectors', {}, 'STRICT', "Required field 'DetectorIds' is missing"],
    ['aws-sdk:guardduty:listDetectors', {}, 'PRESENT', undefined],
    [
      'aws-sdk:lambda:getFunctionConfiguration',
      { KmsKeyArn: 5 },
      'STRICT',
      "Field 'KmsKeyArn' must be a string",
    ],
    // what no API answers
    ['apigateway:invoke', { any: 1 }, 'STRICT', undefined],
    ['http:invoke', { any: 1 }, 'STRICT', undefined],
    ['eks:runJob.sync', { any: 1 }, 'STRICT', undefined],
    // optimised integrations that this server does not carry out
    ['ecs:runTask', { Tasks: {} }, 'STRICT', "Field 'Tasks' must be an array"],
    [
      'ecs:runTask.sync',
      { Failures: [], Tasks: [{ LastStatus: 5 }] },
      'PRESENT',
      "Field 'LastStatus' must be a string",
    ],
    ['batch:submitJob', { JobName: 'j' }, 'STRICT', "Required field 'JobId' is missing"],
    ['batch:submitJob.sync', { JobId: 'j', Status: 'SUCCEEDED' }, 'STRICT', undefined],
    ['bedrock:invokeModel', { Body: { any: 1 }, ContentType: 'application/json' }, 'STRICT', undefined],
    ['bedrock:invokeModel', { Body: {} }, 'STRICT', "Required field 'ContentType' is missing"],
    [
      'glue:startJobRun.sync',
      { JobRun: { JobRunState: 'LATE' } },
      'STRICT',
      "Field 'JobRunState' is not an expected value",
    ],
    [
      'codebuild:retryBuildBatch.sync',
      { BuildBatches: 1 },
      'STRICT',
      "Field 'BuildBatches' must be an array",
    ],
    [
      'sagemaker:createProcessingJob.sync',
      { ProcessingJobName: 7 },
      'PRESENT',
      "Field 'ProcessingJobName' must be a string",
    ],
    ['elasticmapreduce:addStep.sync', { Step: { Name: 1 } }, 'STRICT', "Field 'Name' must be a string"],
    ['elasticmapreduce:addStep', { any: 1 }, 'NONE', undefined],
    ['aws-sdk:comprehend:detectSentiment', { any: 1 }, 'NONE', undefined],
  ];
  for (const [resource, result, fieldValidationMode, problem] of cases)
    it(`${resource} ${JSON.stringify(result)} ${fieldValidationMode}`, async (t) => {
      const world = await openRealWorld(t);
      const tested = world.call('states', 'TestState', {
        definition: task(resource),
        mock: { result: JSON.stringify(result), fieldValidationMode },
      });
      if (problem === undefined) return assert.equal((await tested)['status'], 'SUCCEEDED');
      await assert.rejects(tested, {
        code: 'ValidationException',
        message: `Mock result schema validation error: ${problem}`,
      });
    });
});

describe('a mocked result of which nobody here knows the shape is refused unless it is to be taken as it is', () => {
  const cases: [resource: string, mode: string | undefined, message: RegExp][] = [
    [
      'aws-sdk:comprehend:detectSentiment',
      undefined,
      /'aws-sdk:comprehend:detectSentiment' cannot be checked: .* Install .*npm install @aws-sdk\/client-comprehend\), or set fieldValidationMode to NONE/,
    ],
    [
      'aws-sdk:sqs:makeCoffee',
      'STRICT',
      /'aws-sdk:sqs:makeCoffee' cannot be checked: .* Set fieldValidationMode to NONE/,
    ],
    ['mediaconvert:createJob.sync', 'PRESENT', /'mediaconvert:createJob\.sync' cannot be checked/],
    ['elasticmapreduce:addStep', 'STRICT', /'elasticmapreduce:addStep' cannot be checked/],
  ];
  for (const [resource, fieldValidationMode, message] of cases)
    it(resource, async (t) => {
      const world = await openRealWorld(t);
      const mock = { result: '{}', ...(fieldValidationMode && { fieldValidationMode }) };
      await assert.rejects(world.call('states', 'TestState', { definition: task(resource), mock }), {
        code: 'ValidationException',
        message,
      });
    });
});

test('DescribeStateMachine tells which variables its states read', async (t) => {
  const world = await openRealWorld(t);
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', []);
  const states = {
    Set: { Type: 'Pass', Assign: { limit: 3 }, Next: 'Use' },
    Use: { Type: 'Pass', Parameters: { 'n.$': '$limit' }, End: true },
  };
  const definition = JSON.stringify({ StartAt: 'Set', States: states });
  const { stateMachineArn } = await world.call('states', 'CreateStateMachine', {
    name: 'Limits',
    definition,
    roleArn,
  });
  const described = await world.call('states', 'DescribeStateMachine', { stateMachineArn });
  assert.deepEqual(described['variableReferences'], { Use: ['limit'] });
});

test('ValidateStateMachineDefinition gives warnings to those who ask, as many as they ask for', async (t) => {
  const world = await openRealWorld(t);
  const state = { Type: 'Pass', Parameters: { a: '$.b', c: '$.d' }, End: true };
  const definition = JSON.stringify({ StartAt: 'A', States: { A: state } });
  const validate = (more: object) =>
    world.call('states', 'ValidateStateMachineDefinition', { definition, ...more });
  assert.deepEqual(await validate({}), { result: 'OK', diagnostics: [], truncated: false });
  const warned = await validate({ severity: 'WARNING', maxResults: 1 });
  const [first, ...others] = warned['diagnostics'] as Output[];
  assert.deepEqual([warned['result'], warned['truncated'], others], ['OK', true, []]);
  assert.deepEqual(
    [first?.['severity'], first?.['code'], first?.['location']],
    ['WARNING', 'NO_DOLLAR', '/States/A/Parameters/a'],
  );
});
