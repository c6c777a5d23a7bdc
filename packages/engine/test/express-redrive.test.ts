import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExecutionHost, type ItemStatus, type TaskRequest, type TaskRunner } from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import { seededIds, SimulatedClock } from '@riposte/testkit';
import { distributed, mapRunOf } from './map-run-support.ts';
import { createWorld, machine, temporaryFile } from './world.ts';

/** Two tasks, one after the other, that are told what their child knows of redrives. */
const children = {
  One: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: {
      FunctionName: 'f',
      Payload: { 'Count.$': '$$.Execution.RedriveCount', 'Execution.$': '$$.Execution' },
    },
    Next: 'Two',
  },
  Two: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: 'g' },
    End: true,
  },
};
const definition = distributed({}, children, 'EXPRESS');

const failed = { kind: 'failed', error: 'Broken' } as const;
const succeeded = { kind: 'succeeded', output: '{}' } as const;

const idsOf = (requests: readonly TaskRequest[]) => requests.map(({ step }) => step.taskId);
const executionOf = ({ parameters }: TaskRequest) =>
  (JSON.parse(parameters) as { Payload: { Count: number; Execution: { RedriveTime?: string } } }).Payload;

test('a redriven express child makes its calls again, each redrive under names of its own', async (t) => {
  const world = await createWorld(t, ({ step }) => (step.stateName === 'Two' ? failed : succeeded));
  const executionArn = await world.begin('m', definition, ['a']);
  await world.settle();
  for (let redrives = 0; redrives < 2; redrives++) {
    await world.host.redriveExecution({ executionArn });
    await world.settle();
  }
  const { requests } = world.runner;
  assert.deepEqual(
    requests.map(({ step }) => step.stateName),
    ['One', 'Two', 'One', 'Two', 'One', 'Two'],
  );
  assert.equal(new Set(idsOf(requests)).size, 6, idsOf(requests).join('\n'));
  assert.equal(new Set(requests.map(({ step }) => step.executionArn)).size, 1);
  const known = requests.filter(({ step }) => step.stateName === 'One').map(executionOf);
  assert.deepEqual(
    known.map(({ Count, Execution }) => [Count, Execution.RedriveTime !== undefined]),
    [
      [0, false],
      [1, true],
      [2, true],
    ],
  );
});

/** One life of a server over a file. */
async function life(file: string, livesCount: number, run: TaskRunner['run']) {
  const database = new Database(file);
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1, 0, 2 * livesCount)); // less apart than express executions last
  const requests: TaskRequest[] = [];
  const host = createExecutionHost({
    store: new SqliteEngineStore(database),
    clock,
    ids: seededIds(livesCount),
    account: '123456789012',
    taskRunner: {
      run: (request, signal) => {
        requests.push(request);
        return run(request, signal);
      },
    },
  });
  await host.start();
  return {
    host,
    requests,
    settle: () => clock.advanceBy(60_000, { isBusy: () => !host.isQuiet() }),
    /** What runs is cut off; nothing of it is written. */
    end: async () => {
      await host.close();
      database.close();
    },
  };
}

test('what a dead server leaves of a redriven express child goes on under the names of that redrive', async (t) => {
  const file = temporaryFile(t);
  const unanswered = () => new Promise<never>(() => {});
  const first = await life(file, 1, async ({ step }) => (step.stateName === 'Two' ? failed : succeeded));
  const { stateMachineArn } = await machine(first.host, 'm', definition);
  const { executionArn } = await first.host.startExecution({ stateMachineArn, input: '["a"]' });
  await first.settle();
  await first.end();

  const second = await life(file, 2, ({ step }) =>
    step.stateName === 'Two' ? unanswered() : Promise.resolve(succeeded),
  );
  await second.host.redriveExecution({ executionArn });
  await second.settle();
  await second.end();
  assert.deepEqual(
    idsOf(second.requests).filter((id) => idsOf(first.requests).includes(id)),
    [],
  );

  const third = await life(file, 3, async () => succeeded);
  await third.settle();
  assert.deepEqual(idsOf(third.requests), idsOf(second.requests));
  assert.equal((await third.host.describeExecution(executionArn)).status, 'SUCCEEDED');
  await third.end();
});

test('an express child whose five minutes passed while no server ran has timed out, and makes no call again', async (t) => {
  const file = temporaryFile(t);
  const first = await life(file, 1, () => new Promise<never>(() => {}));
  const { stateMachineArn } = await machine(first.host, 'm', definition);
  const { executionArn } = await first.host.startExecution({ stateMachineArn, input: '["a"]' });
  await first.settle();
  const { mapRun } = await mapRunOf(first.host, executionArn);
  await first.end();
  assert.equal(first.requests.length, 1);

  const later = await life(file, 4, async () => succeeded);
  await later.settle();
  assert.deepEqual(later.requests, []);
  assert.deepEqual((await later.host.describeMapRun(mapRun.mapRunArn)).counts['TIMED_OUT'], {
    executions: 1,
    items: 1,
  });
  assert.equal((await later.host.describeExecution(executionArn)).status, 'FAILED');
  await later.end();
});

test('express children of a stopped Map Run that a dead server cut off are aborted, and a redrive runs them', async (t) => {
  const file = temporaryFile(t);
  const first = await life(file, 1, () => new Promise<never>(() => {}));
  const { stateMachineArn } = await machine(
    first.host,
    'm',
    distributed({ MaxConcurrency: 2 }, children, 'EXPRESS'),
  );
  const { executionArn } = await first.host.startExecution({ stateMachineArn, input: '["a","b","c"]' });
  await first.settle();
  await first.host.stopExecution({ executionArn });
  await first.settle();
  const { mapRun } = await mapRunOf(first.host, executionArn);
  assert.deepEqual(mapRun.counts.RUNNING, { executions: 2, items: 2 }, 'they go on to their end');
  await first.end();

  const second = await life(file, 2, async () => succeeded);
  await second.settle();
  const count = async (status: ItemStatus) =>
    (await second.host.describeMapRun(mapRun.mapRunArn)).counts[status]?.executions ?? 0;
  assert.deepEqual([await count('RUNNING'), await count('ABORTED'), await count('PENDING')], [0, 2, 1]);
  assert.deepEqual(second.requests, []);
  await second.host.redriveExecution({ executionArn });
  await second.settle();
  assert.equal(await count('SUCCEEDED'), 3);
  assert.equal((await second.host.describeExecution(executionArn)).status, 'SUCCEEDED');
  await second.end();
});
