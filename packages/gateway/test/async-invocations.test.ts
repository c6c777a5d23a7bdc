import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { ServiceError } from '@riposte/engine';
import type { FunctionHost, Invocation, InvocationResult } from '@riposte/functions';
import { SimulatedClock } from '@riposte/testkit';
import { AsyncInvocations } from '../src/invocations/async-invocations.ts';
import { createFunction, openWorld } from './support/world.ts';

const MINUTE_MS = 60_000;

/** A queue over a real store with one function `f`, whose answers are played by `answer`. */
async function openQueue(t: TestContext, answer: (attempt: number) => Promise<boolean>) {
  const world = openWorld(t);
  await createFunction(world, 'f', () => assert.fail('the queue asks the host below'));
  const clock = new SimulatedClock(0);
  const seen: Invocation[] = [];
  const reported: string[] = [];
  const functions: FunctionHost = {
    async invoke(invocation): Promise<InvocationResult> {
      seen.push(invocation);
      const fine = await answer(seen.length);
      return {
        payload: 'null',
        logTail: '',
        durationMs: 1,
        ...(!fine && { functionError: 'Unhandled' as const }),
      };
    },
    close: async () => {},
  };
  const open = () =>
    new AsyncInvocations({
      store: world.store,
      clock,
      functions: () => functions,
      report: (line) => reported.push(line),
    });
  const kept = () => world.inAccount((transaction) => transaction.list('lambda:async-invocation').length);
  const keys = () =>
    world.inAccount((transaction) => {
      const count = transaction.list('lambda:async-invocation-accepted').length;
      assert.equal(transaction.list('lambda:async-invocation-accepted-by-time').length, count);
      return count;
    });
  const settle = async (isSettled: () => boolean | Promise<boolean>) => {
    for (let turn = 0; !(await isSettled()); turn += 1) {
      assert.ok(turn < 500, `not settled: ${seen.length} attempts, ${reported.join('; ')}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { open, clock, seen, reported, kept, keys, settle };
}

const event = { region: 'us-east-1', functionName: 'f', payload: '{"n":1}', requestId: 'one' };

test('an accepted invocation runs and is forgotten when the function has answered', async (t) => {
  const { open, seen, kept, settle } = await openQueue(t, async () => true);
  await open().accept(event);
  await settle(async () => seen.length === 1 && (await kept()) === 0);
  assert.equal(seen[0]?.payload, '{"n":1}');
  assert.equal(seen[0]?.requestId, 'one');
});

test('a function that fails is tried again after one minute and after two, and then given up', async (t) => {
  const { open, clock, seen, reported, kept, settle } = await openQueue(t, async () => false);
  await open().accept(event);
  await settle(() => seen.length === 1 && clock.waitingCount === 1);
  await clock.advanceTo(MINUTE_MS);
  await settle(() => seen.length === 2 && clock.waitingCount === 1);
  await clock.advanceTo(3 * MINUTE_MS);
  await settle(async () => seen.length === 3 && (await kept()) === 0);
  assert.deepEqual(new Set(seen.map(({ requestId }) => requestId)), new Set(['one']));
  assert.match(reported.join('\n'), /Invocation one of f was given up: it failed 3 times/);
});

test('what was accepted before a stop runs after the next start', async (t) => {
  const { open, seen, kept, settle } = await openQueue(t, async () => true);
  const first = open();
  await first.stop();
  await first.accept(event);
  assert.equal(seen.length, 0);
  await open().start();
  await settle(async () => seen.length === 1 && (await kept()) === 0);
});

test('an attempt that could not start is not counted, and not lost', async (t) => {
  const { open, clock, seen, kept, settle } = await openQueue(t, async (attempt) => {
    if (attempt === 1) throw new ServiceError('ServiceException', 'The server is shutting down.', 500);
    return true;
  });
  await open().accept(event);
  await settle(async () => seen.length === 1 && clock.waitingCount === 1);
  assert.equal(await kept(), 1);
  await clock.advanceBy(MINUTE_MS);
  await settle(async () => seen.length === 2 && (await kept()) === 0);
});

test('work that is repeated under its key is accepted once, also when it has ended long ago', async (t) => {
  const { open, clock, seen, kept, settle } = await openQueue(t, async () => true);
  await open().accept(event, 'delivery');
  await settle(async () => seen.length === 1 && (await kept()) === 0);
  await clock.advanceBy(24 * 60 * MINUTE_MS);
  const later = open();
  await later.accept({ ...event, requestId: 'two' }, 'delivery');
  await later.accept({ ...event, requestId: 'three' }, 'another delivery');
  await settle(async () => seen.length === 2 && (await kept()) === 0);
  assert.deepEqual(
    seen.map(({ requestId }) => requestId),
    ['one', 'three'],
  );
});

test('keys are forgotten when nobody can repeat them any more', async (t) => {
  const { open, clock, keys } = await openQueue(t, async () => true);
  const queue = open();
  for (const key of ['a', 'b', 'c']) await queue.accept({ ...event, requestId: key }, key);
  assert.equal(await keys(), 3);
  await clock.advanceBy(15 * 24 * 60 * MINUTE_MS);
  await queue.accept({ ...event, requestId: 'd' }, 'd');
  assert.equal(await keys(), 1);
});

test('of a long backlog 32 run at a time, the longest due first, and all of them in the end', async (t) => {
  const waiting: (() => void)[] = [];
  const { open, seen, kept, settle } = await openQueue(
    t,
    () => new Promise((resolve) => waiting.push(() => resolve(true))),
  );
  const queue = open();
  const ids = Array.from({ length: 80 }, (_, index) => String(index).padStart(2, '0'));
  await Promise.all(ids.map((requestId) => queue.accept({ ...event, requestId })));
  await settle(() => waiting.length === 32);
  assert.equal(seen.length, 32);
  for (let ended = 0; ended < 80; ended += 1) {
    await settle(() => waiting.length > 0);
    waiting.shift()!();
    assert.ok(waiting.length < 32);
  }
  await settle(async () => (await kept()) === 0);
  assert.deepEqual(
    seen.map(({ requestId }) => requestId),
    ids,
  );
});

test('a host that fails in an unknown way is asked again later, and not at once', async (t) => {
  const { open, clock, seen, reported, kept, settle } = await openQueue(t, async (attempt) => {
    if (attempt === 1) throw new Error('no process');
    return true;
  });
  await open().accept(event);
  await settle(() => seen.length === 1 && clock.waitingCount === 1);
  assert.match(reported.join(), /Invocation one of f could not start: no process/);
  await clock.advanceBy(MINUTE_MS);
  await settle(async () => seen.length === 2 && (await kept()) === 0);
});
