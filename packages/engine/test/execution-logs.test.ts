import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ExecutionLogBatch, LoggingConfiguration, StateMachineType } from '@riposte/engine';
import { untilAborted, type ScriptedTaskRunner } from '@riposte/testkit';
import { logBatches } from '../src/host/log-records.ts';
import { distributed, work } from './map-run-support.ts';
import { createWorld, REGION, ROLE, tasks, type World } from './world.ts';

const GROUP = `arn:aws:logs:${REGION}:123456789012:log-group:/aws/vendedlogs/states/m:*`;
type Script = ConstructorParameters<typeof ScriptedTaskRunner>[0];

/** A world that logs into memory. */
async function openLogged(t: TestContext, script?: Script) {
  const batches: ExecutionLogBatch[] = [];
  const logs = {
    write: async (more: readonly ExecutionLogBatch[]) => void batches.push(...more),
    append: (batch: ExecutionLogBatch) => void batches.push(batch),
  };
  const world = await createWorld(t, script, { logs });
  const records = () =>
    batches
      .flatMap(({ events }) => events)
      .map(({ message }) => JSON.parse(message) as Record<string, unknown>);
  return { world, batches, records };
}

function logged(
  world: World,
  definition: object,
  logging: Partial<LoggingConfiguration>,
  type: StateMachineType = 'STANDARD',
) {
  return world.host.createStateMachine({
    name: 'm',
    definition: JSON.stringify(definition),
    roleArn: ROLE,
    region: REGION,
    type,
    settings: { logging: { level: 'ALL', includeExecutionData: true, logGroupArn: GROUP, ...logging } },
  });
}

test('every event of a history is one record, in order, all of its scalars text', async (t) => {
  const { world, batches, records } = await openLogged(t);
  const { stateMachineArn } = await logged(world, tasks({}, {}), {});
  const { executionArn } = await world.host.startExecution({ stateMachineArn, input: '{"a": 1}' });
  await world.settle();
  const { events } = await world.host.getExecutionHistory(executionArn, {});
  assert.deepEqual(
    records().map(({ id, type, previous_event_id: previous }) => [id, type, previous]),
    events.map(({ id, type, previousEventId }) => [String(id), type, String(previousEventId)]),
  );
  const startedAt = String(events[0]!.timestamp); // there are many
  assert.deepEqual(records()[0], {
    id: '1',
    type: 'ExecutionStarted',
    details: { input: '{"a": 1}', inputDetails: { truncated: false }, roleArn: ROLE },
    previous_event_id: '0',
    event_timestamp: startedAt,
    execution_arn: executionArn,
    redrive_count: '0',
  });
  assert.match(batches[0]!.logStreamName, /^states\/m\/\d{4}-\d{2}-\d{2}-\d{2}-00\/[0-9a-f]{8}$/);
  assert.equal(batches[0]!.logGroupArn, GROUP);
  assert.equal(String(batches[0]!.events[0]!.timestampMs), startedAt);
});

test('the level says which events are logged', async (t) => {
  const { States } = tasks({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Lost' }] }) as { States: object };
  const caught = { StartAt: 'A', States: { ...States, Lost: { Type: 'Fail' } } };
  for (const [level, wanted] of [
    ['FATAL', ['ExecutionFailed']],
    ['ERROR', ['TaskFailed', 'FailStateEntered', 'ExecutionFailed']],
    ['OFF', []],
  ] as const) {
    const { world, records } = await openLogged(t, () => ({ kind: 'failed', error: 'Busy' }));
    const { stateMachineArn } = await logged(world, caught, { level });
    await world.host.startExecution({ stateMachineArn });
    await world.settle();
    assert.deepEqual(
      records().map(({ type }) => type),
      wanted,
    );
  }
});

test('without execution data a record names states, roles and errors only', async (t) => {
  const { world, records } = await openLogged(t, () => ({
    kind: 'failed',
    error: 'Broken',
    cause: 'by hand',
  }));
  const { stateMachineArn } = await logged(world, tasks({}), { includeExecutionData: false });
  await world.host.startExecution({ stateMachineArn, input: '{"secret":1}' });
  await world.settle();
  assert.deepEqual(
    records().map(({ details }) => details),
    [
      { roleArn: ROLE },
      { name: 'A' },
      { resourceType: 'lambda', resource: 'invoke', region: REGION },
      { resourceType: 'lambda', resource: 'invoke' },
      { resourceType: 'lambda', resource: 'invoke', error: 'Broken', cause: 'by hand' },
      { error: 'Broken', cause: 'by hand' },
    ],
  );
});

test('a redrive counts in the records that follow it', async (t) => {
  let isBroken = true;
  const { world, records } = await openLogged(t, () =>
    isBroken ? { kind: 'failed', error: 'Broken' } : { kind: 'succeeded', output: '1' },
  );
  const { stateMachineArn } = await logged(world, tasks({}), { level: 'ALL' });
  const { executionArn } = await world.host.startExecution({ stateMachineArn });
  await world.settle();
  isBroken = false;
  await world.host.redriveExecution({ executionArn });
  await world.settle();
  const counts = records().map(({ type, redrive_count: count }) => `${String(type)} ${String(count)}`);
  assert.ok(counts.includes('ExecutionFailed 0'));
  assert.ok(counts.includes('ExecutionRedriven 1'));
  assert.equal(counts.at(-1), 'ExecutionSucceeded 1');
});

test('an execution keeps the logging it started with', async (t) => {
  const { world, records } = await openLogged(t, (_request, signal) => untilAborted(signal));
  const { stateMachineArn } = await logged(world, tasks({}), {});
  const { executionArn } = await world.host.startExecution({ stateMachineArn });
  await world.clock.advanceBy(1, { isBusy: () => !world.host.isQuiet() });
  await world.host.updateStateMachine({
    stateMachineArn,
    settings: { logging: { level: 'OFF', includeExecutionData: false } },
  });
  await world.host.startExecution({ stateMachineArn });
  await world.host.stopExecution({ executionArn });
  await world.clock.advanceBy(1, { isBusy: () => !world.host.isQuiet() });
  assert.equal(records().at(-1)?.['type'], 'ExecutionAborted');
  assert.deepEqual(new Set(records().map(({ execution_arn: arn }) => arn)), new Set([executionArn]));
});

test('a payload that is too large for a line is cut, and the record says so', async (t) => {
  const { world, records } = await openLogged(t);
  const { stateMachineArn } = await logged(world, { StartAt: 'A', States: { A: { Type: 'Succeed' } } }, {});
  await world.host.startExecution({ stateMachineArn, input: JSON.stringify('"'.repeat(80_000)) });
  await world.settle();
  const details = records()[0]!['details'] as { input: string; inputDetails: object };
  assert.deepEqual(details.inputDetails, { truncated: true });
  const bytes = Buffer.byteLength(JSON.stringify(details.input));
  assert.ok(bytes <= 248 * 1024 && bytes > 248 * 1024 - 8, String(bytes));
});

test('the history of an express execution is in its log group, whichever way it ends', async (t) => {
  const { world, records } = await openLogged(t, (_request, signal) => untilAborted(signal));
  const { stateMachineArn } = await logged(world, tasks({}), {}, 'EXPRESS');
  const { executionArn } = await world.host.startExecution({ stateMachineArn, name: 'run' });
  await world.settle();
  assert.deepEqual(
    records().map(({ id, type, execution_arn: arn }) => [id, type, arn]),
    ['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'ExecutionTimedOut'].map(
      (type, index) => [String(index + 1), type, executionArn],
    ),
  );
  await world.host.startExecution({ stateMachineArn });
  await world.clock.advanceBy(1, { isBusy: () => !world.host.isQuiet() });
  await world.host.close();
  assert.equal(records().at(-1)?.['type'], 'ExecutionFailed');
});

test('a child of a Map Run logs under the label of its Map', () => {
  const event = {
    id: 1,
    previousEventId: 0,
    timestamp: Date.UTC(2026, 10, 23, 6, 59, 59),
    type: 'ExecutionStarted',
  };
  const source = {
    executionArn: `arn:aws:states:${REGION}:123456789012:execution:m/Each:1`,
    stateMachineArn: `arn:aws:states:${REGION}:123456789012:stateMachine:m/Each`,
    redriveCount: 0,
  };
  const logging = { level: 'ALL', includeExecutionData: true, logGroupArn: GROUP } as const;
  const [batch, ...more] = logBatches(
    [event, { ...event, id: 2, timestamp: event.timestamp + 1000 }],
    source,
    logging,
  );
  assert.match(batch?.logStreamName ?? '', /^states\/m\/Each\/2026-11-23-06-00\//);
  assert.match(more[0]?.logStreamName ?? '', /^states\/m\/Each\/2026-11-23-07-00\//);
  assert.match(batch?.events[0]?.message ?? '', /"details":\{\}/);
});

for (const ExecutionType of ['STANDARD', 'EXPRESS'])
  test(`children of a Map Run log as the machine says that their parent started with, ${ExecutionType}`, async (t) => {
    const { world, batches, records } = await openLogged(t, () => ({ kind: 'failed', error: 'Busy' }));
    const definition = distributed({ ToleratedFailureCount: 1 }, { Work: work }, ExecutionType);
    const { stateMachineArn } = await logged(world, definition, {
      level: 'ERROR',
      includeExecutionData: false,
    });
    const { executionArn } = await world.host.startExecution({ stateMachineArn, input: '["secret"]' });
    await world.settle();
    const ofChildren = records().filter(({ execution_arn: arn }) => arn !== executionArn);
    assert.deepEqual(
      ofChildren.map(({ type }) => type),
      ['TaskFailed', 'ExecutionFailed'],
    );
    assert.match(String(ofChildren[0]!['execution_arn']), /:m\/Each:/); // there are two
    assert.ok(!JSON.stringify(records()).includes('secret'));
    assert.ok(batches.every(({ logGroupArn }) => logGroupArn === GROUP));
  });
