import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExecutionHost, type Store } from '@riposte/engine';
import { formatHistory, interceptStore, ScriptedTaskRunner, seededIds, untilAborted } from '@riposte/testkit';
import { createWorld, machine, ROLE, tasks, typesOf } from './world.ts';

const DAY_MS = 86_400_000;

test('three tasks run one after the other and the last answer is the output', async (t) => {
  const world = await createWorld(t, ({ step }) => ({
    kind: 'succeeded',
    output: JSON.stringify({ from: step.stateName }),
  }));
  const arn = await world.begin('three', tasks({}, {}, {}));
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.equal(execution.status, 'SUCCEEDED');
  assert.equal(execution.output, '{"from":"C"}');
  const { events } = await world.host.getExecutionHistory(arn, {});
  assert.equal(
    formatHistory(events.slice(0, 7)),
    `1←0 ExecutionStarted
2←0 TaskStateEntered A
3←2 TaskScheduled resource=invoke
4←3 TaskStarted resource=invoke
5←4 TaskSucceeded resource=invoke output={"from":"A"}
6←5 TaskStateExited A output={"from":"A"}
7←6 TaskStateEntered B`,
  );
  assert.equal(events.at(-1)?.type, 'ExecutionSucceeded');
  assert.deepEqual(world.problems, []);
});

test('a task is told which step of which execution it works for', async (t) => {
  const world = await createWorld(t);
  const { stateMachineArn } = await machine(world.host, 'one', tasks({}));
  const { executionArn } = await world.host.startExecution({
    stateMachineArn,
    name: 'n',
    input: '{"k":1}',
    origin: { simulated: true, eventId: 'e' },
  });
  await world.settle();
  const [request] = world.runner.requests;
  assert.deepEqual(request?.step, {
    executionArn,
    executionName: 'n',
    stateMachineArn,
    simulated: true,
    stateName: 'A',
    visit: 2,
    attempt: 1,
    taskId: request?.step.taskId,
  });
  assert.ok(request?.step.taskId.startsWith(`${executionArn}#`));
  assert.deepEqual(JSON.parse(request?.parameters ?? ''), { FunctionName: 'f', Payload: { k: 1 } });
  assert.equal(request?.roleArn, ROLE);
  assert.equal(request?.region, 'eu-west-1');
  assert.equal(request?.resource, 'arn:aws:states:::lambda:invoke');
});

test('a failing task is retried with growing intervals of virtual time', async (t) => {
  const startedAtMs: number[] = [];
  const world = await createWorld(t, ({ step }) => {
    startedAtMs.push(world.clock.now());
    return step.attempt < 4
      ? { kind: 'failed', error: 'Throttled', cause: 'slow down' }
      : { kind: 'succeeded', output: '"at last"' };
  });
  const retry = [{ ErrorEquals: ['Throttled'], IntervalSeconds: 60, MaxAttempts: 5, BackoffRate: 2 }];
  const arn = await world.begin('retries', tasks({ Retry: retry }));
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '"at last"');
  const waitsMs = startedAtMs.slice(1).map((atMs, index) => atMs - startedAtMs[index]!); // one shorter
  assert.deepEqual(waitsMs, [60_000, 120_000, 240_000]);
  assert.equal(world.runner.taskIds.length, 4);
});

test('seven days of Wait take no time and end at the second', async (t) => {
  const world = await createWorld(t);
  const week = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 7 * 86_400, End: true } } };
  const arn = await world.begin('week', week, { kept: true });
  await world.settle();
  const { status, startDate, stopDate, output } = await world.host.describeExecution(arn);
  assert.equal(status, 'SUCCEEDED');
  assert.equal(stopDate, startDate + 7 * DAY_MS);
  assert.equal(output, '{"kept":true}');
});

test('an execution that outlives its time stopped when the time was up', async (t) => {
  const world = await createWorld(t, (_, signal) => untilAborted(signal));
  const arn = await world.begin('late', { ...tasks({}), TimeoutSeconds: 30 });
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.equal(execution.status, 'TIMED_OUT');
  assert.equal(execution.stopDate, execution.startDate + 30_000);
  assert.equal(execution.error, undefined);
});

test('stopping aborts the task at work; stopping again changes nothing', async (t) => {
  let aborted = 0;
  const world = await createWorld(t, async (_, signal) => {
    const outcome = await untilAborted(signal);
    aborted += 1;
    return outcome;
  });
  const arn = await world.begin('stopped', tasks({}));
  await world.clock.advanceBy(5000);
  const { stopDate } = await world.host.stopExecution({
    executionArn: arn,
    error: 'Enough',
    cause: 'by hand',
  });
  await world.clock.advanceBy(5000);
  assert.equal(aborted, 1);
  const again = await world.host.stopExecution({ executionArn: arn, error: 'Other' });
  assert.deepEqual(again, { stopDate });
  const execution = await world.host.describeExecution(arn);
  assert.deepEqual([execution.status, execution.error, execution.cause], ['ABORTED', 'Enough', 'by hand']);
  assert.equal((await typesOf(world.host, arn)).at(-1), 'ExecutionAborted');
  assert.deepEqual(await world.host.stuckExecutions(), []);
});

test('every branch of a Parallel and every item of a Map is worked on, at most tasksMax at a time', async (t) => {
  let atWork = 0;
  let most = 0;
  const world = await createWorld(
    t,
    async ({ parameters }) => {
      most = Math.max(most, ++atWork);
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
      return { kind: 'succeeded', output: JSON.stringify(JSON.parse(parameters).Payload) };
    },
    { tasksMax: 3 },
  );
  const map = {
    StartAt: 'Each',
    States: { Each: { Type: 'Map', ItemProcessor: tasks({}), End: true } },
  };
  const items = Array.from({ length: 20 }, (_, index) => index);
  const arn = await world.begin('map', map, items);
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, JSON.stringify(items));
  assert.equal(world.runner.requests.length, 20);
  assert.equal(most, 3);
});

test('changes are sent after they are on disk, in order, without a gap', async (t) => {
  const world = await createWorld(t);
  const seen: number[] = [];
  const statuses: string[] = [];
  const stop = world.host.subscribe(({ events, status }) => {
    seen.push(...events.map(({ id }) => id));
    statuses.push(status);
  });
  const arn = await world.begin('told', tasks({}, {}));
  await world.settle();
  const { events } = await world.host.getExecutionHistory(arn, {});
  assert.deepEqual(
    seen,
    events.map(({ id }) => id),
  );
  assert.equal(statuses.at(-1), 'SUCCEEDED');
  assert.equal(statuses.filter((status) => status === 'SUCCEEDED').length, 1);
  stop();
  await world.host.startExecution({
    stateMachineArn: (await world.host.describeExecution(arn)).stateMachineArn,
  });
  await world.settle();
  assert.equal(seen.length, events.length);
});

test('a listener that throws is reported and keeps nobody from being told', async (t) => {
  const world = await createWorld(t);
  let told = 0;
  world.host.subscribe(() => {
    throw new Error('broken page');
  });
  world.host.subscribe(() => (told += 1));
  const arn = await world.begin('loud', tasks({}));
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).status, 'SUCCEEDED');
  assert.ok(told > 0);
  assert.match(String(world.problems[0]), /broken page/);
});

test('a runner that throws fails the task, and says so', async (t) => {
  const world = await createWorld(t, () => {
    throw new Error('a bug in the runner');
  });
  const arn = await world.begin('bug', tasks({}));
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.equal(execution.status, 'FAILED');
  assert.match(execution.cause ?? '', /a bug in the runner/);
  assert.match(String(world.problems[0]), /a bug in the runner/);
});

test('two hosts on one store: what one decided on old knowledge is refused and decided again', async (t) => {
  const refusals: string[] = [];
  const counting = (store: Store) =>
    interceptStore(store, {
      commit: async (batch) => {
        const results = await store.commit(batch);
        refusals.push(...results.filter((result) => result === 'stale'));
        return results;
      },
    });
  const world = await createWorld(t, () => ({ kind: 'submitted', output: '{}' }), {}, counting);
  const token = tasks({
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: { FunctionName: 'f', 'Payload.$': '$$.Task.Token' },
  });
  const both = {
    StartAt: 'P',
    States: { P: { Type: 'Parallel', Branches: [token, renamed(token)], End: true } },
  };
  const arn = await world.begin('shared', both);
  await world.settle();
  const other = createExecutionHost({
    store: world.store,
    clock: world.clock,
    ids: seededIds(2),
    taskRunner: new ScriptedTaskRunner(() => assert.fail('nothing is to be done')),
    account: '123456789012',
  });
  await other.start();
  const [first, second] = world.runner.requests.map(({ taskToken }) => taskToken ?? '');
  // both have the execution in memory after this
  await other.sendTaskHeartbeat({ taskToken: first! });
  await Promise.all([
    world.host.sendTaskSuccess({ taskToken: first!, output: '1' }),
    other.sendTaskSuccess({ taskToken: second!, output: '2' }),
  ]);
  await other.close();
  assert.ok(refusals.length > 0);
  const execution = await world.host.describeExecution(arn);
  assert.equal(execution.status, 'SUCCEEDED');
  assert.equal(execution.output, '[1,2]');
  const { events } = await world.host.getExecutionHistory(arn, {});
  assert.deepEqual(
    events.map(({ id }) => id),
    events.map((_, index) => index + 1),
  );
});

/** The same graph under other state names, which must be unique in a machine. */
function renamed(definition: object): unknown {
  return JSON.parse(JSON.stringify(definition).replaceAll('"A"', '"Z"'));
}
