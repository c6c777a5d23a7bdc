import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { StoreUnavailable } from '@riposte/engine';
import { openRealWorld } from '../support/real-rooms.ts';
import type { World } from '../support/world.ts';

/** A world whose store refuses the transactions of these numbers, counted from the first. */
async function openRefusing(t: TestContext, refused: readonly number[]): Promise<World> {
  const world = await openRealWorld(t);
  const transaction = world.store.transaction.bind(world.store);
  let count = 0;
  world.store.transaction = (work) => {
    count += 1;
    return refused.includes(count) ? Promise.reject(new StoreUnavailable('disk full')) : transaction(work);
  };
  return world;
}

const putRule = (world: World, Name: string) =>
  world.call('events', 'PutRule', { Name, EventPattern: '{"source":["test"]}' });
const recorded = async (world: World) =>
  (await world.records()).map(({ operation, errorCode }) => [operation, errorCode]);

test('a change whose audit record the disk refused is told to be made, and its record follows', async (t) => {
  const world = await openRefusing(t, [2, 4]);
  await assert.rejects(putRule(world, 'first'), {
    code: 'InternalFailure',
    message: /^events:PutRule was carried out, but the store refused its audit record.*\(disk full\)$/,
  });
  await assert.rejects(putRule(world, 'second'), /was carried out/);
  await world.call('events', 'DescribeRule', { Name: 'first' }); // it is there
  assert.deepEqual(await recorded(world), [
    ['PutRule', undefined],
    ['PutRule', undefined],
    ['DescribeRule', undefined],
  ]);
});

test('a question that was not answered is not owed a record', async (t) => {
  const world = await openRefusing(t, [4]);
  await putRule(world, 'first');
  await assert.rejects(world.call('events', 'DescribeRule', { Name: 'first' }), StoreUnavailable);
  await world.call('events', 'DescribeRule', { Name: 'first' });
  assert.deepEqual(await recorded(world), [
    ['PutRule', undefined],
    ['DescribeRule', undefined],
  ]);
});
