import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { accountOperations } from '@riposte/account';
import { createExecutionHost, type HistoryEvent } from '@riposte/engine';
import { Database, SqliteAccountStore, SqliteEngineStore } from '@riposte/store-sqlite';
import { dyingStore, ScriptedTaskRunner, seededIds, SimulatedClock, type Death } from '@riposte/testkit';
import { ExecutionLogSink } from '../../src/logs/execution-log-sink.ts';
import { openRealWorld } from '../support/real-rooms.ts';
import { administrator, createRole, type Output } from '../support/world.ts';

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
const GROUP = '/aws/vendedlogs/states/m';
const DESTINATION = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${GROUP}:*`;
const NEVER: Death = { atWrite: Infinity, moment: 'after' };
const definition = {
  StartAt: 'Pause',
  States: {
    Pause: { Type: 'Wait', Seconds: 5, Next: 'Work' },
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'f' },
      End: true,
    },
  },
};

/** Calls an operation of Logs as the gateway does after it has allowed it. */
function call(account: SqliteAccountStore, name: string, input: object): Promise<Output> {
  const operation = accountOperations.find((one) => one.service === 'logs' && one.name === name);
  const context = {
    account: ACCOUNT,
    region: REGION,
    nowMs: 0,
    ids: seededIds(1),
    caller: administrator,
    requestId: 'r',
  };
  return account.transaction(
    // the list of operations has forgotten the type of their inputs
    (transaction) => operation!.handle(transaction, context, input as never) as Output,
  );
}

/** One life of a server over a file: a start that is repeated, and what is logged meanwhile. */
async function live(
  file: string,
  number: number,
  death: Death,
): Promise<{ died: boolean; history: HistoryEvent[]; logged: string[] }> {
  const database = new Database(file);
  const account = new SqliteAccountStore(database);
  const { store, isDead, died } = dyingStore(new SqliteEngineStore(database), death);
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1) + number * 60_000);
  const host = createExecutionHost({
    store,
    clock,
    ids: seededIds(number),
    taskRunner: new ScriptedTaskRunner(() => ({ kind: 'succeeded', output: '1' })),
    account: ACCOUNT,
    logs: new ExecutionLogSink(account, clock, () => {}),
    report: () => {},
  });
  const settle = () => clock.advanceBy(50_000, { isBusy: () => !isDead() && !host.isQuiet() });
  const run = async () => {
    if (number === 1) await call(account, 'CreateLogGroup', { logGroupName: GROUP });
    await host.start();
    const { stateMachineArn } = await host.createStateMachine({
      name: 'm',
      definition: JSON.stringify(definition),
      roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
      region: REGION,
      settings: { logging: { level: 'ALL', includeExecutionData: true, logGroupArn: DESTINATION } },
    });
    const { executionArn } = await host.startExecution({ stateMachineArn, requestKey: 'once' });
    await settle();
    return (await host.getExecutionHistory(executionArn, {})).events;
  };
  const history = await Promise.race([died, run()]);
  await settle();
  if (!isDead()) await Promise.race([died, host.close()]);
  const { events } = await call(account, 'FilterLogEvents', { logGroupName: GROUP });
  database.close();
  const logged = (events as { message: string }[]).map(({ message }) => message);
  return { died: isDead(), history: history ?? [], logged };
}

test('wherever the server dies, each event of a history is in its log group once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-logs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  let deaths = 0;
  for (const moment of ['before', 'after'] as const)
    for (let atWrite = 1; ; atWrite++) {
      const file = join(folder, `${moment}-${atWrite}.sqlite`);
      const first = await live(file, 1, { atWrite, moment });
      if (!first.died) break;
      deaths += 1;
      const { history, logged } = await live(file, 2, NEVER);
      const ids = logged.map((message) => (JSON.parse(message) as { id: string }).id);
      assert.deepEqual(
        ids,
        history.map(({ id }) => String(id)),
        `a death ${moment} write ${atWrite}`,
      );
    }
  assert.ok(deaths > 15, `${deaths} deaths`);
});

test('records are read with the API of Logs; a group that is deleted takes no more', async (t: TestContext) => {
  const world = await openRealWorld(t);
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', []);
  await world.call('logs', 'CreateLogGroup', { logGroupName: GROUP });
  const { stateMachineArn } = await world.call('states', 'CreateStateMachine', {
    name: 'm',
    definition: JSON.stringify({
      StartAt: 'A',
      States: { A: { Type: 'Pass', Result: 'result', End: true } },
    }),
    roleArn,
    type: 'EXPRESS',
    loggingConfiguration: {
      level: 'ALL',
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: DESTINATION } }],
    },
  });
  const ran = await world.call('states', 'StartSyncExecution', { stateMachineArn });
  assert.equal(ran['output'], '"result"');
  await world.gateway.idle();
  const { events } = await world.call('logs', 'FilterLogEvents', { logGroupName: GROUP });
  assert.deepEqual(
    (events as { message: string }[]).map(({ message }) => (JSON.parse(message) as { type: string }).type),
    ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'],
  );
  await world.call('logs', 'DeleteLogGroup', { logGroupName: GROUP });
  await world.call('states', 'StartSyncExecution', { stateMachineArn });
  await world.gateway.idle();
  assert.deepEqual((await world.call('logs', 'DescribeLogGroups'))['logGroups'], []);
  assert.deepEqual(world.reported, []);
});
