import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '@riposte/engine';
import { CommitFailed } from '@riposte/store-sqlite';
import { expectEndedHistory, interceptStore } from '@riposte/testkit';
import { createWorld, machine, tasks } from './world.ts';

/** A store whose disk can be full. */
function fillable() {
  const disk = { isFull: false };
  const refuse = () => Promise.reject(new CommitFailed(new Error('database or disk is full')));
  const wrap = (store: Store) =>
    interceptStore(store, {
      commit: (batch) => (disk.isFull ? refuse() : store.commit(batch)),
      claim: (claim, nowMs, limits) => (disk.isFull ? refuse() : store.claim(claim, nowMs, limits)),
    });
  return { disk, wrap };
}

test('on a full disk the caller gets the error, and nothing was started', async (t) => {
  const { disk, wrap } = fillable();
  const world = await createWorld(t, undefined, {}, wrap);
  const { stateMachineArn } = await machine(world.host, 'm', tasks({}));
  disk.isFull = true;
  const request = { stateMachineArn, name: 'n' };
  await assert.rejects(world.host.startExecution(request), { name: 'CommitFailed' });
  await world.settle();
  assert.equal(world.runner.requests.length, 0);
  assert.deepEqual((await world.host.listExecutions({}, {})).executions, []);
  disk.isFull = false;
  const { executionArn } = await world.host.startExecution(request);
  await world.settle();
  assert.equal((await world.host.describeExecution(executionArn)).status, 'SUCCEEDED');
});

test('answers and timers that meet a full disk are tried again until there is room', async (t) => {
  const { disk, wrap } = fillable();
  const world = await createWorld(
    t,
    () => {
      disk.isFull = true;
      return { kind: 'succeeded', output: '{}' };
    },
    {},
    wrap,
  );
  const wait = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 5, End: true } } };
  const timed = await world.begin('timed', wait);
  const arn = await world.begin('full', tasks({}));
  const settling = { isBusy: () => false };
  await world.clock.advanceBy(100_000, settling);
  assert.equal((await world.host.describeExecution(arn)).status, 'RUNNING');
  assert.equal((await world.host.describeExecution(timed)).status, 'RUNNING');
  assert.ok(world.problems.length > 4);
  assert.ok(world.problems.every((problem) => problem instanceof CommitFailed));
  disk.isFull = false;
  await world.settle();
  for (const ended of [arn, timed]) {
    assert.equal((await world.host.describeExecution(ended)).status, 'SUCCEEDED');
    expectEndedHistory((await world.host.getExecutionHistory(ended, {})).events);
  }
  assert.equal(world.runner.requests.length, 1);
});

test('slots of tasks whose commit failed are free again', async (t) => {
  const { disk, wrap } = fillable();
  const world = await createWorld(t, undefined, { tasksMax: 1 }, wrap);
  const { stateMachineArn } = await machine(world.host, 'm', tasks({}, {}));
  disk.isFull = true;
  for (const name of ['a', 'b', 'c'])
    await assert.rejects(world.host.startExecution({ stateMachineArn, name }));
  disk.isFull = false;
  const { executionArn } = await world.host.startExecution({ stateMachineArn });
  await world.settle();
  assert.equal((await world.host.describeExecution(executionArn)).status, 'SUCCEEDED');
});

test('a task that meets a full disk is the same attempt again when there is room, and never a failed state', async (t) => {
  const disk = { isFull: true };
  const world = await createWorld(t, () => {
    if (disk.isFull) throw new CommitFailed(new Error('database or disk is full'));
    return { kind: 'succeeded', output: '{"done":true}' };
  });
  const arn = await world.begin('full', tasks({}));
  await world.clock.advanceBy(100_000, { isBusy: () => false });
  assert.equal((await world.host.describeExecution(arn)).status, 'RUNNING');
  assert.ok(world.runner.requests.length > 3);
  disk.isFull = false;
  await world.clock.advanceBy(60_000, { isBusy: () => false });
  await world.settle();
  assert.equal((await world.host.describeExecution(arn)).status, 'SUCCEEDED');
  assert.equal(new Set(world.runner.requests.map(({ step }) => step.taskId)).size, 1);
  const { events } = await world.host.getExecutionHistory(arn, {});
  assert.ok(events.every(({ type }) => !type.includes('Failed')));
});
