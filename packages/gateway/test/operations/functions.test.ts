import assert from 'node:assert/strict';
import test from 'node:test';
import { answerOf, createFunction, createRole, openWorld, userCaller } from '../support/world.ts';

const payload = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const text = (value: unknown) => Buffer.from(value as Uint8Array).toString('utf8');

test('a function is created, described, changed, listed and deleted', async (t) => {
  const world = openWorld(t);
  const arn = await createFunction(world, 'f', () => answerOf(null));
  assert.equal(arn, 'arn:aws:lambda:us-east-1:000000000000:function:f');
  await assert.rejects(
    createFunction(world, 'f', () => answerOf(null)),
    { code: 'EntityAlreadyExists' },
  );
  const before = await world.call('lambda', 'GetFunctionConfiguration', { FunctionName: arn });
  assert.deepEqual(
    [before['Timeout'], before['MemorySize'], before['CodeSha256'], before['LastModified'], before['State']],
    [3, 128, 'c2hh', '2026-11-23T06:00:00.000+0000', 'Active'],
  );
  const after = await world.call('lambda', 'UpdateFunctionConfiguration', {
    FunctionName: 'f',
    Timeout: 60,
    Environment: { Variables: { TOPIC_ARN: 'x' } },
  });
  assert.deepEqual(
    [after['Timeout'], after['MemorySize'], after['Environment']],
    [60, 128, { Variables: { TOPIC_ARN: 'x' } }],
  );
  assert.notEqual(after['RevisionId'], before['RevisionId']);
  await assert.rejects(
    world.call('lambda', 'UpdateFunctionCode', {
      FunctionName: 'f',
      ZipFile: new Uint8Array([2]),
      RevisionId: before['RevisionId'],
    }),
    { code: 'PreconditionFailedException', status: 412 },
  );
  const listed = (await world.call('lambda', 'ListFunctions'))['Functions'] as { FunctionName: string }[];
  assert.deepEqual(
    listed.map(({ FunctionName }) => FunctionName),
    ['f'],
  );
  await world.call('lambda', 'DeleteFunction', { FunctionName: 'f' });
  await assert.rejects(world.call('lambda', 'GetFunction', { FunctionName: 'f' }), {
    code: 'ResourceNotFoundException',
    status: 404,
    message: `Function not found: ${arn}`,
  });
});

test('variables of a function and payloads stay out of the audit record', async (t) => {
  const world = openWorld(t);
  await createFunction(world, 'f', () => answerOf('secret answer'));
  await world.call('lambda', 'UpdateFunctionConfiguration', {
    FunctionName: 'f',
    Environment: { Variables: { API_KEY: 'hush' } },
  });
  await world.call('lambda', 'Invoke', { FunctionName: 'f', Payload: payload('secret question') });
  await world.call('iam', 'CreateUser', { UserName: 'alice' });
  const key = await world.call('iam', 'CreateAccessKey', { UserName: 'alice' });
  const { SecretAccessKey } = key['AccessKey'] as { SecretAccessKey: string };
  const records = JSON.stringify(await world.records());
  for (const secret of ['hush', 'secret question', 'secret answer', SecretAccessKey])
    assert.ok(!records.includes(secret), secret);
});

test('what a setting cannot be, and what is not written, is refused by name', async (t) => {
  const world = openWorld(t);
  const Role = await createRole(world, 'R', 'lambda.amazonaws.com', []);
  const good = {
    FunctionName: 'f',
    Role,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: new Uint8Array([1]) },
  };
  const cases: [object, RegExp][] = [
    [{ Runtime: 'java21' }, /java21/],
    [{ Code: { S3Bucket: 'b' } }, /Code from S3Bucket is not supported/],
    [{ Tags: { a: 'b' } }, /^Tags: not supported by Riposte yet/],
    [{ TracingConfig: { Mode: 'Active' } }, /only PassThrough is supported/],
    [{ Layers: ['arn'] }, /^Layers: not supported by Riposte yet/],
    [{ Role: 'arn:aws:iam::000000000000:role/None' }, /cannot be assumed by Lambda/],
    [{ Code: {} }, /^Please provide a source for function code\.$/],
    [
      { Handler: undefined },
      /^Runtime and Handler are mandatory parameters for functions created with deployment /,
    ],
    [
      { Runtime: 'nodejs99.x' },
      /^Value nodejs99\.x at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \[nodejs20\.x, .* or be a valid ARN/,
    ],
  ];
  for (const [change, message] of cases)
    await assert.rejects(world.call('lambda', 'CreateFunction', { ...good, ...change }), {
      code: 'InvalidParameterValueException',
      message,
    });
});

test('what breaks a constraint of the model is refused in its words', async (t) => {
  const world = openWorld(t);
  await createFunction(world, 'f', () => assert.fail('nothing may run'));
  const create = {
    FunctionName: 'g',
    Role: 'arn:aws:iam::000000000000:role/fRole',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: new Uint8Array([1]) },
  };
  const permission = {
    FunctionName: 'f',
    StatementId: 's',
    Action: 'lambda:InvokeFunction',
    Principal: '*',
  };
  const long = 'a'.repeat(65);
  const cases: [string, object, string][] = [
    [
      'CreateFunction',
      { ...create, Timeout: 901 },
      "'901' at 'timeout' … have value less than or equal to 900",
    ],
    ['CreateFunction', { ...create, Timeout: 0 }, "'0' at 'timeout' … have value greater than or equal to 1"],
    [
      'CreateFunction',
      { ...create, MemorySize: 64 },
      "'64' at 'memorySize' … have value greater than or equal to 128",
    ],
    [
      'UpdateFunctionConfiguration',
      { FunctionName: 'f', MemorySize: 10241 },
      "'10241' at 'memorySize' … have value less than or equal to 10240",
    ],
    [
      'CreateFunction',
      { ...create, FunctionName: long },
      `'${long}' at 'functionName' … have length less than or equal to 64`,
    ],
    [
      'CreateFunction',
      { ...create, Role: 'me' },
      "'me' at 'role' … satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
    ],
    [
      'Invoke',
      { FunctionName: 'f', InvocationType: 'Now' },
      "'Now' at 'invocationType' … satisfy enum value set: [Event, RequestResponse, DryRun]",
    ],
    [
      'Invoke',
      { FunctionName: 'f', LogType: 'All' },
      "'All' at 'logType' … satisfy enum value set: [None, Tail]",
    ],
    [
      'AddPermission',
      { ...permission, StatementId: 'a b' },
      "'a b' at 'statementId' … satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
    ],
    [
      'AddPermission',
      { ...permission, Action: 'invoke' },
      "'invoke' at 'action' … satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])",
    ],
  ];
  for (const [operation, input, says] of cases)
    await assert.rejects(world.call('lambda', operation, input), {
      code: 'ValidationException',
      message: `1 validation error detected: Value ${says.replace('…', 'failed to satisfy constraint: Member must')}`,
    });
  await assert.rejects(world.call('lambda', 'GetFunction', { FunctionName: 'a b!' }), {
    code: 'ValidationException',
    message:
      /^1 validation error detected: Value 'a b!' at 'functionName' .* pattern: \(arn:\(aws\[a-zA-Z-\]\*\)\?:lambda:\)\?/,
  });
});

test('a version or alias that is not there is named by its ARN, and takes no function with it', async (t) => {
  const world = openWorld(t);
  const arn = await createFunction(world, 'f', () => answerOf('here'));
  const absent = (qualifier: string) => ({
    code: 'ResourceNotFoundException',
    status: 404,
    message: `Function not found: ${arn}:${qualifier}`,
  });
  await assert.rejects(world.call('lambda', 'Invoke', { FunctionName: 'f:1' }), absent('1'));
  await assert.rejects(
    world.call('lambda', 'GetFunction', { FunctionName: arn, Qualifier: 'live' }),
    absent('live'),
  );
  await assert.rejects(
    world.call('lambda', 'DeleteFunction', { FunctionName: 'f', Qualifier: '2' }),
    absent('2'),
  );
  await assert.rejects(world.call('lambda', 'GetFunction', { FunctionName: 'f:live', Qualifier: 'other' }), {
    code: 'InvalidParameterValueException',
    message: 'The derived qualifier from the function name does not match the specified qualifier.',
  });
  for (const input of [{ FunctionName: 'f', Qualifier: '$LATEST' }, { FunctionName: 'f:$LATEST' }])
    await assert.rejects(world.call('lambda', 'DeleteFunction', input), {
      code: 'InvalidParameterValueException',
      message: '$LATEST version cannot be deleted without deleting the function.',
    });
  const { Payload } = await world.call('lambda', 'Invoke', { FunctionName: 'f', Qualifier: '$LATEST' });
  assert.equal(text(Payload), '"here"');
});

test('an invocation is waited for, tried dry, or left to itself', async (t) => {
  const world = openWorld(t);
  const seen: string[] = [];
  await createFunction(world, 'f', ({ payload }) => {
    seen.push(payload);
    return answerOf({ echo: JSON.parse(payload) as unknown });
  });
  const sync = await world.call('lambda', 'Invoke', {
    FunctionName: 'f',
    LogType: 'Tail',
    Payload: payload(1),
  });
  assert.deepEqual(
    [sync['StatusCode'], sync['ExecutedVersion'], text(sync['Payload']), sync['LogResult']],
    [200, '$LATEST', '{"echo":1}', Buffer.from('a line').toString('base64')],
  );
  assert.deepEqual(await world.call('lambda', 'Invoke', { FunctionName: 'f', InvocationType: 'DryRun' }), {
    StatusCode: 204,
  });
  const event = { FunctionName: 'f', InvocationType: 'Event', Payload: payload(2) };
  assert.deepEqual(await world.call('lambda', 'Invoke', event), { StatusCode: 202 });
  for (let turn = 0; seen.length < 2; turn += 1) {
    assert.ok(turn < 1000, 'the function that nobody waits for runs');
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(seen, ['1', '2']);
  await assert.rejects(
    world.call('lambda', 'Invoke', { FunctionName: 'f', Payload: new TextEncoder().encode('{') }),
    { code: 'InvalidRequestContentException', message: /^Could not parse request body into json/ },
  );
  for (const FunctionName of [
    'f:live',
    'arn:aws:lambda:eu-west-1:000000000000:function:f',
    'arn:aws:lambda:us-east-1:111111111111:function:f',
  ])
    await assert.rejects(world.call('lambda', 'Invoke', { FunctionName }), {
      code: 'ResourceNotFoundException',
    });
});

test('the policy of a function lets in whom its owner names', async (t) => {
  const world = openWorld(t);
  await createFunction(world, 'f', () => answerOf('in'));
  const alice = await userCaller(world, 'alice');
  assert.ok(alice.kind === 'user');
  const invoke = () => world.call('lambda', 'Invoke', { FunctionName: 'f' }, alice);
  await assert.rejects(invoke(), { code: 'AccessDeniedException', status: 403 });
  const permission = {
    FunctionName: 'f',
    StatementId: 'alice',
    Action: 'lambda:InvokeFunction',
    Principal: alice.arn,
  };
  const { Statement } = await world.call('lambda', 'AddPermission', permission);
  assert.deepEqual(JSON.parse(String(Statement)), {
    Sid: 'alice',
    Effect: 'Allow',
    Principal: { AWS: alice.arn },
    Action: 'lambda:InvokeFunction',
    Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  });
  await assert.rejects(world.call('lambda', 'AddPermission', permission), {
    code: 'ResourceConflictException',
  });
  assert.equal(text((await invoke())['Payload']), '"in"');
  const policy = await world.call('lambda', 'GetPolicy', { FunctionName: 'f' });
  assert.match(String(policy['Policy']), /"Sid":"alice"/);
  await world.call('lambda', 'RemovePermission', { FunctionName: 'f', StatementId: 'alice' });
  await assert.rejects(invoke(), { code: 'AccessDeniedException' });
  await assert.rejects(world.call('lambda', 'GetPolicy', { FunctionName: 'f' }), {
    code: 'ResourceNotFoundException',
  });
});
