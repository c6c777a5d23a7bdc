import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorld, tasks, typesOf, type World } from './world.ts';

const CALLBACK = {
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  Parameters: { 'token.$': '$$.Task.Token' },
};
const submitted = () => ({ kind: 'submitted', output: '{"MessageId":"m"}' }) as const;

function tokenOf(world: World): string {
  return world.runner.requests.at(-1)?.taskToken ?? assert.fail('no task with a token was handed out');
}

test('a callback waits until its token is answered, however late', async (t) => {
  const world = await createWorld(t, submitted);
  const arn = await world.begin('callback', tasks(CALLBACK));
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).status, 'RUNNING');
  assert.deepEqual(await world.host.stuckExecutions(), []);
  await world.clock.advanceBy(40 * 86_400_000);
  await world.host.sendTaskSuccess({ taskToken: tokenOf(world), output: '{"approved":true}' });
  assert.equal((await world.host.describeExecution(arn)).output, '{"approved":true}');
  assert.deepEqual(await typesOf(world.host, arn), [
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

test('a token answered before the request that carried it returned is taken, and its work not aborted', async (t) => {
  let isAborted = false;
  const world = await createWorld(t, async ({ taskToken }, signal) => {
    await world.host.sendTaskSuccess({ taskToken: taskToken!, output: '1' }); // asked for by CALLBACK
    isAborted = signal.aborted;
    return submitted();
  });
  const arn = await world.begin('early', tasks(CALLBACK));
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '1');
  assert.equal(isAborted, false);
});

test('a failure by token carries error and cause', async (t) => {
  const world = await createWorld(t, submitted);
  const arn = await world.begin('refused', tasks(CALLBACK));
  await world.settle();
  await world.host.sendTaskFailure({ taskToken: tokenOf(world), error: 'Refused', cause: 'by Ada' });
  const execution = await world.host.describeExecution(arn);
  assert.deepEqual([execution.status, execution.error, execution.cause], ['FAILED', 'Refused', 'by Ada']);
});

test('an unknown token is invalid, a closed one has timed out', async (t) => {
  const world = await createWorld(t, submitted);
  await world.begin('closed', tasks(CALLBACK));
  await world.settle();
  const taskToken = tokenOf(world);
  await assert.rejects(world.host.sendTaskSuccess({ taskToken: 'AAAA', output: '1' }), {
    code: 'InvalidToken',
    message: "Invalid Token: 'Invalid token'",
  });
  await assert.rejects(world.host.sendTaskSuccess({ taskToken, output: 'not json' }), {
    code: 'InvalidOutput',
  });
  await world.host.sendTaskSuccess({ taskToken, output: '1' });
  const closed = {
    code: 'TaskTimedOut',
    message: "Task Timed Out: 'Provided task does not exist anymore'",
  };
  await assert.rejects(world.host.sendTaskSuccess({ taskToken, output: '1' }), closed);
  await assert.rejects(world.host.sendTaskFailure({ taskToken }), closed);
  await assert.rejects(world.host.sendTaskHeartbeat({ taskToken }), closed);
});

test('of two answers in the same moment the first counts and the second is told so', async (t) => {
  const world = await createWorld(t, submitted);
  const arn = await world.begin('race', tasks(CALLBACK));
  await world.settle();
  const taskToken = tokenOf(world);
  const answers = await Promise.allSettled([
    world.host.sendTaskSuccess({ taskToken, output: '1' }),
    world.host.sendTaskSuccess({ taskToken, output: '2' }),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  assert.equal((await world.host.describeExecution(arn)).output, '1');
});

test('heartbeats keep a callback alive; their absence ends it, and its token is closed', async (t) => {
  const world = await createWorld(t, submitted);
  const arn = await world.begin('beats', tasks({ ...CALLBACK, HeartbeatSeconds: 60 }));
  await world.clock.advanceBy(0, { isBusy: () => !world.host.isQuiet() });
  const taskToken = tokenOf(world);
  for (let beat = 0; beat < 5; beat++) {
    await world.clock.advanceBy(50_000, { isBusy: () => !world.host.isQuiet() });
    await world.host.sendTaskHeartbeat({ taskToken });
  }
  assert.equal((await world.host.describeExecution(arn)).status, 'RUNNING');
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.deepEqual([execution.status, execution.error], ['FAILED', 'States.Timeout']);
  assert.equal(execution.stopDate, execution.startDate + 250_000 + 60_000);
  await assert.rejects(world.host.sendTaskSuccess({ taskToken, output: '1' }), { code: 'TaskTimedOut' });
});

test('each attempt has a token of its own', async (t) => {
  const world = await createWorld(t, ({ step }) =>
    step.attempt === 1 ? { kind: 'failed', error: 'Busy' } : submitted(),
  );
  const arn = await world.begin('attempts', tasks({ ...CALLBACK, Retry: [{ ErrorEquals: ['Busy'] }] }));
  await world.settle();
  const [first, second] = world.runner.requests.map(({ taskToken }) => taskToken!); // asked for by CALLBACK
  assert.notEqual(first, second);
  await assert.rejects(world.host.sendTaskSuccess({ taskToken: first!, output: '1' }), {
    code: 'TaskTimedOut',
  });
  await world.host.sendTaskSuccess({ taskToken: second!, output: '2' });
  assert.equal((await world.host.describeExecution(arn)).output, '2');
});
