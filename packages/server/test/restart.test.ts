import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startServer } from '@riposte/server';
import { ACCOUNT, type Credentials, World } from './support/world.ts';
import { until } from './support/until.ts';

const TEMPLATES = join(import.meta.dirname, 'templates');
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;

let world: World;
let roleArn: string;

before(async () => {
  world = await World.open();
  const { code, err } = await world.riposte('up', join(TEMPLATES, 'functions'));
  assert.equal(code, 0, err);
  roleArn = await world.createRole('steps', 'states', 'lambda:InvokeFunction');
});
after(() => world.close());

test('machines, executions, rules, stacks, users and log groups are there after a restart', async () => {
  const machine = await world.createMachine('lasting', roleArn, { Done: { Type: 'Succeed' } });
  const { executionArn } = await world.run(machine, { a: 1 });
  await world.createUser('lasting');
  await world.aws().call('events', 'PutRule', { Name: 'lasting', EventPattern: '{"source":["app"]}' });
  const look = async () => {
    const aws = world.aws();
    return [
      (await aws.call('states', 'DescribeStateMachine', { stateMachineArn: machine }))['definition'],
      (await aws.call('states', 'DescribeExecution', { executionArn }))['output'],
      (await aws.call('states', 'GetExecutionHistory', { executionArn }))['events'],
      (await aws.call('events', 'DescribeRule', { Name: 'lasting' }))['EventPattern'],
      (await aws.call('iam', 'GetUser', { UserName: 'lasting' }))['User'],
      (await aws.call('lambda', 'GetFunction', { FunctionName: 'answers' }))['Configuration'],
      (await aws.call('iam', 'GetRolePolicy', { RoleName: 'steps', PolicyName: 'policy' }))['PolicyDocument'],
      await world.json('stacks'),
      await world.json('show', executionArn),
    ];
  };
  const before = await look();
  await world.restart();
  assert.deepEqual(await look(), before);
});

test('the credentials of a function process are void after a restart', async () => {
  const machine = await world.createMachine('session', roleArn, {
    Invoke: { Type: 'Task', Resource: functionArn('answers'), End: true },
  });
  const { output } = await world.run(machine);
  const { session } = JSON.parse(output ?? '') as { session: Credentials };
  const identity = await world.aws(session).call('sts', 'GetCallerIdentity', {});
  assert.match(String(identity['Arn']), /:assumed-role\/function\/answers$/);
  await world.restart();
  await assert.rejects(world.aws(session).call('sts', 'GetCallerIdentity', {}), {
    name: /^(InvalidClientTokenId|UnrecognizedClientException|ExpiredToken)/,
  });
});

test('an execution that waits goes on when its time has come, restarted or not', async () => {
  const machine = await world.createMachine('patient', roleArn, {
    Pause: { Type: 'Wait', Seconds: 60, Next: 'Done' },
    Done: { Type: 'Succeed' },
  });
  const restarted = await world.begin(machine);
  await world.restart();
  assert.equal((await world.json<{ status: string }>('show', restarted)).status, 'RUNNING');
  world.clock.advance(61_000);
  assert.equal((await world.ended(restarted)).status, 'SUCCEEDED');

  const overdue = await world.begin(machine);
  await world.stop();
  world.clock.advance(61_000);
  await world.start();
  assert.equal((await world.ended(overdue)).status, 'SUCCEEDED');
});

test('a step whose function was ended by the stop runs again, as the same attempt', async () => {
  const machine = await world.createMachine('interrupted', roleArn, {
    Invoke: {
      Type: 'Task',
      Resource: functionArn('hangs-for-long'),
      TimeoutSeconds: 300,
      Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Timeout' }],
      End: true,
    },
    Timeout: { Type: 'Succeed' },
  });
  const executionArn = await world.begin(machine);
  const history = async () => {
    const { events } = await world.aws().call('states', 'GetExecutionHistory', { executionArn });
    return (events as { type: string }[]).map(({ type }) => type);
  };
  await until('The start of the function', async () => (await history()).includes('LambdaFunctionStarted'));
  const before = await history();
  await world.restart();
  assert.deepEqual(await history(), before);
  world.clock.advance(301_000);
  const { status } = await world.ended(executionArn);
  assert.equal(status, 'SUCCEEDED');
  assert.deepEqual(
    (await history()).filter((type) => /Failed|TimedOut/.test(type)),
    ['LambdaFunctionTimedOut'],
  );
});

test('a second server on the same folder is refused, and the first goes on', async () => {
  await assert.rejects(
    startServer(world.configuration(), () => {}),
    (error: Error) => {
      assert.match(error.message, /in use|another/i);
      assert.ok(error.message.includes(world.folder), error.message);
      return true;
    },
  );
  assert.equal((await fetch(`${world.url}/_riposte/health`)).status, 200);
  await world.aws().call('sts', 'GetCallerIdentity', {});
});

test('a taken port is said to be taken, with the option that chooses another', async () => {
  const { awsUrl, peopleUrl } = world.server.describe();
  const dataFolder = join(world.folder, 'second');
  const start = (change: object) => startServer(world.configuration({ dataFolder, ...change }), () => {});
  await assert.rejects(start({ awsPort: Number(new URL(awsUrl).port) }), {
    name: 'ConfigurationError',
    message: /AWS door is taken.*--port N/,
  });
  await assert.rejects(start({ peoplePort: Number(new URL(peopleUrl).port) }), {
    name: 'ConfigurationError',
    message: /people’s door is taken.*--people-port N/,
  });
  // what was refused has let go of its folder
  const server = await start({});
  await server.close();
});
