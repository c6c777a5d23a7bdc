import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExecutionHost, type StatusChange } from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import { ScriptedTaskRunner, seededIds, SimulatedClock } from '@riposte/testkit';
import { createWorld, machine, tasks, temporaryFile } from './world.ts';

const statusOf = ({ envelope }: StatusChange) => envelope.detail['status'];

test('each change of status is told once it is on disk, in order, with the execution as it was then', async (t) => {
  const told: StatusChange[] = [];
  const statusChanges = async (change: StatusChange) => void told.push(change);
  let isBroken = true;
  const world = await createWorld(
    t,
    () => (isBroken ? { kind: 'failed', error: 'Broken' } : { kind: 'succeeded', output: '"done"' }),
    { statusChanges },
  );
  const executionArn = await world.begin('m', tasks({}), { a: 1 });
  await world.settle();
  isBroken = false;
  await world.host.redriveExecution({ executionArn });
  await world.settle();
  assert.deepEqual(told.map(statusOf), ['RUNNING', 'FAILED', 'RUNNING', 'SUCCEEDED']);
  assert.equal(new Set(told.map(({ envelope }) => envelope.id)).size, 4);
  const { envelope, region, simulated } = told[1]!; // four were told
  const { detail, ...event } = envelope;
  assert.deepEqual([region, simulated], ['eu-west-1', false]);
  assert.deepEqual(
    [event['source'], event['detail-type'], event['account'], event['resources']],
    ['aws.states', 'Step Functions Execution Status Change', '123456789012', [executionArn]],
  );
  assert.deepEqual(
    [detail['input'], detail['output'], detail['error'], detail['redriveStatus'], detail['stopDate']],
    ['{"a":1}', null, 'Broken', 'REDRIVABLE', detail['startDate']],
  );
  assert.deepEqual(
    [told[3]!.envelope.detail['output'], told[3]!.envelope.detail['redriveCount']],
    ['"done"', 1],
  );
});

test('a payload that is too large stays out of the event', async (t) => {
  const told: StatusChange[] = [];
  const statusChanges = async (change: StatusChange) => void told.push(change);
  const world = await createWorld(t, undefined, { statusChanges });
  await world.begin('m', { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }, 'x'.repeat(255_000));
  await world.settle();
  const { detail } = told[1]!.envelope; // it opened and ended
  assert.deepEqual([detail['input'], detail['inputDetails']], [null, { included: false }]);
  assert.deepEqual([detail['output'], detail['outputDetails']], [null, { included: false }]);
});

test('what nobody took is told again: after a refusal, and in the next life of the server', async (t) => {
  const file = temporaryFile(t);
  const told: StatusChange[] = [];
  const life = async (number: number, publish: (change: StatusChange) => Promise<void>) => {
    const database = new Database(file);
    const clock = new SimulatedClock();
    const host = createExecutionHost({
      store: new SqliteEngineStore(database),
      clock,
      ids: seededIds(number),
      taskRunner: new ScriptedTaskRunner(() => ({ kind: 'succeeded', output: '1' })),
      account: '123456789012',
      statusChanges: publish,
      report: () => {},
    });
    await host.start();
    if (number === 1) {
      const { stateMachineArn } = await machine(host, 'm', tasks({}));
      await host.startExecution({ stateMachineArn });
    }
    await clock.advanceBy(5000, { isBusy: () => !host.isQuiet() });
    await host.close();
    database.close();
  };
  await life(1, () => Promise.reject(new Error('the bus is closed')));
  let refusals = 1;
  await life(2, async (change) => {
    if (statusOf(change) === 'SUCCEEDED' && refusals-- > 0) throw new Error('the bus is full');
    told.push(change);
  });
  assert.deepEqual(told.map(statusOf), ['RUNNING', 'RUNNING', 'SUCCEEDED']);
  assert.equal(told[0]!.envelope.id, told[1]!.envelope.id);
  await life(3, async (change) => void told.push(change));
  assert.equal(told.length, 3);
});
