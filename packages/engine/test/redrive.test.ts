import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExecutionHost, redriveStatusOf } from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import { ScriptedTaskRunner, seededIds, SimulatedClock } from '@riposte/testkit';
import { createWorld, machine, tasks, temporaryFile, typesOf, type World } from './world.ts';

const failed = { kind: 'failed', error: 'Broken' } as const;
const work = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f' },
} as const;

const names = (world: World) => world.runner.requests.map(({ step }) => step.stateName);

test('a redriven execution goes on with the state that failed', async (t) => {
  let isBroken = true;
  const world = await createWorld(t, ({ step }) =>
    step.stateName === 'B' && isBroken ? failed : { kind: 'succeeded', output: `"${step.stateName}"` },
  );
  const retry = { Retry: [{ ErrorEquals: ['Broken'], IntervalSeconds: 1, MaxAttempts: 1 }] };
  const arn = await world.begin('m', tasks({}, retry, {}));
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).status, 'FAILED');
  isBroken = false;
  await world.clock.advanceBy(60_000);
  const { redriveDate } = await world.host.redriveExecution({ executionArn: arn });
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.deepEqual(
    [execution.status, execution.output, execution.error, execution.redriveCount, execution.redriveDate],
    ['SUCCEEDED', '"C"', undefined, 1, redriveDate],
  );
  assert.deepEqual(names(world), ['A', 'B', 'B', 'B', 'C']);
  assert.equal(new Set(world.runner.taskIds).size, 5);
  assert.deepEqual((await typesOf(world.host, arn)).slice(5), [
    'TaskStateExited',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskFailed',
    'TaskScheduled',
    'TaskStarted',
    'TaskFailed',
    'ExecutionFailed',
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

test('states see how often and when their execution was redriven', async (t) => {
  let isBroken = true;
  const world = await createWorld(t, ({ parameters }) =>
    isBroken ? failed : { kind: 'succeeded', output: parameters },
  );
  const Parameters = { FunctionName: 'f', Payload: { 'Seen.$': '$$.Execution' } };
  const arn = await world.begin('m', tasks({ Parameters }));
  await world.settle();
  isBroken = false;
  const { redriveDate } = await world.host.redriveExecution({ executionArn: arn });
  await world.settle();
  const seen = world.runner.requests.map(({ parameters }) => {
    const { Payload } = JSON.parse(parameters) as { Payload: { Seen: Record<string, unknown> } };
    return [Payload.Seen['RedriveCount'], Payload.Seen['RedriveTime']];
  });
  assert.deepEqual(seen, [
    [0, undefined],
    [1, new Date(redriveDate).toISOString()],
  ]);
});

test('branches that ended well are not run again', async (t) => {
  let isBroken = true;
  const world = await createWorld(t, ({ step }) =>
    isBroken && step.stateName === 'Second'
      ? failed
      : { kind: 'succeeded', output: JSON.stringify(step.stateName) },
  );
  const branch = (name: string) => ({ StartAt: name, States: { [name]: { ...work, End: true } } });
  const definition = {
    StartAt: 'Both',
    States: {
      Both: { Type: 'Parallel', Branches: [branch('First'), branch('Second')], End: true },
    },
  };
  const arn = await world.begin('m', definition);
  await world.settle();
  assert.deepEqual(names(world).toSorted(), ['First', 'Second']);
  isBroken = false;
  await world.host.redriveExecution({ executionArn: arn });
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '["First","Second"]');
  assert.deepEqual(names(world).slice(2), ['Second']);
});

test('a Map goes on with the iteration that failed and those after it', async (t) => {
  let isBroken = true;
  const world = await createWorld(t, ({ parameters }) =>
    isBroken && parameters === '{"n":2}' ? failed : { kind: 'succeeded', output: parameters },
  );
  const definition = {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        MaxConcurrency: 1,
        ItemProcessor: {
          StartAt: 'Item',
          States: { Item: { ...work, Parameters: { 'n.$': '$' }, End: true } },
        },
        End: true,
      },
    },
  };
  const arn = await world.begin('m', definition, [1, 2, 3]);
  await world.settle();
  isBroken = false;
  await world.host.redriveExecution({ executionArn: arn });
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '[{"n":1},{"n":2},{"n":3}]');
  assert.deepEqual(
    world.runner.requests.map(({ parameters }) => parameters),
    ['{"n":1}', '{"n":2}', '{"n":2}', '{"n":3}'],
  );
});

test('a branch that fails again at once leaves the others as they stood for the next redrive', async (t) => {
  const world = await createWorld(t);
  const branch = (state: object) => ({ StartAt: Object.keys(state)[0], States: state });
  const arn = await world.begin('m', {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [
          branch({ First: { Type: 'Pass', Next: 'Refuse' }, Refuse: { Type: 'Fail', Error: 'No' } }),
          branch({ Until: { Type: 'Wait', Timestamp: '2026-01-01T00:01:00Z', End: true } }),
        ],
        End: true,
      },
    },
  });
  await world.settle();
  await world.clock.advanceBy(120_000); // the wait's time is over: it would end in the redrive itself
  for (const redriven of ['once', 'twice']) {
    await world.host.redriveExecution({ executionArn: arn });
    await world.settle();
    assert.equal((await world.host.describeExecution(arn)).error, 'No', redriven);
  }
  const types = await typesOf(world.host, arn);
  assert.ok(types.filter((type) => type === 'WaitStateExited').length <= 1, types.join(' '));
});

test('stopped and timed-out executions are redriven too, with a new clock', async (t) => {
  const world = await createWorld(t);
  const definition = {
    StartAt: 'Pause',
    TimeoutSeconds: 100,
    States: {
      Pause: { Type: 'Wait', Seconds: 90, Next: 'Rest' },
      Rest: { Type: 'Wait', Seconds: 50, End: true },
    },
  };
  const arn = await world.begin('m', definition);
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).status, 'TIMED_OUT');
  await world.host.redriveExecution({ executionArn: arn });
  await assert.rejects(world.host.redriveExecution({ executionArn: arn }), {
    code: 'ExecutionNotRedrivable',
    message: 'Execution is RUNNING and cannot be redriven',
  });
  await world.host.stopExecution({ executionArn: arn });
  assert.equal((await world.host.describeExecution(arn)).status, 'ABORTED');
  await world.host.redriveExecution({ executionArn: arn });
  assert.deepEqual(await world.host.stuckExecutions(), []);
  await world.settle();
  const { status, redriveCount } = await world.host.describeExecution(arn);
  assert.deepEqual([status, redriveCount], ['SUCCEEDED', 2]);
});

test('what has no room left in its history is not redriven, and says so before', async (t) => {
  const world = await createWorld(t);
  const again = [{ Variable: '$.done', BooleanEquals: true, Next: 'End' }];
  const loop = {
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Result: { done: false }, Next: 'B' },
      B: { Type: 'Choice', Choices: again, Default: 'A' },
      End: { Type: 'Succeed' },
    },
  };
  const arn = await world.begin('m', loop);
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.equal(execution.status, 'FAILED');
  const message = 'Execution history event limit exceeded';
  assert.equal(redriveStatusOf(execution, world.clock.now()).redriveStatusReason, message);
  await assert.rejects(world.host.redriveExecution({ executionArn: arn }), {
    code: 'ExecutionNotRedrivable',
    message,
  });
});

test('what ended long ago is not redriven; a token redrives once', async (t) => {
  const world = await createWorld(t, () => failed);
  const arn = await world.begin('m', tasks({}));
  const redrive = (clientToken?: string) =>
    world.host.redriveExecution({ executionArn: arn, ...(clientToken !== undefined && { clientToken }) });
  const refused = (message: string) => ({ code: 'ExecutionNotRedrivable', message });
  await world.settle();
  const first = await redrive('token');
  await world.settle();
  await world.clock.advanceBy(60_000);
  assert.deepEqual(await redrive('token'), first);
  assert.equal((await world.host.describeExecution(arn)).redriveCount, 1);
  await redrive('other');
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).redriveCount, 2);
  await world.clock.advanceBy(14 * 86_400_000);
  await assert.rejects(redrive(), refused('Execution redrivable period exceeded'));
  await assert.rejects(world.host.redriveExecution({ executionArn: `${arn}x` }), {
    code: 'ExecutionDoesNotExist',
  });
});

test('a redrive survives the server: its task is handed out again in the next life', async (t) => {
  const file = temporaryFile(t);
  let executionArn = '';
  const life = async (number: number, answer: 'fails' | 'hangs' | 'works') => {
    const database = new Database(file);
    const clock = new SimulatedClock();
    const runner = new ScriptedTaskRunner((_request, signal) => {
      if (answer === 'fails') return failed;
      if (answer === 'works') return { kind: 'succeeded', output: '"done"' };
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(failed)));
    });
    const host = createExecutionHost({
      store: new SqliteEngineStore(database),
      clock,
      ids: seededIds(number),
      taskRunner: runner,
      account: '123456789012',
    });
    await host.start();
    if (number === 1) {
      const { stateMachineArn } = await machine(host, 'm', tasks({}));
      ({ executionArn } = await host.startExecution({ stateMachineArn, name: 'run' }));
    } else if (number === 2) await host.redriveExecution({ executionArn });
    await clock.advanceBy(1000, { isBusy: () => !host.isQuiet() });
    const { status } = await host.describeExecution(executionArn);
    await host.close();
    database.close();
    return [status, ...runner.taskIds];
  };
  const first = await life(1, 'fails');
  const second = await life(2, 'hangs');
  const third = await life(3, 'works');
  assert.deepEqual([first[0], second[0], third[0]], ['FAILED', 'RUNNING', 'SUCCEEDED']);
  assert.notEqual(first[1], second[1]);
  assert.equal(second[1], third[1]);
});
