import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Caller } from '@riposte/account';
import type { StepReference } from '@riposte/engine';
import {
  answerOf,
  createFunction,
  createRole,
  openWorld,
  policy,
  step,
  taskRequest,
  type World,
} from '../support/world.ts';

const never = new AbortController().signal;

/** A function process as the host would get one: its calls carry the step it was given. */
async function process(world: World, roleArn: string) {
  const credentials = await world.gateway.credentialsIssuer.issue({ roleArn, functionName: 'f' });
  const caller = async (): Promise<Caller> => {
    const found = await world.gateway.credentials.find(credentials.accessKeyId);
    assert.ok(found);
    return found.caller();
  };
  return {
    attributeTo: (reference: StepReference | undefined) => credentials.attributeTo(reference),
    call: async (service: string, operation: string, input: object) =>
      world.call(service, operation, input, await caller()),
  };
}

async function exposedKeys(t: TestContext) {
  const world = openWorld(t);
  const roleArn = await createRole(world, 'Containment', 'lambda.amazonaws.com', [
    'iam:*',
    'sns:*',
    'states:*',
  ]);
  await world.call('iam', 'CreateUser', { UserName: 'alice' });
  const keys: string[] = [];
  for (let count = 0; count < 2; count++) {
    const created = await world.call('iam', 'CreateAccessKey', { UserName: 'alice' });
    keys.push((created['AccessKey'] as { AccessKeyId: string }).AccessKeyId);
  }
  const topic = await world.call('sns', 'CreateTopic', { Name: 'security' });
  const topicArn = String(topic['TopicArn']);
  await world.call('sns', 'Subscribe', {
    TopicArn: topicArn,
    Protocol: 'email',
    Endpoint: 'security@example.com',
  });
  return { world, roleArn, topicArn, keys };
}

async function keysLeft(world: World): Promise<unknown[]> {
  const listed = await world.call('iam', 'ListAccessKeys', { UserName: 'alice' });
  return (listed['AccessKeyMetadata'] as { AccessKeyId: string }[]).map(({ AccessKeyId }) => AccessKeyId);
}

test('a crashed attempt that runs again deletes one key once and sends one message once', async (t) => {
  const { world, roleArn, topicArn, keys } = await exposedKeys(t);
  const attempt = async () => {
    const f = await process(world, roleArn);
    f.attributeTo(step);
    await f.call('iam', 'DeleteAccessKey', { UserName: 'alice', AccessKeyId: keys[0] });
    // the text differs in every run, as one that holds the time would
    const published = await f.call('sns', 'Publish', {
      TopicArn: topicArn,
      Message: `sent ${Math.random()}`,
    });
    return published['MessageId'];
  };
  const first = await attempt();
  const audited = (await world.records()).length;
  world.restart();
  assert.equal(await attempt(), first);
  assert.deepEqual(await keysLeft(world), [keys[1]]);
  assert.equal((await world.store.listNotifications({ limit: 10 })).length, 1);
  const made = (await world.records()).slice(audited).map(({ operation }) => operation);
  assert.deepEqual(made, ['ListAccessKeys']);
});

test('calls are recognised by what they name, in whatever order they come again', async (t) => {
  const { world, roleArn, keys } = await exposedKeys(t);
  const first = await process(world, roleArn);
  first.attributeTo(step);
  await first.call('iam', 'DeleteAccessKey', { UserName: 'alice', AccessKeyId: keys[0] });
  world.restart();
  const again = await process(world, roleArn);
  again.attributeTo(step);
  await again.call('iam', 'DeleteAccessKey', { UserName: 'alice', AccessKeyId: keys[1] });
  await again.call('iam', 'DeleteAccessKey', { UserName: 'alice', AccessKeyId: keys[0] });
  assert.deepEqual(await keysLeft(world), []);
});

test('a read is answered as it was, so that the function decides as it did', async (t) => {
  const { world, roleArn, keys } = await exposedKeys(t);
  const first = await process(world, roleArn);
  first.attributeTo(step);
  const listed = await first.call('iam', 'ListAccessKeys', { UserName: 'alice' });
  await first.call('iam', 'DeleteAccessKey', { UserName: 'alice', AccessKeyId: keys[0] });
  world.restart();
  const again = await process(world, roleArn);
  again.attributeTo(step);
  assert.deepEqual(await again.call('iam', 'ListAccessKeys', { UserName: 'alice' }), listed);
  const { length } = listed['AccessKeyMetadata'] as unknown[];
  assert.equal(length, 2);
});

test('a refusal is answered again, the same', async (t) => {
  const { world, roleArn, keys } = await exposedKeys(t);
  const remove = async () => {
    const f = await process(world, roleArn);
    f.attributeTo(step);
    return f.call('iam', 'DeleteAccessKey', { UserName: 'bob', AccessKeyId: keys[0] });
  };
  await assert.rejects(remove(), { code: 'NoSuchEntity', status: 404 });
  await world.call('iam', 'CreateUser', { UserName: 'bob' });
  const before = (await world.records()).length;
  await assert.rejects(remove(), {
    code: 'NoSuchEntity',
    status: 404,
    message: 'The user with name bob cannot be found.',
  });
  assert.equal((await world.records()).length, before);
});

test('a second call of the same run is a call of its own, and so is one of another attempt', async (t) => {
  const { world, roleArn, topicArn } = await exposedKeys(t);
  const f = await process(world, roleArn);
  const publish = () => f.call('sns', 'Publish', { TopicArn: topicArn, Message: 'm' });
  f.attributeTo(step);
  await publish();
  await publish();
  f.attributeTo({ ...step, attempt: 2, taskId: 'task-2' });
  await publish();
  assert.equal((await world.store.listNotifications({ limit: 10 })).length, 3);
});

test('an execution is started under a key that a repeated attempt uses again', async (t) => {
  const { world, roleArn } = await exposedKeys(t);
  const start = async () => {
    const f = await process(world, roleArn);
    f.attributeTo(step);
    return f.call('states', 'StartExecution', { stateMachineArn: step.stateMachineArn });
  };
  const first = await start();
  const [started] = world.starts;
  assert.equal(started?.requestKey, `task-1/states:StartExecution:${step.stateMachineArn}:0`);
  assert.deepEqual(started?.origin, {
    simulated: true,
    parent: { executionArn: step.executionArn, stateName: 'Contain', taskId: 'task-1' },
  });
  world.restart();
  assert.deepEqual(await start(), first);
  assert.equal(world.starts.length, 1);
});

test('two invocations of one function within an attempt do not take each other’s answers', async (t) => {
  const { world, roleArn: outerRole, topicArn } = await exposedKeys(t);
  const innerRole = await createRole(world, 'Inner', 'lambda.amazonaws.com', ['sns:Publish']);
  await createRole(world, 'Execution', 'states.amazonaws.com', ['lambda:InvokeFunction']);
  const inner = async (payload: string, reference: StepReference | undefined) => {
    const f = await process(world, innerRole);
    f.attributeTo(reference);
    await f.call('sns', 'Publish', { TopicArn: topicArn, Message: payload });
  };
  await createFunction(world, 'inner', async ({ payload, step: reference }) => {
    await inner(payload, reference);
    return answerOf('told');
  });
  await world.call('iam', 'PutRolePolicy', {
    RoleName: 'Containment',
    PolicyName: 'Invoke',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' },
    }),
  });
  let crash = true;
  const functionArn = await createFunction(world, 'outer', async ({ step: reference }) => {
    const f = await process(world, outerRole);
    f.attributeTo(reference);
    const invoke = (text: string) =>
      f.call('lambda', 'Invoke', {
        FunctionName: 'inner',
        Payload: new TextEncoder().encode(JSON.stringify(text)),
      });
    await invoke('one');
    await invoke('two');
    if (crash) throw new Error('the server is gone');
    return answerOf('done');
  });
  const run = () => world.gateway.taskRunner.run(taskRequest({ resource: functionArn }), never);
  assert.equal((await run()).kind, 'failed');
  crash = false;
  world.restart();
  assert.deepEqual(await run(), { kind: 'succeeded', output: '"done"' });
  const messages = (await world.store.listNotifications({ limit: 10 })).map(({ message }) => message);
  assert.deepEqual(messages.toSorted(), ['"one"', '"two"']);
});

test('a role that the function assumes is part of the attempt', async (t) => {
  const { world, roleArn, topicArn } = await exposedKeys(t);
  const allow = (RoleName: string, Action: string) =>
    world.call('iam', 'PutRolePolicy', {
      RoleName,
      PolicyName: 'More',
      PolicyDocument: policy({ Effect: 'Allow', Action, Resource: '*' }),
    });
  await allow('Containment', 'sts:AssumeRole');
  await world.call('iam', 'CreateRole', {
    RoleName: 'Told',
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { AWS: roleArn },
      Action: 'sts:AssumeRole',
    }),
  });
  await allow('Told', 'sns:Publish');
  const attempt = async () => {
    const f = await process(world, roleArn);
    f.attributeTo(step);
    const target = { RoleArn: 'arn:aws:iam::000000000000:role/Told', RoleSessionName: 'told' };
    const { Credentials } = (await f.call('sts', 'AssumeRole', target)) as {
      Credentials: { AccessKeyId: string };
    };
    const publish = async (Message: string) => {
      const session = await world.gateway.credentials.find(Credentials.AccessKeyId);
      await world.call('sns', 'Publish', { TopicArn: topicArn, Message }, session?.caller());
    };
    await publish('one');
    await publish('two');
  };
  await attempt();
  world.restart();
  await attempt();
  const mails = await world.store.listNotifications({ limit: 10 });
  assert.deepEqual(mails.map(({ message }) => message).toSorted(), ['one', 'two']);
});
