import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, Signal, Snapshot } from '@riposte/asl';
import { step } from '@riposte/asl';
import { expectSoundHistory } from '@riposte/testkit';
import { drive, environment, EXECUTION, machineOf, START_MS } from './support/drive.ts';

const PUBLISH = 'arn:aws:states:::sns:publish';
const task = (more: Record<string, Json> = {}): Json => ({
  Type: 'Task',
  Resource: PUBLISH,
  End: true,
  ...more,
});
const one = (state: Json): Json => ({ StartAt: 'S', States: { S: state } });

/** The snapshot after one signal. */
async function after(
  definition: Json,
  snapshot: Snapshot,
  signal: Signal,
  atSeconds = 0,
): Promise<{ snapshot: Snapshot; decision: Awaited<ReturnType<typeof step>> }> {
  const decision = await step(
    machineOf(definition),
    EXECUTION,
    snapshot,
    signal,
    environment(START_MS + atSeconds * 1000),
  );
  const records = new Map(snapshot.records);
  for (const [key, record] of decision.changes)
    if (record === null) records.delete(key);
    else records.set(key, record);
  return { snapshot: { records, nextEventId: decision.nextEventId }, decision };
}

const BEFORE: Snapshot = { records: new Map(), nextEventId: 1 };

describe('a signal that nobody awaits', () => {
  const late: Signal[] = [
    { type: 'start' },
    { type: 'task-succeeded', taskId: 'root#2.2', output: '{}' },
    { type: 'task-succeeded', taskId: 'root#3.1', output: '{}' },
    { type: 'task-failed', taskId: 'root/2.1.0#2.1' },
    { type: 'task-heartbeat', taskId: 'nonsense' },
    { type: 'task-succeeded', taskId: 'root#2.1:timeout', output: '{}' },
    { type: 'timer-fired', timerId: 'root#2.1' },
    { type: 'timer-fired', timerId: 'root#2.1:heartbeat' },
    { type: 'timer-fired', timerId: 'root#2.1:retry' },
    { type: 'timer-fired', timerId: 'execution:continue' },
    { type: 'timer-fired', timerId: '' },
  ];
  for (const signal of late)
    test(`${JSON.stringify(signal)} decides nothing`, async () => {
      const definition = one(task({ TimeoutSeconds: 5 }));
      const { snapshot } = await after(definition, BEFORE, { type: 'start' });
      const { decision } = await after(definition, snapshot, signal);
      assert.deepEqual(decision, {
        events: [],
        changes: new Map(),
        commands: [],
        nextEventId: snapshot.nextEventId,
      });
    });
});

describe('a task', () => {
  test('has an id of its own for each attempt, which stays the same however often it is decided', async () => {
    const definition = one(task({ Retry: [{ ErrorEquals: ['States.ALL'] }] }));
    const run = await drive({ definition, answers: { S: [{ error: 'E' }, { error: 'E' }, { output: 1 }] } });
    const tasks = run.commands.filter((command) => command.type === 'schedule-task');
    assert.deepEqual(
      tasks.map(({ taskId, visit, attempt }) => [taskId, visit, attempt]),
      [
        ['root#2.1', 2, 1],
        ['root#2.2', 2, 2],
        ['root#2.3', 2, 3],
      ],
    );
  });

  test('that answers stops its clocks, and one that is timed out is cancelled with them', async () => {
    const definition = one(task({ TimeoutSeconds: 9, HeartbeatSeconds: 5, Catch: [] }));
    const started = await after(definition, BEFORE, { type: 'start' });
    assert.deepEqual(
      started.decision.commands.filter(({ type }) => type === 'start-timer'),
      [
        { type: 'start-timer', timerId: 'root#2.1:timeout', atMs: START_MS + 9000 },
        { type: 'start-timer', timerId: 'root#2.1:heartbeat', atMs: START_MS + 5000 },
      ],
    );
    const beat = await after(definition, started.snapshot, { type: 'task-heartbeat', taskId: 'root#2.1' }, 3);
    assert.deepEqual(beat.decision.commands, [
      { type: 'start-timer', timerId: 'root#2.1:heartbeat', atMs: START_MS + 8000 },
    ]);
    assert.deepEqual(beat.decision.events, []);
  });

  test('in a retry shows how many retries there were, and has a new token each time', async () => {
    const definition = one(
      task({
        Resource: 'arn:aws:states:::sns:publish.waitForTaskToken',
        Parameters: { 'token.$': '$$.Task.Token', 'retries.$': '$$.State.RetryCount' },
        Retry: [{ ErrorEquals: ['E'] }],
      }),
    );
    const run = await drive({ definition, answers: { S: [{ error: 'E' }, { output: 1 }] } });
    const tasks = run.commands.filter((command) => command.type === 'schedule-task');
    assert.deepEqual(
      tasks.map(({ taskToken, parameters }) => [taskToken, parameters]),
      [
        ['token-0', '{"token":"token-0","retries":0}'],
        ['token-1000', '{"token":"token-1000","retries":1}'],
      ],
    );
  });

  test('whose result is too large fails in a way that can be caught', async () => {
    const definition = {
      StartAt: 'S',
      States: {
        S: task({ Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Told' }] }),
        Told: { Type: 'Pass', End: true },
      },
    };
    const run = await drive({ definition, answers: { S: [{ output: '€'.repeat(90_000) }] } });
    assert.equal(run.outcome?.status, 'SUCCEEDED');
  });
});

describe('an output that is too large', () => {
  test('ends the execution, caught or not', async () => {
    const definition = one(
      task({
        Parameters: { 'a.$': '$', 'b.$': '$' },
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }],
      }),
    );
    const run = await drive({ definition, input: JSON.stringify('x'.repeat(200_000)) });
    assert.deepEqual(run.outcome, {
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause:
        "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });
});

describe('a catcher', () => {
  test('that fails itself is not tried again for its own failure', async () => {
    const definition = {
      StartAt: 'S',
      States: {
        S: task({
          Catch: [
            { ErrorEquals: ['States.ALL'], Next: 'T', Assign: { 'x.$': 'States.ArrayGetItem($.Cause, 0)' } },
          ],
        }),
        T: { Type: 'Succeed' },
      },
    };
    const run = await drive({ definition, answers: { S: [{ error: 'E' }] } });
    expectSoundHistory(run.events);
    assert.equal(run.outcome?.status === 'FAILED' && run.outcome.error, 'States.IntrinsicFailure');
  });
});

describe('work that grows out of all bounds', () => {
  test('in a path ends the execution', async () => {
    const definition = one({ Type: 'Pass', InputPath: '$..*..*..*..*', End: true });
    const deep = '[0,'.repeat(300) + '0' + ']'.repeat(300);
    const run = await drive({ definition, input: deep });
    assert.match(
      (run.outcome?.status === 'FAILED' && run.outcome.cause) || '',
      /The path matches more than 200000 values\.$/,
    );
  });

  test('in ArrayUnique stays in proportion to the items', async () => {
    const definition = one({
      Type: 'Pass',
      Parameters: { 'x.$': 'States.ArrayLength(States.ArrayUnique($))' },
      End: true,
    });
    const items = Array.from({ length: 30_000 }, (_, i) => i % 20_000);
    const run = await drive({ definition, input: JSON.stringify(items) });
    assert.deepEqual(run.outcome, { status: 'SUCCEEDED', output: '{"x":20000}' });
  });
});

describe('a failing branch', () => {
  test('cancels the tasks and timers of the others, and none is handed out that was to be cancelled', async () => {
    const definition = one({
      Type: 'Parallel',
      End: true,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Hang' }],
      Branches: [
        { StartAt: 'A', States: { A: task({ TimeoutSeconds: 9 }) } },
        { StartAt: 'B', States: { B: { Type: 'Wait', Seconds: 60, End: true } } },
        { StartAt: 'C', States: { C: task() } },
        { StartAt: 'D', States: { D: { Type: 'Pass', Next: 'E' }, E: { Type: 'Fail' } } },
      ],
    });
    const machine = {
      StartAt: 'S',
      States: {
        ...(definition as { States: Record<string, Json> }).States,
        Hang: { Type: 'Wait', Seconds: 5, End: true },
      },
    };
    const { decision, snapshot } = await after(machine, BEFORE, { type: 'start' });
    assert.deepEqual(
      decision.commands.map((command) => JSON.stringify(command)),
      [
        '{"type":"cancel","id":"root/2.1.0#4.1:timeout"}',
        '{"type":"cancel","id":"root/2.1.1#7.1:wait"}',
        `{"type":"start-timer","timerId":"root#${snapshot.nextEventId - 1}.1:wait","atMs":${START_MS + 5000}}`,
      ],
    );
    assert.deepEqual([...snapshot.records.keys()], ['scope:root'], 'nothing of the branches is left');
  });
});

describe('an execution', () => {
  test('that is stopped ends with what it was told, and commands nothing', async () => {
    const definition = one(task());
    const { snapshot } = await after(definition, BEFORE, { type: 'start' });
    const { decision } = await after(definition, snapshot, { type: 'stop', error: 'E', cause: 'C' });
    assert.deepEqual(decision.outcome, { status: 'ABORTED', error: 'E', cause: 'C' });
    assert.deepEqual(decision.commands, []);
    assert.deepEqual(decision.events, [
      {
        id: 5,
        previousEventId: 0,
        timestamp: START_MS,
        type: 'ExecutionAborted',
        executionAbortedEventDetails: { error: 'E', cause: 'C' },
      },
    ]);
  });

  test('that goes round for ever is decided in bounded pieces and ends at event 25,000', async () => {
    const definition = {
      StartAt: 'A',
      States: {
        A: { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'B' }], Default: 'A' },
        B: { Type: 'Succeed' },
      },
    };
    const run = await drive({ definition });
    expectSoundHistory(run.events);
    assert.equal(run.events.length, 25_000);
    assert.ok(
      run.decisions.every(({ events }) => events <= 402),
      'two events a state, 200 states a decision',
    );
    assert.deepEqual(run.outcome, {
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    assert.equal(run.events.at(-1)?.previousEventId, 24_999);
  });

  test('of an express machine has no such limit', async () => {
    const definition = {
      StartAt: 'A',
      States: {
        A: {
          Type: 'Map',
          ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
          End: true,
        },
      },
    };
    const run = await drive({ definition, input: JSON.stringify(Array(7000).fill(0)), type: 'EXPRESS' });
    assert.equal(run.outcome?.status, 'SUCCEEDED');
    assert.ok(run.events.length > 25_000);
  });

  test('whose data are nested too deeply fails, and nothing is thrown', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const definition = one({ Type: 'Pass', Parameters: { 'x.$': "States.Format('{}', $)" }, End: true });
    const run = await drive({ definition, input: deep });
    assert.equal(run.outcome?.status === 'FAILED' && run.outcome.error, 'States.Runtime');
    expectSoundHistory(run.events);
  });
});

describe('a Map of many items', () => {
  test('writes a small record for each iteration, never one that grows with the items', async () => {
    const definition = one({
      Type: 'Map',
      ItemProcessor: { StartAt: 'T', States: { T: task() } },
      End: true,
    });
    const run = await drive({ definition, input: JSON.stringify(Array(2000).fill('item')), type: 'EXPRESS' });
    assert.equal(run.outcome?.status, 'SUCCEEDED');
    const [first, ...others] = run.decisions;
    const between = others.slice(0, -1);
    assert.ok(first !== undefined && first.bytesWritten > 14_000, 'the items are written once');
    assert.ok(Math.max(...between.map(({ bytesWritten }) => bytesWritten)) < 1500);
    assert.ok(Math.max(...between.map(({ recordsWritten }) => recordsWritten)) <= 4);
    assert.deepEqual(run.records, ['scope:root'], 'nothing of the iterations is left');
  });

  test('runs at most 40 of them at the same time, or as few as MaxConcurrency says', async () => {
    for (const [concurrency, running] of [
      [0, 40],
      [3, 3],
      [99, 40],
    ] as const) {
      const definition = one({
        Type: 'Map',
        MaxConcurrency: concurrency,
        ItemProcessor: { StartAt: 'T', States: { T: task() } },
        End: true,
      });
      const run = await drive({
        definition,
        input: JSON.stringify(Array(100).fill(0)),
        answers: { T: ['silence'] },
      });
      assert.equal(run.commands.filter(({ type }) => type === 'schedule-task').length, running);
    }
  });

  test('fails as a whole when the input of an iteration cannot be made', async () => {
    const definition = one({
      Type: 'Map',
      MaxConcurrency: 1,
      ItemSelector: { 'x.$': '$$.Map.Item.Value.x' },
      ItemProcessor: { StartAt: 'T', States: { T: task() } },
      End: true,
    });
    const run = await drive({ definition, input: '[{"x":1},{}]' });
    expectSoundHistory(run.events);
    assert.equal(run.outcome?.status === 'FAILED' && run.outcome.error, 'States.Runtime');
    assert.equal(run.events.at(-1)?.type, 'ExecutionFailed');
  });
});
