import assert from 'node:assert/strict';
import test from 'node:test';
import { openWorld, policy, userCaller } from './support/world.ts';

test('a user without a policy is refused in the words of AWS, and the refusal is on record', async (t) => {
  const world = openWorld(t);
  const alice = await userCaller(world, 'alice');
  await assert.rejects(world.call('iam', 'ListUsers', {}, alice), {
    code: 'AccessDenied',
    status: 403,
    message: `User: ${alice.kind === 'user' && alice.arn} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::000000000000:user/ because no identity-based policy allows the iam:ListUsers action`,
  });
  const record = (await world.records()).at(-1);
  assert.equal(record?.errorCode, 'AccessDenied');
  assert.equal(record?.userIdentity.userName, 'alice');
  assert.equal(record?.verdict, 'No identity-based policy allows iam:ListUsers.');
});

test('an explicit deny is named as one, and wins over an allow', async (t) => {
  const world = openWorld(t);
  const alice = await userCaller(world, 'alice');
  await world.call('iam', 'PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'p',
    PolicyDocument: policy(
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Sid: 'NoStop', Effect: 'Deny', Action: 'states:*', Resource: '*' },
    ),
  });
  const stop = { executionArn: 'arn:aws:states:us-east-1:000000000000:execution:Respond:one' };
  await assert.rejects(world.call('states', 'StopExecution', stop, alice), {
    code: 'AccessDeniedException',
    status: 400,
    message: /states:StopExecution on resource: .*:one with an explicit deny in an identity-based policy$/,
  });
  assert.match((await world.records()).at(-1)?.verdict ?? '', /"NoStop" of policy "p" denies it/);
});

test('everybody may ask who they are', async (t) => {
  const world = openWorld(t);
  const alice = await userCaller(world, 'alice');
  const identity = await world.call('sts', 'GetCallerIdentity', {}, alice);
  assert.equal(identity['Arn'], 'arn:aws:iam::000000000000:user/alice');
});

test('handing a role to a service takes iam:PassRole', async (t) => {
  const world = openWorld(t);
  const alice = await userCaller(world, 'alice');
  const allow = (...actions: string[]) =>
    world.call('iam', 'PutUserPolicy', {
      UserName: 'alice',
      PolicyName: 'p',
      PolicyDocument: policy({ Effect: 'Allow', Action: actions, Resource: '*' }),
    });
  await allow('lambda:CreateFunction');
  const create = {
    FunctionName: 'f',
    Role: 'arn:aws:iam::000000000000:role/Strong',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: new Uint8Array([1]) },
  };
  await assert.rejects(world.call('lambda', 'CreateFunction', create, alice), {
    code: 'AccessDeniedException',
    status: 403,
    message: /perform: iam:PassRole on resource: arn:aws:iam::000000000000:role\/Strong/,
  });
  await allow('lambda:CreateFunction', 'iam:PassRole');
  await assert.rejects(world.call('lambda', 'CreateFunction', create, alice), {
    code: 'InvalidParameterValueException',
    message: /^The role defined for the function cannot be assumed by Lambda/,
  });
});

test('moving messages takes the right to take them from here and to send them there', async (t) => {
  const world = openWorld(t);
  const alice = await userCaller(world, 'alice');
  const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  await world.call('sqs', 'CreateQueue', { QueueName: 'dead' });
  await world.call('sqs', 'CreateQueue', {
    QueueName: 'work',
    Attributes: {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 }),
    },
  });
  const start = () => world.call('sqs', 'StartMessageMoveTask', { SourceArn: arnOf('dead') }, alice);
  const needed = [
    ['StartMessageMoveTask', 'dead'],
    ['ReceiveMessage', 'dead'],
    ['DeleteMessage', 'dead'],
    ['GetQueueAttributes', 'dead'],
    ['SendMessage', 'work'],
  ] as const;
  for (const [index, [action, queue]] of needed.entries()) {
    const allowed = needed.slice(0, index).map(([other, of]) => ({
      Effect: 'Allow',
      Action: `sqs:${other}`,
      Resource: arnOf(of),
    }));
    await world.call('iam', 'PutUserPolicy', {
      UserName: 'alice',
      PolicyName: 'p',
      PolicyDocument: policy({ Effect: 'Allow', Action: 'sqs:ListQueues', Resource: '*' }, ...allowed),
    });
    const denied = new RegExp(`perform: sqs:${action} on resource: ${arnOf(queue)} `);
    await assert.rejects(start(), denied, action);
  }
  await world.call('iam', 'PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'p',
    PolicyDocument: policy({ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }),
  });
  assert.equal(typeof (await start())['TaskHandle'], 'string');
});

test('an operation that is not written refuses by name, whoever asks', async (t) => {
  const world = openWorld(t);
  await assert.rejects(world.call('logs', 'CreateDelivery'), {
    code: 'UnknownOperationException',
    message: 'The operation logs:CreateDelivery is not supported by Riposte yet.',
  });
  await assert.rejects(world.call('iam', 'CreateGroup'), { code: 'InvalidAction' });
  const records = await world.records();
  assert.deepEqual(
    records.map(({ operation, errorCode, access }) => [operation, errorCode, access]),
    [
      ['CreateDelivery', 'UnknownOperationException', 'write'],
      ['CreateGroup', 'InvalidAction', 'write'],
    ],
  );
});

test('events are put only when every bus that is named is allowed', async (t) => {
  const world = openWorld(t);
  const alice = await userCaller(world, 'alice');
  await world.call('iam', 'PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'p',
    PolicyDocument: policy({
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Resource: 'arn:aws:events:us-east-1:000000000000:event-bus/default',
    }),
  });
  const entry = { Source: 'a', DetailType: 'b', Detail: '{}' };
  const put = (...Entries: object[]) => world.call('events', 'PutEvents', { Entries }, alice);
  assert.equal((await put(entry, entry))['FailedEntryCount'], 0);
  await assert.rejects(put(entry, { ...entry, EventBusName: 'orders' }), {
    code: 'AccessDeniedException',
    message: /events:PutEvents on resource: arn:aws:events:us-east-1:000000000000:event-bus\/orders because/,
  });
});

test('who may put events of one source may put no others, also not among them', async (t) => {
  const world = openWorld(t);
  const alice = await userCaller(world, 'alice');
  await world.call('iam', 'PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'p',
    PolicyDocument: policy({
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Resource: '*',
      Condition: { StringEquals: { 'events:source': 'shop', 'events:detail-type': 'order' } },
    }),
  });
  const order = { Source: 'shop', DetailType: 'order', Detail: '{}' };
  const put = (...Entries: object[]) => world.call('events', 'PutEvents', { Entries }, alice);
  assert.equal((await put(order, order))['FailedEntryCount'], 0);
  for (const other of [{ Source: 'stock' }, { DetailType: 'return' }]) {
    await assert.rejects(put({ ...order, ...other }), { code: 'AccessDeniedException' });
    await assert.rejects(put(order, { ...order, ...other }), { code: 'AccessDeniedException' });
  }
});
