import assert from 'node:assert/strict';
import test from 'node:test';
import type { TaskOutcome, TaskRequest } from '@riposte/engine';
import {
  ACCOUNT,
  answerOf,
  createFunction,
  createRole,
  MACHINE,
  openWorld,
  policy,
  step,
  taskRequest,
  type World,
} from '../support/world.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';

function run(world: World, resource: string, parameters: object, change: Partial<TaskRequest> = {}) {
  const request = taskRequest({ resource, parameters: JSON.stringify(parameters), ...change });
  return world.gateway.taskRunner.run(request, new AbortController().signal);
}

/** The output with what differs from run to run made steady. */
function outputOf(outcome: TaskOutcome): Record<string, unknown> {
  assert.ok(outcome.kind !== 'failed', JSON.stringify(outcome));
  const text = outcome.output
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uuid>')
    .replaceAll(/Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0/g, '<trace>');
  return JSON.parse(text) as Record<string, unknown>;
}

/** As the service's own HTTP answer would carry it; the world's clock stands still. */
function metadata(contentType: string, contentLength: number, own: Record<string, string> = {}) {
  const headers: Record<string, string> = {
    [contentType === 'application/json' ? 'Connection' : 'connection']: 'keep-alive',
    'Content-Length': String(contentLength),
    'Content-Type': contentType,
    Date: 'Mon, 23 Nov 2026 06:00:00 GMT',
    'x-amzn-RequestId': '<uuid>',
    ...own,
  };
  const all = Object.entries(headers).map(([name, value]) => [name, [value]]);
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(all) as Record<string, string[]>,
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: '<uuid>' },
  };
}

test('a function’s ARN gives it the parameters and takes its bare answer, as a step of the execution', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['lambda:InvokeFunction']);
  const resource = await createFunction(world, 'f', ({ payload, step: reference }) =>
    answerOf({ got: JSON.parse(payload) as unknown, by: reference?.taskId }),
  );
  assert.deepEqual(outputOf(await run(world, resource, { key: 'AKIA' })), {
    got: { key: 'AKIA' },
    by: 'task-1',
  });
  const record = (await world.records()).at(-1);
  assert.deepEqual(
    [
      record?.operation,
      record?.userIdentity.arn,
      record?.sourceIpAddress,
      record?.stateName,
      record?.simulated,
    ],
    [
      'Invoke',
      'arn:aws:sts::000000000000:assumed-role/Execution/one',
      'states.amazonaws.com',
      'Contain',
      true,
    ],
  );
});

test('lambda:invoke wraps the answer in what the API told of the call', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['lambda:InvokeFunction']);
  const arn = await createFunction(world, 'f', ({ payload }) => answerOf(JSON.parse(payload)));
  const outcome = await run(world, INVOKE, { FunctionName: arn, Payload: { a: [1, null] } });
  assert.equal(outcome.kind, 'succeeded');
  assert.deepEqual(outputOf(outcome), {
    ExecutedVersion: '$LATEST',
    Payload: { a: [1, null] },
    ...metadata('application/json', '{"a":[1,null]}'.length, {
      'X-Amz-Executed-Version': '$LATEST',
      'x-amzn-Remapped-Content-Length': '0',
      'X-Amzn-Trace-Id': '<trace>',
    }),
    StatusCode: 200,
  });
  for (const [given, got] of [
    ['text', 'text'],
    ['{"a":1}', { a: 1 }],
    [null, {}],
  ]) {
    const change = { step: { ...step, taskId: JSON.stringify(given) } };
    const echoed = outputOf(await run(world, INVOKE, { FunctionName: arn, Payload: given }, change));
    assert.deepEqual(echoed['Payload'], got);
  }
  const waiting = await run(world, `${INVOKE}.waitForTaskToken`, { FunctionName: arn });
  assert.equal(waiting.kind, 'submitted');
});

test('a function gets numbers as they were written, and gives them back so', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['lambda:InvokeFunction']);
  const arn = await createFunction(world, 'f', ({ payload }) => ({ payload, logTail: '', durationMs: 1 }));
  const payload = '{"double":1.0,"long":12345678901234567890}';
  const request = taskRequest({
    resource: INVOKE,
    parameters: `{"FunctionName":"${arn}","Payload":${payload}}`,
  });
  const outcome = await world.gateway.taskRunner.run(request, new AbortController().signal);
  assert.ok(outcome.kind === 'succeeded' && outcome.output.includes(`"Payload":${payload}`));
});

test('a function that failed gives its own error type, and the payload as the cause', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['lambda:InvokeFunction']);
  const payload = '{"errorType":"NoSuchEntityException","errorMessage":"gone"}';
  const arn = await createFunction(world, 'f', () => ({
    payload,
    functionError: 'Unhandled',
    logTail: '',
    durationMs: 1,
  }));
  assert.deepEqual(await run(world, arn, {}), {
    kind: 'failed',
    error: 'NoSuchEntityException',
    cause: payload,
  });
  world.handlers.set('f', () => ({
    payload: '{"errorMessage":"no type"}',
    functionError: 'Unhandled',
    logTail: '',
    durationMs: 1,
  }));
  const untyped = await run(world, arn, {}, { step: { ...step, taskId: 'task-2' } });
  assert.deepEqual(untyped, { kind: 'failed', error: 'Lambda.Unknown', cause: '{"errorMessage":"no type"}' });
});

test('refusals of Lambda keep their name, those of policies get the generic one', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', []);
  const FunctionName = 'arn:aws:lambda:us-east-1:000000000000:function:absent';
  const denied = await run(world, INVOKE, { FunctionName });
  assert.ok(denied.kind === 'failed');
  assert.equal(denied.error, 'Lambda.AWSLambdaException');
  assert.match(
    denied.cause ?? '',
    /^User: arn:aws:sts::000000000000:assumed-role\/Execution\/one is not authorized to perform: lambda:InvokeFunction on resource: \S+ because no identity-based policy allows the lambda:InvokeFunction action \(Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: \S+; Proxy: null\)$/,
  );
  await createRole(world, 'Allowed', 'states.us-east-1.amazonaws.com', ['lambda:InvokeFunction']);
  const absent = await run(
    world,
    INVOKE,
    { FunctionName },
    { roleArn: 'arn:aws:iam::000000000000:role/Allowed', step: { ...step, taskId: 'task-2' } },
  );
  assert.ok(absent.kind === 'failed');
  assert.equal(absent.error, 'Lambda.ResourceNotFoundException');
  assert.match(
    absent.cause ?? '',
    /^Function not found: \S+:absent:\$LATEST \(Service: AWSLambda; Status Code: 404; /,
  );
});

test('a role that Step Functions may not assume fails the task before anything is called', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'lambda.amazonaws.com', ['*']);
  const outcome = await run(world, INVOKE, { FunctionName: 'f' });
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.error, 'States.Permissions');
  assert.match(outcome.cause ?? '', /states\.amazonaws\.com is not authorized to perform: sts:AssumeRole/);
});

test('a task goes on in the role of its Credentials, if the execution’s role may assume it', async (t) => {
  const world = openWorld(t);
  const executionRole = await createRole(world, 'Execution', 'states.amazonaws.com', ['sts:AssumeRole']);
  const taskRoleArn = `arn:aws:iam::${ACCOUNT}:role/Pay`;
  const create = (condition: object) =>
    world.call('iam', 'CreateRole', {
      RoleName: 'Pay',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { AWS: executionRole },
        Action: 'sts:AssumeRole',
        Condition: condition,
      }),
    });
  const list = (taskId: string) =>
    run(world, 'arn:aws:states:::aws-sdk:iam:listUsers', {}, { taskRoleArn, step: { ...step, taskId } });
  const refusal = {
    kind: 'failed',
    error: 'States.TaskFailed',
    cause: `The role ${executionRole} is not authorized to assume the task state's role, ${taskRoleArn}.`,
  };

  assert.deepEqual(await list('no-role'), refusal);
  await create({ StringEquals: { 'sts:ExternalId': 'another' } });
  assert.deepEqual(await list('not-trusted'), refusal);
  await world.call('iam', 'DeleteRole', { RoleName: 'Pay' });

  await create({ StringEquals: { 'sts:ExternalId': MACHINE } });
  const denied = await list('no-policy');
  assert.ok(denied.kind === 'failed');
  assert.equal(denied.error, 'Iam.IamException');
  assert.match(denied.cause ?? '', /assumed-role\/Pay\/one is not authorized to perform: iam:ListUsers/);
  await world.call('iam', 'PutRolePolicy', {
    RoleName: 'Pay',
    PolicyName: 'Work',
    PolicyDocument: policy({ Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' }),
  });
  assert.equal((await list('allowed')).kind, 'succeeded');
  const record = (await world.records()).at(-1);
  assert.deepEqual(
    [record?.userIdentity.arn, record?.stateName],
    [`arn:aws:sts::${ACCOUNT}:assumed-role/Pay/one`, 'Contain'],
  );
});

test('a child execution gets its input as text and knows its parent', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['states:StartExecution']);
  const started = await run(world, 'arn:aws:states:::states:startExecution', {
    StateMachineArn: MACHINE,
    Name: 'child',
    Input: { key: 'AKIA' },
  });
  assert.equal(started.kind, 'succeeded');
  assert.deepEqual(outputOf(started), {
    ExecutionArn: 'arn:aws:states:us-east-1:000000000000:execution:Respond:child',
    ...metadata('application/x-amz-json-1.0', 96),
    StartDate: 1_000,
  });
  assert.deepEqual(world.starts[0], {
    stateMachineArn: MACHINE,
    name: 'child',
    input: '{"key":"AKIA"}',
    origin: {
      simulated: true,
      parent: { executionArn: step.executionArn, stateName: 'Contain', taskId: 'task-1' },
    },
    requestKey: `task-1/states:StartExecution:${MACHINE} arn:aws:states:us-east-1:000000000000:execution:Respond:child:0`,
  });
  for (const suffix of ['.sync', '.sync:2', '.waitForTaskToken']) {
    const change = { step: { ...step, taskId: `task${suffix}` } };
    const submitted = await run(
      world,
      `arn:aws:states:::states:startExecution${suffix}`,
      { StateMachineArn: MACHINE },
      change,
    );
    assert.equal(submitted.kind, 'submitted', suffix);
  }
});

test('a child that cannot start fails with the exception of the Step Functions API', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['states:StartExecution']);
  const outcome = await run(world, 'arn:aws:states:::states:startExecution', {
    StateMachineArn: `${MACHINE}x`,
  });
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.error, 'StepFunctions.StateMachineDoesNotExistException');
  assert.match(
    outcome.cause ?? '',
    /^State Machine Does Not Exist: '\S+' \(Service: AWSStepFunctions; Status Code: 400; Error Code: StateMachineDoesNotExist; /,
  );
});

test('a message that is an object is published as JSON', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['sns:Publish']);
  const { TopicArn } = await world.call('sns', 'CreateTopic', { Name: 'security' });
  await world.call('sns', 'Subscribe', { TopicArn, Protocol: 'email', Endpoint: 'security@example.com' });
  const outcome = await run(world, 'arn:aws:states:::sns:publish', {
    TopicArn,
    Message: { key: 'AKIA' },
    Subject: 's',
  });
  const { MessageId, ...rest } = outputOf(outcome);
  assert.equal(typeof MessageId, 'string');
  assert.deepEqual(rest, metadata('text/xml', 270));
  const [mail] = await world.store.listNotifications({ limit: 10 });
  assert.deepEqual([mail?.message, mail?.subject, mail?.simulated], ['{"key":"AKIA"}', 's', true]);
  const missing = await run(world, 'arn:aws:states:::sns:publish', {
    TopicArn: `${String(TopicArn)}x`,
    Message: 'm',
  });
  assert.ok(missing.kind === 'failed');
  assert.equal(missing.error, 'SNS.NotFoundException');
});

test('an event that the bus refuses fails the task', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['events:PutEvents']);
  const put = (entry: object, taskId: string) =>
    run(world, 'arn:aws:states:::events:putEvents', { Entries: [entry] }, { step: { ...step, taskId } });
  const accepted = await put({ Source: 'a', DetailType: 'b', Detail: { c: 1 } }, 'task-1');
  assert.deepEqual(outputOf(accepted), { FailedEntryCount: 0, Entries: [{ EventId: 'id' }] });
  const refused = await put({ Source: 'a', DetailType: 'b' }, 'task-2');
  assert.ok(refused.kind === 'failed');
  assert.equal(refused.error, 'EventBridge.FailedEntry');
});

test('an event that a step of a simulated execution puts is marked as its cause is', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['events:PutEvents']);
  const entry = { Source: 'a', DetailType: 'b', Detail: {} };
  for (const simulated of [true, false])
    await run(
      world,
      'arn:aws:states:::events:putEvents',
      { Entries: [entry] },
      { step: { ...step, simulated, taskId: `task-${simulated}` } },
    );
  assert.deepEqual(world.putSimulated, [true, false]);
});

test('any action of a service with a model can be called as it is', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['iam:*', 'states:StartExecution']);
  const created = await run(world, 'arn:aws:states:::aws-sdk:iam:createUser', { UserName: 'bob' });
  const { User } = outputOf(created) as { User: Record<string, unknown> };
  assert.deepEqual([User['UserName'], User['CreateDate']], ['bob', '2026-11-23T06:00:00Z']);
  const again = await run(
    world,
    'arn:aws:states:::aws-sdk:iam:createUser',
    { UserName: 'bob' },
    { step: { ...step, taskId: 'task-2' } },
  );
  assert.ok(again.kind === 'failed');
  assert.equal(again.error, 'Iam.EntityAlreadyExistsException');
  assert.match(
    again.cause ?? '',
    / \(Service: Iam, Status Code: 409, Request ID: \S+\) \(SDK Attempt Count: 1\)$/,
  );
  const child = await run(world, 'arn:aws:states:::aws-sdk:sfn:startExecution', { StateMachineArn: MACHINE });
  assert.deepEqual(outputOf(child), {
    ExecutionArn: 'arn:aws:states:us-east-1:000000000000:execution:Respond:e0',
    StartDate: '1970-01-01T00:00:01Z',
  });
  const denied = await run(world, 'arn:aws:states:::aws-sdk:sns:listTopics', {});
  assert.ok(denied.kind === 'failed');
  assert.equal(denied.error, 'Sns.AuthorizationErrorException');
});

test('a resource or a parameter that is not known fails by name', async (t) => {
  const world = openWorld(t);
  const cases: [string, object, RegExp][] = [
    ['arn:aws:states:::dynamodb:getItem', {}, /'dynamodb:getItem' is not supported by this server/],
    ['arn:aws:states:::aws-sdk:ec2:stopInstance', {}, /ec2:stopInstance is not recognized/],
    ['arn:aws:states:::aws-sdk:athena:stopQueryExecution', {}, /npm install @aws-sdk\/client-athena/],
    ['arn:aws:states:us-east-1:000000000000:activity:a', {}, /neither a function nor a service integration/],
    [
      'arn:aws:states:::sns:publish',
      ['m'],
      /^The Parameters '\["m"\]' could not be used to start the Task: \[The parameters must be an object\]$/,
    ],
    [
      INVOKE,
      { functionName: 'f' },
      /^The Parameters '\{"functionName":"f"\}' could not be used to start the Task: \[The field "functionName" is not supported by Step Functions, The field "FunctionName" is required but was missing\]$/,
    ],
    [
      'arn:aws:states:::aws-sdk:dynamodb:putItem',
      { TableName: 't', Item: { id: { N: 5 } } },
      /\[The value for the field 'N' must be a STRING\]/,
    ],
    [
      'arn:aws:states:::aws-sdk:cloudwatchlogs:filterLogEvents',
      { LogGroupName: 'g', StartTime: 'noon', LogStreamNames: 'one', Interleaved: 1 },
      /'StartTime' must be a NUMBER, .*'LogStreamNames' must be an ARRAY, .*'Interleaved' must be a BOOLEAN\]/,
    ],
    [
      'arn:aws:states:::aws-sdk:cloudtrail:lookupEvents',
      { StartTime: 'noon' },
      /'StartTime' must be a valid ISO 8601 timestamp\]/,
    ],
  ];
  for (const [resource, parameters, cause] of cases) {
    const outcome = await run(world, resource, parameters);
    assert.ok(outcome.kind === 'failed', resource);
    assert.equal(outcome.error, 'States.Runtime', resource);
    assert.match(outcome.cause ?? '', cause);
  }
});

test('where an API wants text, an object is written as JSON', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['states:StartExecution']);
  const input = { StateMachineArn: MACHINE, Input: { key: 'value' } };
  await run(world, 'arn:aws:states:::aws-sdk:sfn:startExecution', input);
  assert.equal(world.starts.at(-1)?.input, '{"key":"value"}');
});

test('keys of maps stay as they are', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['lambda:*']);
  const arn = await createFunction(world, 'f', () => answerOf(null));
  const settings = { FunctionName: arn, Environment: { Variables: { lower: 'x', UPPER: 'y' } } };
  const resource = 'arn:aws:states:::aws-sdk:lambda:updateFunctionConfiguration';
  const { Environment } = outputOf(await run(world, resource, settings));
  assert.deepEqual(Environment, { Variables: { lower: 'x', UPPER: 'y' } });
});

test('a service that this server does not have refuses as its own SDK would, and the call is on record', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['*']);
  const outcome = await run(world, 'arn:aws:states:::aws-sdk:dynamodb:putItem', {
    TableName: 't',
    Item: { id: { S: '1' }, on: { BOOL: true }, off: { Bool: false } },
  });
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.error, 'DynamoDb.DynamoDbException');
  assert.match(
    outcome.cause ?? '',
    /^This server has no dynamodb, so dynamodb:PutItem was not called\. .* \(Service: DynamoDb, Status Code: 400, Request ID: \S+\) \(SDK Attempt Count: 1\)$/,
  );
  const record = (await world.records()).at(-1);
  assert.deepEqual(
    [record?.service, record?.operation, record?.stateName],
    ['dynamodb', 'PutItem', 'Contain'],
  );
});

test('a role that may not call such a service fails the task with the refusal that AWS would give', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['s3:*']);
  const outcome = await run(world, 'arn:aws:states:::aws-sdk:dynamodb:putItem', {
    TableName: 't',
    Item: { id: { S: '1' } },
  });
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.error, 'DynamoDb.DynamoDbException');
  assert.match(
    outcome.cause ?? '',
    /^User: \S+:assumed-role\/Execution\/\S+ is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/t because no identity-based policy allows the dynamodb:PutItem action \(Service: DynamoDb, Status Code: 400, /,
  );
});

test('a message goes to the URL of its queue, and no further than a host that has none', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['*']);
  const outcome = await run(world, 'arn:aws:states:::sqs:sendMessage', {
    QueueUrl: 'http://no-such-queue',
    MessageBody: { a: 1 },
  });
  assert.deepEqual(outcome, {
    kind: 'failed',
    error: 'SQS.SdkClientException',
    cause: 'Unable to execute HTTP request: no-such-queue: Name or service not known',
  });
});

test('a function that was ended with the server runs again in the next one', async (t) => {
  const world = openWorld(t);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['lambda:InvokeFunction']);
  const stopping = new AbortController();
  const resource = await createFunction(world, 'f', () => {
    stopping.abort();
    return { ...answerOf({ errorType: 'Runtime.ExitError' }), functionError: 'Unhandled' };
  });
  await world.gateway.taskRunner.run(taskRequest({ resource }), stopping.signal);
  world.restart();
  world.handlers.set('f', () => answerOf('done'));
  assert.deepEqual(await run(world, resource, {}), { kind: 'succeeded', output: '"done"' });
});
