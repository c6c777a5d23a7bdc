import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { parseDefinition, step } from '@riposte/asl';
import { createExecutionHost, type Interpreter, type Store } from '@riposte/engine';
import { interceptStore, ScriptedTaskRunner, seededIds, untilAborted } from '@riposte/testkit';
import { createWorld, tasks, type World } from './world.ts';

const MINUTE_MS = 60_000;

async function secondHost(t: TestContext, world: World): Promise<ScriptedTaskRunner> {
  const runner = new ScriptedTaskRunner(() => ({ kind: 'succeeded', output: '"by the second"' }));
  const host = createExecutionHost({
    store: world.store,
    clock: world.clock,
    ids: seededIds(2),
    taskRunner: runner,
    account: '123456789012',
  });
  t.after(() => host.close());
  await host.start();
  return runner;
}

test('a task at work is nobody else’s, however long it takes', async (t) => {
  const world = await createWorld(t, (_, signal) => untilAborted(signal));
  await world.begin('long', tasks({}));
  const second = await secondHost(t, world);
  await world.clock.advanceBy(60 * MINUTE_MS, { isBusy: () => !world.host.isQuiet() });
  assert.equal(second.requests.length, 0);
});

test('a task whose worker no longer renews its lease goes to another, under the same id', async (t) => {
  const lost = (store: Store) => interceptStore(store, { extend: async () => undefined });
  const world = await createWorld(t, (_, signal) => untilAborted(signal), {}, lost);
  const arn = await world.begin('abandoned', tasks({}));
  const second = await secondHost(t, world);
  await world.clock.advanceBy(MINUTE_MS / 2, { isBusy: () => !world.host.isQuiet() });
  assert.equal(second.requests.length, 0);
  await world.clock.advanceBy(MINUTE_MS, { isBusy: () => !world.host.isQuiet() });
  assert.deepEqual(second.taskIds, world.runner.taskIds);
  assert.equal((await world.host.describeExecution(arn)).output, '"by the second"');
});

test('an interpreter that breaks loses nothing: the answer is tried again', async (t) => {
  const broken = { isBroken: false };
  const world = await createWorld(
    t,
    () => {
      broken.isBroken = true;
      return { kind: 'succeeded', output: '"kept"' };
    },
    { interpreter: breakable(broken) },
  );
  const kept = await world.begin('kept', tasks({}));
  await world.clock.advanceBy(10_000);
  assert.equal((await world.host.describeExecution(kept)).status, 'RUNNING');
  assert.match(String(world.problems[0]), /a bug in the interpreter/);
  broken.isBroken = false;
  await world.clock.advanceBy(MINUTE_MS);
  assert.equal((await world.host.describeExecution(kept)).output, '"kept"');
  assert.equal(world.runner.requests.length, 1);
});

function breakable(state: { isBroken: boolean }): Interpreter {
  return {
    read: (definition) => ({ machine: parseDefinition(definition).machine! }), // only sound definitions here
    step: async (...args) => {
      if (state.isBroken) throw new Error('a bug in the interpreter');
      return step(...args);
    },
  };
}
