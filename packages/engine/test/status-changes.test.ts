import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createExecutionHost, type StatusChange } from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import { ScriptedTaskRunner, seededIds, SimulatedClock } from '@riposte/testkit';
import { distributed, work } from './map-run-support.ts';
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

test('an input that fits alone stays out when output and input together do not', async (t) => {
  const told: StatusChange[] = [];
  const statusChanges = async (change: StatusChange) => void told.push(change);
  const world = await createWorld(t, undefined, { statusChanges });
  await world.begin('m', { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }, 'x'.repeat(130_000));
  await world.settle();
  const included = told.map(({ envelope: { detail } }) => [
    detail['input'] !== null,
    detail['inputDetails'],
    detail['output'] !== null,
    detail['outputDetails'],
  ]);
  assert.deepEqual(included, [
    [true, { included: true }, false, null],
    [false, { included: false }, true, { included: true }],
  ]);
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

/** A Map over a, b and c, one at a time; b and c fail until they are mended. */
async function openMap(t: TestContext, file: string, ExecutionType: string) {
  const told: StatusChange[] = [];
  const outside = { isBroken: true, publish: async (change: StatusChange) => void told.push(change) };
  let livesCount = 0;
  const live = () => {
    livesCount += 1;
    const database = new Database(file);
    const clock = new SimulatedClock(Date.UTC(2026, 0, livesCount));
    const host = createExecutionHost({
      store: new SqliteEngineStore(database),
      clock,
      ids: seededIds(livesCount),
      taskRunner: new ScriptedTaskRunner(({ parameters }) =>
        outside.isBroken && !parameters.includes('"a"')
          ? { kind: 'failed', error: 'Broken', cause: 'why' }
          : { kind: 'succeeded', output: '1' },
      ),
      account: '123456789012',
      statusChanges: (change) => outside.publish(change),
      report: () => {},
    });
    const end = async () => {
      await host.close();
      database.close();
    };
    t.after(end);
    return { host, end, settle: () => clock.advanceBy(60_000, { isBusy: () => !host.isQuiet() }) };
  };
  const life = live();
  await life.host.start();
  const map = { MaxConcurrency: 1, ToleratedFailureCount: 1 };
  const { stateMachineArn } = await machine(life.host, 'm', distributed(map, { Work: work }, ExecutionType));
  const { executionArn } = await life.host.startExecution({ stateMachineArn, input: '["a","b","c"]' });
  await life.settle();
  assert.equal((await life.host.describeExecution(executionArn)).status, 'FAILED');
  return { told, outside, life, live, executionArn };
}

/** What was told of children, by their input. */
function toldOfChildren(told: readonly StatusChange[]): Record<string, unknown[]> {
  const children = told.filter(({ envelope }) =>
    String(envelope.detail['stateMachineArn']).endsWith('/Each'),
  );
  const byInput = Map.groupBy(children, ({ envelope }) => String(envelope.detail['input']));
  return Object.fromEntries(Array.from(byInput, ([input, changes]) => [input, changes.map(statusOf)]));
}

test('standard children that wait for a redrive are told of, between their end and their next start', async (t) => {
  const { told, outside, life, executionArn } = await openMap(t, temporaryFile(t), 'STANDARD');
  outside.isBroken = false;
  await life.host.redriveExecution({ executionArn });
  await life.settle();
  const redriven = ['RUNNING', 'FAILED', 'PENDING_REDRIVE', 'RUNNING', 'SUCCEEDED'];
  assert.deepEqual(toldOfChildren(told), {
    '"a"': ['RUNNING', 'SUCCEEDED'],
    '"b"': redriven,
    '"c"': redriven,
  });
  assert.equal(new Set(told.map(({ envelope }) => envelope.id)).size, told.length);
});

test('express children are not told of', async (t) => {
  const { told, outside, life, executionArn } = await openMap(t, temporaryFile(t), 'EXPRESS');
  outside.isBroken = false;
  await life.host.redriveExecution({ executionArn });
  await life.settle();
  assert.deepEqual(told.map(statusOf), ['RUNNING', 'FAILED', 'RUNNING', 'SUCCEEDED']);
});

test('what waits for a redrive when its Map Run is stopped is told to be stopped again', async (t) => {
  const { told, life, executionArn } = await openMap(t, temporaryFile(t), 'STANDARD');
  told.length = 0;
  await life.host.redriveExecution({ executionArn });
  await life.host.stopExecution({ executionArn });
  await life.settle();
  const { '"b"': b, '"c"': c } = toldOfChildren(told);
  assert.deepEqual([b?.at(-1), c], ['ABORTED', ['PENDING_REDRIVE', 'ABORTED']]);
  const { detail } = told.find(({ envelope }) => envelope.detail['input'] === '"c"')!.envelope; // twice, as just seen
  assert.deepEqual([detail['redriveStatus'], detail['redriveCount']], ['NOT_REDRIVABLE', 0]);
});

test('a redrive that was acknowledged is told in the next life, with the children as they were then', async (t) => {
  const { told, outside, life, live, executionArn } = await openMap(t, temporaryFile(t), 'STANDARD');
  told.length = 0;
  outside.isBroken = false;
  outside.publish = () => Promise.reject(new Error('the bus is closed'));
  await life.host.redriveExecution({ executionArn });
  await life.settle();
  assert.equal((await life.host.describeExecution(executionArn)).status, 'SUCCEEDED');
  await life.end();

  let isFull = true;
  outside.publish = async (change) => {
    told.push(change);
    if (statusOf(change) !== 'PENDING_REDRIVE' || !isFull) return;
    isFull = false;
    throw new Error('the bus is full');
  };
  const next = live();
  await next.host.start();
  await next.settle();
  const [first, again] = told.filter((change) => statusOf(change) === 'PENDING_REDRIVE');
  assert.equal(first?.envelope.id, again?.envelope.id);
  const { detail } = first!.envelope; // equal to the other one's, so there are two
  const kept = ['input', 'error', 'cause', 'redriveCount', 'redriveDate', 'redriveStatus'].map(
    (name) => detail[name],
  );
  assert.deepEqual(kept, ['"b"', 'Broken', 'why', 0, null, 'NOT_REDRIVABLE']);
  assert.equal(typeof detail['stopDate'], 'number');
  assert.equal(told.filter((change) => statusOf(change) === 'PENDING_REDRIVE').length, 3);
  assert.deepEqual(toldOfChildren(told)['"c"'], ['PENDING_REDRIVE', 'RUNNING', 'SUCCEEDED']);
});
