import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untilAborted } from '@riposte/testkit';
import { createWorld, machine, REGION, ROLE, tasks, type World } from './world.ts';

async function express(world: World, definition: object): Promise<string> {
  const request = { name: 'quick', definition: JSON.stringify(definition), roleArn: ROLE, region: REGION };
  return (await world.host.createStateMachine({ ...request, type: 'EXPRESS' })).stateMachineArn;
}

const RETRIED = {
  StartAt: 'Pause',
  States: {
    Pause: { Type: 'Wait', Seconds: 3, Next: 'Work' },
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'f' },
      Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 5 }],
      End: true,
    },
  },
};

test('an express execution runs to its end and leaves nothing behind', async (t) => {
  const world = await createWorld(t, ({ step }) =>
    step.attempt === 1 ? { kind: 'failed', error: 'Busy' } : { kind: 'succeeded', output: '{"ok":true}' },
  );
  const stateMachineArn = await express(world, RETRIED);
  const running = world.host.startSyncExecution({ stateMachineArn, name: 'run', input: '{"a": 1}' });
  await world.settle();
  const ended = await running;
  assert.match(ended.executionArn, /:express:quick:run:[0-9a-f-]{36}$/);
  assert.deepEqual(
    [ended.status, ended.output, ended.input, ended.stopDate - ended.startDate],
    ['SUCCEEDED', '{"ok":true}', '{"a": 1}', 8000],
  );
  assert.deepEqual((await world.host.listExecutions({}, {})).executions, []);
  const { executionArn } = ended;
  await assert.rejects(world.host.describeExecution(executionArn), {
    code: 'InvalidArn',
    message: "Invalid Arn: 'Resource type not valid in this context: express'",
  });
  await assert.rejects(world.host.listExecutions({ stateMachineArn }, {}), {
    code: 'StateMachineTypeNotSupported',
    message: 'This operation is not supported by this type of state machine',
  });
});

test('an asynchronous start answers at once, and each start is an execution of its own', async (t) => {
  const world = await createWorld(t);
  const stateMachineArn = await express(world, tasks({}));
  const [one, two] = [
    await world.host.startExecution({ stateMachineArn, name: 'run' }),
    await world.host.startExecution({ stateMachineArn, name: 'run' }),
  ];
  assert.notEqual(one.executionArn, two.executionArn);
  await world.settle();
  assert.deepEqual(
    world.runner.requests.map(({ step }) => step.executionArn),
    [one.executionArn, two.executionArn],
  );
});

test('a failure carries error and cause', async (t) => {
  const world = await createWorld(t, () => ({ kind: 'failed', error: 'Broken', cause: 'by hand' }));
  const running = world.host.startSyncExecution({ stateMachineArn: await express(world, tasks({})) });
  await world.settle();
  const { status, error, cause } = await running;
  assert.deepEqual([status, error, cause], ['FAILED', 'Broken', 'by hand']);
});

test('after five minutes an express execution is over, and its task is aborted', async (t) => {
  let isAborted = false;
  const world = await createWorld(t, async (_request, signal) => {
    const outcome = await untilAborted(signal);
    isAborted = true;
    return outcome;
  });
  const running = world.host.startSyncExecution({ stateMachineArn: await express(world, tasks({})) });
  await world.settle();
  const { status, startDate, stopDate } = await running;
  assert.deepEqual([status, stopDate - startDate, isAborted], ['TIMED_OUT', 300_000, true]);
});

test('a closing host ends what runs', async (t) => {
  const world = await createWorld(t, (_request, signal) => untilAborted(signal));
  const stateMachineArn = await express(world, tasks({}));
  const running = world.host.startSyncExecution({ stateMachineArn });
  await world.clock.advanceBy(1, { isBusy: () => !world.host.isQuiet() });
  await world.host.close();
  assert.equal((await running).status, 'FAILED');
});

test('a standard machine does not run synchronously', async (t) => {
  const { host } = await createWorld(t);
  const { stateMachineArn } = await machine(host, 'm', tasks({}));
  await assert.rejects(host.startSyncExecution({ stateMachineArn }), {
    code: 'StateMachineTypeNotSupported',
  });
});
