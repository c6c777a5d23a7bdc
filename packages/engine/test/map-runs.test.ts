import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { TaskOutcome } from '@riposte/engine';
import { untilAborted } from '@riposte/testkit';
import { distributed, mapRunOf, work } from './map-run-support.ts';
import { createWorld, machine, typesOf } from './world.ts';

const succeeded = (value: unknown): TaskOutcome => ({ kind: 'succeeded', output: JSON.stringify(value) });
const failed: TaskOutcome = { kind: 'failed', error: 'Broken', cause: 'as asked' };
const payloadOf = (parameters: string): unknown => (JSON.parse(parameters) as { Payload: unknown }).Payload;

test('every item has an execution of its own, of which the parent tells nothing', async (t) => {
  const world = await createWorld(t, ({ parameters }) => succeeded(payloadOf(parameters)));
  const arn = await world.begin('m', distributed({}, { Work: work }), ['a', 'b', 'c']);
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '["a","b","c"]');
  assert.deepEqual((await typesOf(world.host, arn)).slice(2, 6), [
    'MapStateStarted',
    'MapRunStarted',
    'MapRunSucceeded',
    'MapStateSucceeded',
  ]);
  const { mapRun, children } = await mapRunOf(world.host, arn);
  assert.equal(mapRun.mapRunArn.startsWith(arn.replace(':execution:m:run', ':mapRun:m/Each:')), true);
  assert.deepEqual(mapRun.counts.SUCCEEDED, { executions: 3, items: 3 });
  assert.deepEqual(
    children.map(({ stateMachineArn, status, input, mapRun: of }) => [
      stateMachineArn.split(':').at(-1),
      status,
      input,
      of?.index,
    ]),
    [
      ['m/Each', 'SUCCEEDED', '"a"', 0],
      ['m/Each', 'SUCCEEDED', '"b"', 1],
      ['m/Each', 'SUCCEEDED', '"c"', 2],
    ],
  );
  assert.deepEqual((await typesOf(world.host, children[0]!.executionArn)).at(-1), 'ExecutionSucceeded');
  assert.deepEqual(world.problems, []);
});

test('no more children run at a time than MaxConcurrency says, until UpdateMapRun says otherwise', async (t) => {
  const waiting: (() => void)[] = [];
  const world = await createWorld(t, async () => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    return succeeded(null);
  });
  const arn = await world.begin('m', distributed({ MaxConcurrency: 2 }, { Work: work }), [1, 2, 3, 4, 5]);
  // tasks that hang keep their leases renewed: the world is never idle
  const pause = () => world.clock.advanceBy(1000, { isBusy: () => !world.host.isQuiet() });
  const answerAll = async () => {
    for (const answer of waiting.splice(0)) answer();
    await pause();
  };
  await pause();
  assert.equal(waiting.length, 2);
  await answerAll();
  assert.equal(waiting.length, 2);
  const { mapRun } = await mapRunOf(world.host, arn);
  assert.deepEqual(mapRun.counts.PENDING, { executions: 1, items: 1 });
  await world.host.updateMapRun({ mapRunArn: mapRun.mapRunArn, maxConcurrency: 10 });
  await pause();
  assert.equal(waiting.length, 3);
  await answerAll();
  assert.equal((await world.host.describeExecution(arn)).status, 'SUCCEEDED');
  await assert.rejects(world.host.updateMapRun({ mapRunArn: mapRun.mapRunArn, maxConcurrency: 1 }), {
    code: 'ValidationException',
    reason: 'CANNOT_UPDATE_COMPLETED_MAP_RUN',
  });
});

test('one failure too many stops the children that run, and those that wait never start', async (t) => {
  const world = await createWorld(t, ({ parameters }, signal) =>
    payloadOf(parameters) === 'bad' ? failed : untilAborted(signal),
  );
  const arn = await world.begin('m', distributed({ MaxConcurrency: 2 }, { Work: work }), [
    'bad',
    'a',
    'b',
    'c',
  ]);
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.deepEqual(
    [execution.status, execution.error, execution.cause],
    [
      'FAILED',
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    ],
  );
  const { mapRun, children } = await mapRunOf(world.host, arn);
  assert.equal(mapRun.status, 'FAILED');
  const started = children.map(({ status }) => status);
  assert.equal(started[0], 'FAILED');
  assert.ok(started.slice(1).every((status) => status === 'ABORTED'));
  assert.equal(mapRun.counts.PENDING?.items, 4 - started.length);
  assert.ok(!mapRun.counts.RUNNING?.items);
});

test('failures that are tolerated leave their record among the results', async (t) => {
  const world = await createWorld(t, ({ parameters }) =>
    payloadOf(parameters) === 'bad' ? failed : succeeded(payloadOf(parameters)),
  );
  const arn = await world.begin('m', distributed({ ToleratedFailurePercentage: 34 }, { Work: work }), [
    'a',
    'bad',
    'b',
  ]);
  await world.settle();
  const { status, output } = await world.host.describeExecution(arn);
  assert.equal(status, 'SUCCEEDED');
  const [first, second, third] = JSON.parse(output!) as [string, Record<string, unknown>, string];
  assert.deepEqual([first, third], ['a', 'b']);
  assert.deepEqual(
    [second['Status'], second['Error'], second['Cause'], second['Input'], second['RedriveStatus']],
    ['FAILED', 'Broken', 'as asked', '"bad"', 'REDRIVABLE_BY_MAP_RUN'],
  );
});

test('each item goes through ItemSelector with the variables of the Map, then into batches; children have none', async (t) => {
  const world = await createWorld(t, ({ parameters }) => succeeded(payloadOf(parameters)));
  const definition = {
    StartAt: 'Set',
    States: {
      Set: { Type: 'Pass', Assign: { who: 'me' }, Next: 'Each' },
      ...(
        distributed(
          {
            ItemsPath: '$.items',
            ItemSelector: { 'value.$': '$$.Map.Item.Value', 'index.$': '$$.Map.Item.Index', 'who.$': '$who' },
            ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'all.$': '$.name' } },
          },
          { Work: { ...work, Assign: { who: 'another' } } },
        ) as { States: object }
      ).States,
    },
  };
  const arn = await world.begin('m', definition, { name: 'n', items: ['a', 'b', 'c'] });
  await world.settle();
  const { output } = await world.host.describeExecution(arn);
  const item = (value: string, index: number) => ({ value, index, who: 'me' });
  assert.deepEqual(JSON.parse(output!), [
    { BatchInput: { all: 'n' }, Items: [item('a', 0), item('b', 1)] },
    { BatchInput: { all: 'n' }, Items: [item('c', 2)] },
  ]);
  const { mapRun } = await mapRunOf(world.host, arn);
  assert.deepEqual(mapRun.counts.SUCCEEDED, { executions: 2, items: 3 });
});

test('an ItemSelector that finds nothing fails the Map Run, and with it the execution', async (t) => {
  const world = await createWorld(t);
  const arn = await world.begin('m', distributed({ ItemSelector: { 'x.$': '$$.Map.Item.Value.x' } }), [
    { y: 1 },
  ]);
  await world.settle();
  const { status, error, cause } = await world.host.describeExecution(arn);
  assert.deepEqual([status, error], ['FAILED', 'States.Runtime']);
  assert.match(
    cause!,
    /^An error occurred while executing the state 'Each' \(entered at the event id #2\)\. The JSONPath/,
  );
});

test('results beyond what a state may hold fail it by name', async (t) => {
  const world = await createWorld(t, () => succeeded('x'.repeat(100_000)));
  const caught = { Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'Small' }] };
  const definition = distributed(caught, { Work: work }) as { States: object };
  const arn = await world.begin(
    'm',
    { ...definition, States: { ...definition.States, Small: { Type: 'Pass', Result: 'small', End: true } } },
    [1, 2, 3],
  );
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '"small"');
});

test('stopping the parent stops its children', async (t) => {
  const world = await createWorld(t, (_, signal) => untilAborted(signal));
  const arn = await world.begin('m', distributed({ MaxConcurrency: 2 }, { Work: work }), [1, 2, 3]);
  await world.clock.advanceBy(1000, { isBusy: () => !world.host.isQuiet() });
  await world.host.stopExecution({ executionArn: arn });
  await world.settle();
  const { mapRun, children } = await mapRunOf(world.host, arn);
  assert.equal(mapRun.status, 'ABORTED');
  assert.deepEqual(mapRun.counts.ABORTED, { executions: 2, items: 2 });
  assert.deepEqual(
    children.map(({ status }) => status),
    ['ABORTED', 'ABORTED'],
  );
  assert.deepEqual(await world.host.stuckExecutions(), []);
});

test('a Map over nothing has a Map Run without children', async (t) => {
  const world = await createWorld(t);
  const arn = await world.begin('m', distributed(), []);
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '[]');
  assert.equal((await mapRunOf(world.host, arn)).mapRun.status, 'SUCCEEDED');
});

test('a retry is another Map Run', async (t) => {
  let runsCount = 0;
  const world = await createWorld(t, () => (++runsCount === 1 ? failed : succeeded('ok')));
  const retry = { Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'] }] };
  const arn = await world.begin('m', distributed(retry, { Work: work }), [1]);
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '["ok"]');
  const { mapRuns } = await world.host.listMapRuns(arn, {});
  assert.deepEqual(
    mapRuns.map(({ status }) => status),
    ['SUCCEEDED', 'FAILED'],
  );
});

for (const ExecutionType of ['STANDARD', 'EXPRESS'])
  test(`a redrive runs what had failed or not begun, ${ExecutionType}`, async (t) => {
    let isBroken = true;
    const world = await createWorld(t, ({ parameters }) =>
      isBroken && payloadOf(parameters) === 'bad' ? failed : succeeded(payloadOf(parameters)),
    );
    const definition = distributed({ MaxConcurrency: 1 }, { Work: work }, ExecutionType);
    const arn = await world.begin('m', definition, ['a', 'bad', 'b']);
    await world.settle();
    const before = await mapRunOf(world.host, arn);
    assert.deepEqual(
      [before.mapRun.status, before.mapRun.counts.FAILED?.items, before.mapRun.counts.PENDING?.items],
      ['FAILED', 1, 1],
    );
    isBroken = false;
    await world.host.redriveExecution({ executionArn: arn });
    await world.settle();
    const { status, output } = await world.host.describeExecution(arn);
    assert.deepEqual([status, output], ['SUCCEEDED', '["a","bad","b"]']);
    const { mapRun, children } = await mapRunOf(world.host, arn);
    assert.deepEqual([mapRun.status, mapRun.redriveCount], ['SUCCEEDED', 1]);
    assert.deepEqual(mapRun.counts.SUCCEEDED, { executions: 3, items: 3 });
    assert.equal((await typesOf(world.host, arn)).includes('MapRunRedriven'), true);
    if (ExecutionType === 'EXPRESS') return;
    assert.deepEqual(
      children.map(({ redriveCount }) => redriveCount ?? 0),
      [0, 1, 0],
    );
    const { executions } = await world.host.listExecutions(
      { mapRunArn: mapRun.mapRunArn, isRedriven: true },
      {},
    );
    assert.equal(executions.length, 1);
  });

/** Stopped while 600 children run, and redriven at once. */
async function redriveWhileStopping(t: TestContext, ExecutionType: string) {
  let isStuck = true;
  const world = await createWorld(t, (_, signal) => (isStuck ? untilAborted(signal) : succeeded('ok')));
  const items = Array.from({ length: 600 }, (_, index) => index);
  const arn = await world.begin('m', distributed({}, { Work: work }, ExecutionType), items);
  const settle = () => world.clock.advanceBy(300_000, { isBusy: () => !world.host.isQuiet() });
  await world.clock.advanceBy(0, { isBusy: () => !world.host.isQuiet() });
  assert.equal((await mapRunOf(world.host, arn)).mapRun.counts.RUNNING?.executions, items.length);
  isStuck = false;
  await world.host.stopExecution({ executionArn: arn });
  await world.host.redriveExecution({ executionArn: arn });
  await settle();
  return { world, arn, settle, results: items.map(() => 'ok') };
}

test('a redrive that comes while standard children are being stopped runs all of them again', async (t) => {
  const { world, arn, results } = await redriveWhileStopping(t, 'STANDARD');
  const { status, output = '' } = await world.host.describeExecution(arn);
  assert.equal(status, 'SUCCEEDED');
  assert.deepEqual(JSON.parse(output), results);
});

test('a redrive that comes while express children run on waits for their end, and counts it', async (t) => {
  const { world, arn, settle, results } = await redriveWhileStopping(t, 'EXPRESS');
  const { mapRun } = await mapRunOf(world.host, arn);
  assert.deepEqual([mapRun.status, mapRun.counts.TIMED_OUT?.executions], ['FAILED', results.length]);
  await world.host.redriveExecution({ executionArn: arn });
  await settle();
  const { status, output = '' } = await world.host.describeExecution(arn);
  assert.equal(status, 'SUCCEEDED');
  assert.deepEqual(JSON.parse(output), results);
});

test('a child is redriven with its Map Run only', async (t) => {
  const world = await createWorld(t, () => failed);
  const arn = await world.begin('m', distributed({}, { Work: work }), [1]);
  await world.settle();
  const { children } = await mapRunOf(world.host, arn);
  await assert.rejects(world.host.redriveExecution({ executionArn: children[0]!.executionArn }), {
    code: 'ExecutionNotRedrivable',
  });
});

test('a Map Run within a Map Run', async (t) => {
  const world = await createWorld(t);
  const inner = (distributed({ Label: 'Inner', ItemsPath: '$' }) as { States: { Each: object } }).States.Each;
  const arn = await world.begin('m', distributed({}, { Within: inner }), [[1, 2], [3]]);
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).output, '[[1,2],[3]]');
  const { children } = await mapRunOf(world.host, arn);
  const below = await mapRunOf(world.host, children[0]!.executionArn);
  assert.match(below.mapRun.mapRunArn, /:mapRun:m\/Inner:/);
  assert.equal(below.children.length, 2);
});

test('what the children run is described under the label; nothing is started by it', async (t) => {
  const world = await createWorld(t);
  const { stateMachineArn } = await machine(world.host, 'm', distributed());
  const described = await world.host.describeStateMachine(`${stateMachineArn}/Each`);
  assert.deepEqual(
    [described.label, described.stateMachineArn, JSON.parse(described.definition)],
    ['Each', `${stateMachineArn}/Each`, { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } }],
  );
  await assert.rejects(world.host.startExecution({ stateMachineArn: `${stateMachineArn}/Each` }), {
    code: 'ValidationException',
    reason: 'API_DOES_NOT_SUPPORT_LABELED_ARNS',
  });
  await assert.rejects(world.host.describeStateMachine(`${stateMachineArn}/Other`), {
    code: 'StateMachineDoesNotExist',
  });
});
