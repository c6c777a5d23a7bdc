import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreHostOptions, TaskOutcome } from '@riposte/engine';
import { distributed, mapRunOf, work } from './map-run-support.ts';
import { createWorld, machine, type World } from './world.ts';

/** A world whose tasks are answered when asked for, with what they were given. */
async function answering(t: Parameters<typeof createWorld>[0], options: Partial<StoreHostOptions>) {
  const waiting: ((outcome: TaskOutcome) => void)[] = [];
  const world = await createWorld(t, () => new Promise((resolve) => waiting.push(resolve)), options);
  // tasks that hang keep their leases renewed: the world is never idle
  const pause = () => world.clock.advanceBy(1000, { isBusy: () => !world.host.isQuiet() });
  const answer = async (count: number) => {
    for (const resolve of waiting.splice(0, count)) resolve({ kind: 'succeeded', output: '1' });
    await pause();
  };
  return { world, waiting, pause, answer };
}

async function start(world: World, stateMachineArn: string, name: string, items: number): Promise<string> {
  const input = JSON.stringify(Array.from({ length: items }, (_, index) => index));
  return (await world.host.startExecution({ stateMachineArn, name, input })).executionArn;
}

const statusOf = async (world: World, arn: string) => (await world.host.describeExecution(arn)).status;

test('a Map Run beyond those that may be open waits with nothing counted, and begins when one ends', async (t) => {
  const { world, waiting, pause, answer } = await answering(t, { mapRunsMax: 2 });
  const { stateMachineArn } = await machine(world.host, 'm', distributed({}, { Work: work }));
  const arns: string[] = [];
  for (const name of ['a', 'b', 'c']) arns.push(await start(world, stateMachineArn, name, 1));
  await pause();
  assert.equal(waiting.length, 2);
  const { mapRun } = await mapRunOf(world.host, arns[2]!);
  assert.deepEqual([mapRun.status, mapRun.phase, mapRun.counts], ['RUNNING', 'READING', {}]);
  const { events } = await world.host.getExecutionHistory(arns[2]!, {});
  assert.equal(events.at(-1)?.type, 'MapRunStarted');
  assert.deepEqual(await world.host.stuckExecutions(), []);
  await answer(1);
  assert.equal(waiting.length, 2);
  await answer(2);
  for (const arn of arns) assert.equal(await statusOf(world, arn), 'SUCCEEDED');
});

test('one that waits for its turn can be stopped', async (t) => {
  const { world, waiting, pause, answer } = await answering(t, { mapRunsMax: 1 });
  const { stateMachineArn } = await machine(world.host, 'm', distributed({}, { Work: work }));
  const first = await start(world, stateMachineArn, 'a', 1);
  const second = await start(world, stateMachineArn, 'b', 1);
  await pause();
  await world.host.stopExecution({ executionArn: second });
  await answer(1);
  assert.deepEqual([await statusOf(world, first), await statusOf(world, second)], ['SUCCEEDED', 'ABORTED']);
  assert.equal((await mapRunOf(world.host, second)).mapRun.status, 'ABORTED');
  assert.equal(waiting.length, 0);
});

test('express children of all Map Runs together are no more than this process may hold', async (t) => {
  const { world, waiting, pause, answer } = await answering(t, { expressChildrenMax: 3 });
  const { stateMachineArn } = await machine(world.host, 'm', distributed({}, { Work: work }, 'EXPRESS'));
  const arns = [
    await start(world, stateMachineArn, 'a', 4),
    await start(world, stateMachineArn, 'b', 3),
    await start(world, stateMachineArn, 'c', 2),
  ];
  await pause();
  assert.equal(waiting.length, 3);
  const { mapRun } = await mapRunOf(world.host, arns[0]!);
  assert.deepEqual(
    [mapRun.counts.RUNNING, mapRun.counts.PENDING],
    [
      { executions: 3, items: 3 },
      { executions: 1, items: 1 },
    ],
  );
  for (let round = 0; round < 9 && waiting.length > 0; round++) {
    await answer(2);
    assert.ok(waiting.length <= 3);
  }
  for (const arn of arns) assert.equal(await statusOf(world, arn), 'SUCCEEDED');
  assert.equal(world.runner.requests.length, 9);
});

test('a Map Run that is stopped while it waits for room leaves it to the next', async (t) => {
  const { world, waiting, pause, answer } = await answering(t, { expressChildrenMax: 1 });
  const { stateMachineArn } = await machine(world.host, 'm', distributed({}, { Work: work }, 'EXPRESS'));
  const arns = [
    await start(world, stateMachineArn, 'a', 1),
    await start(world, stateMachineArn, 'b', 1),
    await start(world, stateMachineArn, 'c', 1),
  ];
  await pause();
  await world.host.stopExecution({ executionArn: arns[1]! });
  await answer(1);
  assert.equal(waiting.length, 1);
  await answer(1);
  const statuses = await Promise.all(arns.map((arn) => statusOf(world, arn)));
  assert.deepEqual(statuses, ['SUCCEEDED', 'ABORTED', 'SUCCEEDED']);
});

test('Map Runs in parallel branches run side by side, each with its own children', async (t) => {
  const { world, waiting, pause, answer } = await answering(t, {});
  const branch = (Label: string) => {
    const { States } = distributed({ Label, MaxConcurrency: 1 }, { [`Work${Label}`]: work }) as {
      States: { Each: object };
    };
    return { StartAt: Label, States: { [Label]: States.Each } };
  };
  const both = {
    StartAt: 'Both',
    States: { Both: { Type: 'Parallel', Branches: [branch('L'), branch('R')], End: true } },
  };
  const arn = await world.begin('m', both, [1, 2]);
  await pause();
  assert.equal(waiting.length, 2);
  const { mapRuns } = await world.host.listMapRuns(arn, {});
  assert.deepEqual(mapRuns.map(({ stateMachineArn }) => stateMachineArn.split('/')[1]).sort(), ['L', 'R']);
  await answer(2);
  await answer(2);
  assert.equal((await world.host.describeExecution(arn)).output, '[[1,1],[1,1]]');
});
