import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { ServiceError } from '@riposte/engine';
import type { FunctionHost, Invocation, InvocationResult } from '@riposte/functions';
import { SimulatedClock } from '@riposte/testkit';
import { AsyncInvocations } from '../src/invocations/async-invocations.ts';
import { createFunction, openWorld } from './support/world.ts';

const MINUTE_MS = 60_000;

type Answer = (attempt: number, invocation: Invocation) => boolean | Promise<boolean>;

/** A queue over a real store with functions whose answers are played by `answer`. */
async function openQueue(t: TestContext, answer: Answer, names: readonly string[] = ['f']) {
  const world = openWorld(t);
  for (const name of names)
    await createFunction(world, name, () => assert.fail('the queue asks the host below'));
  const clock = new SimulatedClock(0);
  const seen: Invocation[] = [];
  const reported: string[] = [];
  const functions: FunctionHost = {
    async invoke(invocation): Promise<InvocationResult> {
      seen.push(invocation);
      const fine = await answer(seen.length, invocation);
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
  const kept = () =>
    world.inAccount((transaction) => {
      const count = transaction.list('lambda:async-request').length;
      assert.equal(transaction.list('lambda:async-attempt').length, count);
      const lanes = transaction.list('lambda:async-lane').length;
      assert.equal(transaction.list('lambda:async-lane-order').length, lanes);
      assert.equal(lanes === 0, count === 0);
      return count;
    });
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
  return { world, open, clock, seen, reported, kept, keys, settle };
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

test('of a long backlog of one function 8 run at a time, the longest due first, and all of them in the end', async (t) => {
  const waiting: (() => void)[] = [];
  const { open, seen, kept, settle } = await openQueue(
    t,
    () => new Promise((resolve) => waiting.push(() => resolve(true))),
  );
  const queue = open();
  const ids = Array.from({ length: 80 }, (_, index) => String(index).padStart(2, '0'));
  await Promise.all(ids.map((requestId) => queue.accept({ ...event, requestId })));
  await settle(() => waiting.length === 8);
  assert.equal(seen.length, 8);
  for (let ended = 0; ended < 80; ended += 1) {
    await settle(() => waiting.length > 0);
    waiting.shift()!();
    assert.ok(waiting.length < 8);
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

test('an attempt that becomes due while another of its function runs does not wait for its end', async (t) => {
  const { open, clock, seen, settle } = await openQueue(t, (_attempt, { requestId }) =>
    requestId === 'endless' ? new Promise<never>(() => {}) : false,
  );
  const queue = open();
  await queue.accept({ ...event, requestId: 'endless' });
  await queue.accept({ ...event, requestId: 'failing' });
  await settle(() => seen.length === 2 && clock.waitingCount === 1);
  await clock.advanceTo(MINUTE_MS);
  await settle(() => seen.length === 3);
  assert.equal(seen[2]?.requestId, 'failing');
});

test('what an earlier version accepted runs after the next start, with the attempts that it has had', async (t) => {
  const { world, open, clock, seen, reported, kept, settle } = await openQueue(t, () => false);
  await world.inAccount((transaction) => {
    const kept = { ...event, acceptedAtMs: 0, attempts: 2, dueAtMs: MINUTE_MS };
    for (let n = 0; n < 250; n += 1)
      transaction.put('lambda:async-invocation', `000000000060000/${n}`, { ...kept, requestId: String(n) });
  });
  await open().start();
  assert.equal(await kept(), 250);
  assert.equal(seen.length, 0);
  await clock.advanceTo(MINUTE_MS);
  await settle(async () => seen.length === 250 && (await kept()) === 0);
  assert.equal(new Set(seen.map(({ requestId }) => requestId)).size, 250);
  assert.match(reported[0] ?? '', /was given up: it failed 3 times/);
});
