import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { createExecutionHost, type StoreHost, type TaskOutcome, type TaskRequest } from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import {
  dyingStore,
  expectEndedHistory,
  seededIds,
  SimulatedClock,
  untilAborted,
  type Death,
} from '@riposte/testkit';
import { nesting } from './nesting.ts';
import { machine, REGION, temporaryFile } from './world.ts';

const HOUR_MS = 3_600_000;
const work = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'f' } };
const handled = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Handled' }] };
const machineArn = (name: string) => `arn:aws:states:${REGION}:123456789012:stateMachine:${name}`;

/** A machine of one state and of the one that deals with its failure. */
const caught = (state: object, rest: object = {}) => ({
  StartAt: 'Late',
  ...rest,
  States: { Late: { ...state, ...handled, End: true }, Handled: { ...work, End: true } },
});
const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });
const lateBranch = (rest: object, name = 'Work') => branch(name, { ...work, ...rest, End: true });
const apart = (rest: object) => ({
  Type: 'Map',
  ItemsPath: '$.items',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD', ...rest },
    ...lateBranch({}),
  },
});
const child = (name: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Parameters: { StateMachineArn: machineArn(name), Input: { items: [1, 2] } },
});

/** Every way in which time takes work away that has no answer yet: only the state `Handled` ever answers. */
const MACHINES: Record<string, object> = {
  task: caught({ ...work, TimeoutSeconds: 3 }),
  heartbeat: caught({ ...work, TimeoutSeconds: 900, HeartbeatSeconds: 3 }),
  machine: { TimeoutSeconds: 3, ...lateBranch({}) },
  // the second deadline leaves what deals with the first without use
  both: {
    TimeoutSeconds: 5,
    StartAt: 'First',
    States: {
      First: {
        ...work,
        TimeoutSeconds: 3,
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Second' }],
        End: true,
      },
      Second: { ...work, End: true },
    },
  },
  branches: caught({
    Type: 'Parallel',
    Branches: [lateBranch({ TimeoutSeconds: 3 }), lateBranch({}, 'Sibling')],
  }),
  iterations: caught({
    Type: 'Map',
    ItemsPath: '$.items',
    ItemProcessor: lateBranch({ TimeoutSeconds: 3 }),
  }),
  'map-run': { TimeoutSeconds: 3, StartAt: 'Apart', States: { Apart: { ...apart({}), End: true } } },
  // a child, its child, and the children of that one's Map Run
  nested: caught({ ...child('middle'), TimeoutSeconds: 3 }),
  middle: { StartAt: 'Nested', States: { Nested: { ...child('inner'), End: true } } },
  inner: { StartAt: 'Apart', States: { Apart: { ...apart({}), End: true } } },
};
const STARTED = Object.keys(MACHINES).filter((name) => name !== 'middle' && name !== 'inner');

interface Life {
  /** Why a task that was handed out should not have been. */
  faults: string[];
  requests: TaskRequest[];
}

/** One life of a server, which goes on for `forMs` of simulated time or dies before. */
async function live(
  file: string,
  { nowMs, forMs, death }: { nowMs: number; forMs: number; death?: Death },
  afterwards: (host: StoreHost, store: SqliteEngineStore) => Promise<void> = async () => {},
): Promise<Life & { hasDied: boolean }> {
  const database = new Database(file);
  const onDisk = new SqliteEngineStore(database);
  const { store, died, isDead } = dyingStore(onDisk, death ?? { atWrite: Infinity, moment: 'after' });
  const clock = new SimulatedClock(nowMs);
  const requests: TaskRequest[] = [];
  const faults: string[] = [];
  const problems: unknown[] = [];
  const run = nesting(
    () => host,
    async (request, signal): Promise<TaskOutcome> => {
      requests.push(request);
      const why = await uselessness(onDisk, request, clock.now());
      if (why !== undefined) faults.push(`${request.step.stateName} of ${request.step.taskId}: ${why}`);
      return request.step.stateName === 'Handled' ? { kind: 'succeeded', output: '1' } : untilAborted(signal);
    },
  );
  const host: StoreHost = createExecutionHost({
    store,
    clock,
    ids: seededIds(nowMs),
    taskRunner: { run },
    account: '123456789012',
    report: (problem) => problems.push(problem),
  });
  const settling = { isBusy: () => !isDead() && !host.isQuiet() };
  const lived = (async () => {
    await host.start();
    for (const [name, definition] of Object.entries(MACHINES)) await machine(host, name, definition);
    for (const name of STARTED) {
      const input = JSON.stringify({ items: [1, 2, 3] });
      await host.startExecution({ stateMachineArn: machineArn(name), name: 'run', input, requestKey: name });
    }
    await clock.advanceBy(forMs, settling);
    if (isDead()) return false;
    await afterwards(host, onDisk);
    await host.close();
    return true;
  })();
  const hasDied = !(await Promise.race([died, lived]));
  if (hasDied) await clock.advanceBy(0, settling);
  database.close();
  assert.deepEqual(problems, []);
  return { faults, requests, hasDied };
}

/** What is on disk when a task is handed out must say that it, and everything it works for, is waited for. */
async function uselessness(
  store: SqliteEngineStore,
  { step }: TaskRequest,
  nowMs: number,
): Promise<string | undefined> {
  let { executionArn, taskId } = step;
  for (;;) {
    const stored = await store.load(executionArn);
    if (!stored) return `${executionArn} is not there`;
    const { execution, effects } = stored;
    if (execution.status !== 'RUNNING') return `${executionArn} is ${execution.status}`;
    if (!effects.some(({ id }) => `${executionArn}#${id}` === taskId)) return `${taskId} is not waited for`;
    const overdue = effects.find(({ kind, dueAtMs }) => kind === 'timer' && dueAtMs <= nowMs);
    if (overdue)
      return `the timer ${overdue.id} of ${executionArn} was due ${nowMs - overdue.dueAtMs} ms ago`;
    if (!execution.origin.parent) return undefined;
    ({ executionArn, taskId } = execution.origin.parent);
  }
}

async function expectAllSettled(host: StoreHost, store: SqliteEngineStore): Promise<void> {
  assert.deepEqual(await host.stuckExecutions(), []);
  const { executions } = await store.list({}, { limit: 1000 });
  const open = executions.filter(({ status }) => status === 'RUNNING');
  assert.deepEqual(
    open.map(({ executionArn }) => executionArn),
    [],
  );
  for (const { executionArn } of executions) expectEndedHistory(await store.history(executionArn, WHOLE));
  const statuses = await Promise.all(
    STARTED.map(async (name) => {
      const arn = machineArn(name).replace('stateMachine', 'execution') + ':run';
      return [name, (await host.describeExecution(arn)).status];
    }),
  );
  const timedOut = new Set(['machine', 'both', 'map-run']);
  assert.deepEqual(
    Object.fromEntries(statuses),
    Object.fromEntries(STARTED.map((name) => [name, timedOut.has(name) ? 'TIMED_OUT' : 'SUCCEEDED'])),
  );
}
const WHOLE = { limit: 1000, reverse: false };

for (const moment of ['after', 'before'] as const)
  test(`whenever a server dies (${moment} a write), what time has decided meanwhile is settled before anything is handed out`, async (t) => {
    const file = temporaryFile(t);
    const nowMs = Date.UTC(2026, 0, 1);
    let deaths = 0;
    for (let atWrite = 1; ; atWrite++) {
      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
      const first = await live(file, { nowMs, forMs: 1000, death: { atWrite, moment } });
      assert.deepEqual(first.faults, [], `before the death at write ${atWrite}`);
      if (!first.hasDied) break;
      deaths += 1;
      const later = { nowMs: nowMs + HOUR_MS, forMs: 60_000 };
      const second = await live(file, later, expectAllSettled);
      assert.deepEqual(second.faults, [], `after the death at write ${atWrite}`);
    }
    assert.ok(deaths >= 15, `only ${deaths} deaths`);
  });
