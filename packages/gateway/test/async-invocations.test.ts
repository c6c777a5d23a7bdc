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
  const settle = async (isSettled: () => boolean | Promise<boolean>) => {
    for (let turn = 0; !(await isSettled()); turn += 1) {
      assert.ok(turn < 500, `not settled: ${seen.length} attempts, ${reported.join('; ')}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { open, clock, seen, reported, kept, settle };
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
