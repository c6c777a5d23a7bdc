import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRunner } from '@riposte/engine';
import { untilAborted } from '@riposte/testkit';
import { nesting } from './nesting.ts';
import { createWorld, machine, tasks, typesOf } from './world.ts';

async function nested(t: Parameters<typeof createWorld>[0], suffix: string, rest: TaskRunner['run']) {
  const world = await createWorld(
    t,
    nesting(() => world.host, rest),
  );
  const child = await machine(world.host, 'child', tasks({}));
  const parentArn = await world.begin(
    'parent',
    tasks({
      Resource: `arn:aws:states:::states:startExecution${suffix}`,
      Parameters: { StateMachineArn: child.stateMachineArn, Input: { n: 1 } },
    }),
  );
  const childArn = async () => {
    const { executions } = await world.host.listExecutions({ parentArn }, {});
    assert.equal(executions.length, 1);
    return executions[0]!.executionArn; // there is one
  };
  return { world, parentArn, childArn };
}

test('a synchronous child ends the step with its description, output as text', async (t) => {
  const { world, parentArn, childArn } = await nested(t, '.sync', async () => ({
    kind: 'succeeded',
    output: '{"ok":true}',
  }));
  await world.settle();
  const parent = await world.host.describeExecution(parentArn);
  const child = await world.host.describeExecution(await childArn());
  assert.deepEqual(JSON.parse(parent.output ?? ''), {
    ExecutionArn: child.executionArn,
    Input: '{"n":1}',
    InputDetails: { Included: true },
    Name: child.name,
    Output: '{"ok":true}',
    OutputDetails: { Included: true },
    StartDate: child.startDate,
    StateMachineArn: child.stateMachineArn,
    Status: 'SUCCEEDED',
    StopDate: child.stopDate,
  });
  assert.ok((await typesOf(world.host, parentArn)).includes('TaskSubmitted'));
});

test('with sync:2 input and output of the child are JSON', async (t) => {
  const { world, parentArn } = await nested(t, '.sync:2', async () => ({
    kind: 'succeeded',
    output: '{"ok":true}',
  }));
  await world.settle();
  const output = JSON.parse((await world.host.describeExecution(parentArn)).output ?? '');
  assert.deepEqual(output.Input, { n: 1 });
  assert.deepEqual(output.Output, { ok: true });
});

test('a failed child fails the step with the description as cause', async (t) => {
  const { world, parentArn } = await nested(t, '.sync', async () => ({
    kind: 'failed',
    error: 'Oops',
    cause: 'why',
  }));
  await world.settle();
  const parent = await world.host.describeExecution(parentArn);
  assert.deepEqual([parent.status, parent.error], ['FAILED', 'States.TaskFailed']);
  const cause = JSON.parse(parent.cause ?? '');
  assert.deepEqual([cause.Status, cause.Error, cause.Cause], ['FAILED', 'Oops', 'why']);
});

test('who holds the token of a synchronous step can end it before its child ends', async (t) => {
  const { world, parentArn, childArn } = await nested(t, '.sync', (_, signal) => untilAborted(signal));
  await world.clock.advanceBy(0, { isBusy: () => !world.host.isQuiet() });
  const started = world.runner.requests.find(({ resource }) => resource.endsWith('.sync'));
  await world.host.sendTaskSuccess({ taskToken: started?.taskToken ?? assert.fail(), output: '"early"' });
  await world.clock.advanceBy(0, { isBusy: () => !world.host.isQuiet() });
  const parent = await world.host.describeExecution(parentArn);
  assert.deepEqual([parent.status, parent.output], ['SUCCEEDED', '"early"']);
  assert.equal((await world.host.describeExecution(await childArn())).status, 'RUNNING');
  await world.host.stopExecution({ executionArn: await childArn() });
});

test('stopping the parent stops the child that it waits for', async (t) => {
  const { world, parentArn, childArn } = await nested(t, '.sync', (_, signal) => untilAborted(signal));
  await world.clock.advanceBy(0, { isBusy: () => !world.host.isQuiet() });
  await world.host.stopExecution({ executionArn: parentArn });
  await world.settle();
  assert.equal((await world.host.describeExecution(parentArn)).status, 'ABORTED');
  assert.equal((await world.host.describeExecution(await childArn())).status, 'ABORTED');
});

test('a child that is only started lives on by itself', async (t) => {
  const { world, parentArn, childArn } = await nested(t, '', async () => ({
    kind: 'succeeded',
    output: '{}',
  }));
  await world.settle();
  const output = JSON.parse((await world.host.describeExecution(parentArn)).output ?? '');
  assert.equal(output.ExecutionArn, await childArn());
});

test('the end of something that this server cannot watch is refused clearly', async (t) => {
  const world = await createWorld(t, () => ({ kind: 'submitted', output: '{"JobId":"j"}' }));
  const arn = await world.begin('batch', tasks({ Resource: 'arn:aws:states:::batch:submitJob.sync' }));
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.equal(execution.status, 'FAILED');
  assert.match(execution.cause ?? '', /cannot wait for the end of arn:aws:states:::batch:submitJob\.sync/);
});
