import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { SimulatedClock } from '@riposte/testkit';
import { openDeliveries, type Deliveries } from './support/deliveries.ts';
import { answerOf, createFunction, REGION } from './support/world.ts';

const SLOW_MS = 5000;

/** Functions named `slow…` take five seconds, all others no time. @returns how long each call waited, by function */
async function openFunctions(t: TestContext, names: readonly string[]) {
  const world = await openDeliveries(t);
  const waits = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const name of names)
    await createFunction(world, name, async ({ payload }) => {
      const { putAtMs } = JSON.parse(payload) as { putAtMs: number }; // as invoke wrote it
      waits.get(name)!.push(world.clock.now() - putAtMs); // it has one for each name
      if (name.startsWith('slow')) await passed(world.clock, SLOW_MS);
      return answerOf(null);
    });
  return { world, waits };
}

function passed(clock: SimulatedClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.wakeAt(clock.now() + ms, resolve));
}

async function invoke(world: Deliveries, FunctionName: string, count: number): Promise<void> {
  const Payload = new TextEncoder().encode(JSON.stringify({ putAtMs: world.clock.now() }));
  const request = { FunctionName, Payload, InvocationType: 'Event' };
  await Promise.all(Array.from({ length: count }, () => world.call('lambda', 'Invoke', request)));
}

/** Lets everything happen that needs no time. */
async function settle(isSettled: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !isSettled(); turn += 1)
    await new Promise((resolve) => setImmediate(resolve));
  assert.ok(isSettled(), 'not settled without time passing');
}

test('slow functions with backlogs hold up no other function', async (t) => {
  const slow = Array.from({ length: 6 }, (_, n) => `slow-${n}`);
  const { world, waits } = await openFunctions(t, [...slow, 'healthy']);
  for (const name of slow) await invoke(world, name, 60); // one after another: the first find all slots free
  await world.pass(1000);
  await invoke(world, 'healthy', 100);
  const healthy = waits.get('healthy')!; // it has one for each name
  await settle(() => healthy.length === 100);
  assert.equal(Math.max(...healthy), 0);
  const inFirstRound = slow.map((name) => waits.get(name)!.length);
  await world.pass(SLOW_MS);
  const begun = slow.map((name, n) => waits.get(name)!.length - inFirstRound[n]!);
  assert.ok(Math.min(...begun) >= 2, `all go on: ${begun}`);
  assert.ok(Math.max(...begun) - Math.min(...begun) <= 1, `slow functions share alike: ${begun}`);
});

test('with more slow functions than slots each has its turn, and a healthy one does not wait for their backlogs', async (t) => {
  const slow = Array.from({ length: 40 }, (_, n) => `slow-${n}`);
  const { world, waits } = await openFunctions(t, [...slow, 'healthy']);
  for (const name of slow) await invoke(world, name, 10);
  await world.pass(1000);
  await invoke(world, 'healthy', 50);
  await world.pass(2 * SLOW_MS);
  assert.equal(waits.get('healthy')!.length, 50);
  const late = slow.filter((name) => !(waits.get(name)![0]! <= 2 * SLOW_MS));
  assert.deepEqual(late, []);
});

test('deliveries to slow functions end when their invocations are kept, and those hold up no other function', async (t) => {
  const { world, waits } = await openFunctions(t, ['slow-1', 'slow-2', 'healthy']);
  const InputTransformer = {
    InputPathsMap: { putAtMs: '$.detail.putAtMs' },
    InputTemplate: '{"putAtMs":<putAtMs>}',
  };
  for (const name of ['slow-1', 'slow-2', 'healthy']) {
    const statement = {
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    };
    await world.call('lambda', 'AddPermission', { FunctionName: name, ...statement });
    const Arn = `arn:aws:lambda:${REGION}:000000000000:function:${name}`;
    const EventPattern = JSON.stringify({ source: [name.split('-')[0]] });
    await world.call('events', 'PutRule', { Name: name, EventPattern });
    const Targets = [{ Id: 't', Arn, InputTransformer }];
    await world.call('events', 'PutTargets', { Rule: name, Targets });
  }
  const put = async (source: string) => {
    const event = { source, 'detail-type': 'Test', detail: { putAtMs: world.clock.now() } };
    return (await world.events.injectEvent(REGION, event, { simulated: false })).eventId;
  };
  const ids: string[] = [];
  for (let n = 0; n < 60; n += 1) ids.push(await put('slow'));
  await world.pass(1000);
  const events = await Promise.all(ids.map((id) => world.events.describeEvent(id)));
  assert.deepEqual(
    // all of them were put
    new Set(events.flatMap((found) => found!.deliveries.map(({ status }) => status))),
    new Set(['delivered']),
  );
  assert.ok(waits.get('slow-1')!.length <= 8, 'most of the invocations wait');
  for (let n = 0; n < 20; n += 1) await put('healthy');
  const healthy = waits.get('healthy')!; // it has one for each name
  await settle(() => healthy.length === 20);
  assert.equal(Math.max(...healthy), 0);
});
