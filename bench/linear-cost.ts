/**
 * Does ten times the work cost ten times as much, and no more?
 *
 * Measured, each case at one and at ten times the work: CPU time of this process (user and system, so that waiting for
 * the disk and other programs count little), the heap that is held at most while it runs (after a collection, above
 * what was held before), and the bytes of events, records and effects given to the store. Through the real host, the
 * real States Language and the real SQLite store; tasks are answered at once in this process; time is simulated.
 * Not measured: real tasks, the HTTP door, waiting for the disk.
 * Checked: every execution ends as it should, with the event that it should end with.
 *
 * Cases: `tasks`, one task after the other until event 25,000 ends the execution; `loop`, 5,000 turns of a loop that
 * counts; `map`, an inline Map of 6,000 items, which is what 25,000 events allow; `express map`, one of 10,000 items
 * in memory; `distributed map`, one of 10,000 items each of which is an execution of its own.
 *
 * Reading it: a ratio of 10 is linear, below it a fixed cost shows, far above it something grows with the square.
 * Memory may stay flat: what ended is on disk. Exits with 1 when bytes grow more than 12-fold or CPU time more than
 * 20-fold, which is beyond the spread of a busy machine.
 * Run: `npx node bench/linear-cost.ts [rounds] [case …]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  createExecutionHost,
  seededIds,
  SimulatedClock,
  type HistoryEvent,
  type Store,
  type StoreHost,
  type Transition,
} from '../packages/engine/src/index.ts';
import { Database, SqliteEngineStore } from '../packages/store-sqlite/src/index.ts';

const BYTES_RATIO_MAX = 12;
const CPU_RATIO_MAX = 20;
/** Less than this is no ratio's denominator. */
const HEAP_NOISE_BYTES = 64 * 1024;
/** Collections while an execution runs, to see what it holds. */
const LOOKS = 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Case {
  name: string;
  type?: 'STANDARD' | 'EXPRESS';
  definition: object;
  /** At one and at ten times the work. */
  inputs: readonly [object, object];
  /** About how many commits ten times the work takes; an Express execution takes none. */
  commits: number;
  /** @throws Error when the execution did not end as it should */
  check(end: End, isTenfold: boolean): void;
}

interface End {
  status: string;
  output: string | undefined;
  events: number;
  last: HistoryEvent | undefined;
}

interface Cost {
  cpuMs: number;
  heapBytes: number;
  writtenBytes: number;
}

/** Turns of a loop around one more state, as many as the input says. */
const loop = (body: object) => ({
  StartAt: 'Begin',
  States: {
    Begin: { Type: 'Pass', Assign: { turn: 0 }, Next: 'Turn' },
    Turn: { ...body, Next: 'Again' },
    Again: {
      Type: 'Choice',
      Choices: [{ Variable: '$turn', NumericLessThanPath: '$$.Execution.Input.turns', Next: 'Turn' }],
      Default: 'Done',
    },
    Done: { Type: 'Pass', Parameters: { 'turns.$': '$turn' }, End: true },
  },
});
const count = { 'turn.$': 'States.MathAdd($turn, 1)' };

const mapWith = (processor: object) => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemSelector: { 'n.$': '$$.Map.Item.Value' },
      ItemProcessor: {
        ...processor,
        StartAt: 'Item',
        States: { Item: { Type: 'Pass', OutputPath: '$.n', End: true } },
      },
      End: true,
    },
  },
});
const map = mapWith({});
const distributed = mapWith({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } });
const items = (length: number) => ({ items: Array.from({ length }, (_, index) => index) });

const cases: readonly Case[] = [
  {
    name: 'tasks',
    definition: loop({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'f' },
      Assign: count,
      ResultPath: null,
    }),
    inputs: [{ turns: 357 }, { turns: 1_000_000 }],
    commits: 3600,
    check({ status, events, last }, isTenfold) {
      const isRight = isTenfold
        ? status === 'FAILED' && events === 25_000 && last?.type === 'ExecutionFailed'
        : status === 'SUCCEEDED' && events === 2505;
      if (!isRight) throw new Error(`${events} events, ${status}, ${last?.type}`);
    },
  },
  {
    name: 'loop',
    definition: loop({ Type: 'Pass', Assign: count }),
    inputs: [{ turns: 500 }, { turns: 5000 }],
    commits: 50,
    check({ status, output }, isTenfold) {
      if (status !== 'SUCCEEDED' || output !== `{"turns":${isTenfold ? 5000 : 500}}`)
        throw new Error(`${status} ${output}`);
    },
  },
  {
    name: 'map',
    definition: map,
    inputs: [items(600), items(6000)],
    commits: 40,
    check: checkMap(600),
  },
  {
    name: 'express map',
    type: 'EXPRESS',
    definition: map,
    inputs: [items(1000), items(10_000)],
    commits: 0,
    check: checkMap(1000),
  },
  {
    name: 'distributed map',
    definition: distributed,
    inputs: [items(1000), items(10_000)],
    commits: 200,
    check: checkMap(1000),
  },
];

function checkMap(length: number): Case['check'] {
  return ({ status, output }, isTenfold) => {
    const expected = JSON.stringify(items(isTenfold ? 10 * length : length).items);
    if (status !== 'SUCCEEDED' || output !== expected) throw new Error(`${status} ${output?.slice(0, 80)}`);
  };
}

async function runOnce(one: Case, isTenfold: boolean, looksForHeap: boolean): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'));
  const database = new Database(join(folder, 'engine.sqlite'));
  const store = new SqliteEngineStore(database);
  const cost: Cost = { cpuMs: 0, heapBytes: 0, writtenBytes: 0 };
  let heapBefore = 0;
  let commits = 0;
  const every = Math.max(1, Math.floor(one.commits / LOOKS));
  const commit: Store['commit'] = store.commit.bind(store);
  store.commit = async (batch) => {
    cost.writtenBytes += batch.reduce((sum, transition) => sum + sizeOf(transition), 0);
    if (looksForHeap && commits++ % every === 0)
      cost.heapBytes = Math.max(cost.heapBytes, heap() - heapBefore);
    return commit(batch);
  };
  const clock = new SimulatedClock();
  const host = createExecutionHost({
    store,
    clock,
    ids: seededIds(1),
    account: '123456789012',
    taskRunner: { run: async () => ({ kind: 'succeeded', output: '{}' }) },
  });
  try {
    await host.start();
    const { stateMachineArn } = await host.createStateMachine({
      name: 'm',
      definition: JSON.stringify(one.definition),
      roleArn: 'arn:aws:iam::123456789012:role/bench',
      region: 'eu-west-1',
      type: one.type ?? 'STANDARD',
    });
    const input = JSON.stringify(one.inputs[isTenfold ? 1 : 0]);
    heapBefore = heap();
    const before = process.cpuUsage();
    const end = await execute(one, host, clock, stateMachineArn, input);
    const { user, system } = process.cpuUsage(before);
    cost.cpuMs = (user + system) / 1000;
    one.check(end, isTenfold);
    return cost;
  } finally {
    await host.close();
    database.close();
    rmSync(folder, { recursive: true });
  }
}

async function execute(
  { type }: Case,
  host: StoreHost,
  clock: SimulatedClock,
  stateMachineArn: string,
  input: string,
): Promise<End> {
  if (type === 'EXPRESS') {
    const answer = host.startSyncExecution({ stateMachineArn, input });
    await clock.runUntilIdle({ isBusy: () => !host.isQuiet() });
    const { status, output } = await answer;
    return { status, output, events: 0, last: undefined };
  }
  const { executionArn } = await host.startExecution({ stateMachineArn, input });
  await clock.runUntilIdle({ isBusy: () => !host.isQuiet() });
  const { status, output } = await host.describeExecution(executionArn);
  const { events } = await host.getExecutionHistory(executionArn, { reverseOrder: true, maxResults: 1 });
  return { status, output, events: events[0]?.id ?? 0, last: events[0] };
}

function sizeOf({ events, records, effects, head }: Transition): number {
  const kept = [...records].reduce((sum, [key, text]) => sum + key.length + (text?.length ?? 0), 0);
  return kept + JSON.stringify([events, effects, head]).length;
}

function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[], digits: number): string {
  return `${mean(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;
}

const [roundsText = '3', ...wanted] = process.argv.slice(2);
const rounds = Number(roundsText);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
console.log(`${rounds} rounds after one to warm up; ratio of ten times the work to one time`);
for (const one of cases) {
  if (wanted.length > 0 && !wanted.includes(one.name)) continue;
  await runOnce(one, false, false);
  const timed: { small: Cost; large: Cost }[] = [];
  for (let round = 0; round < rounds; round++)
    timed.push({ small: await runOnce(one, false, false), large: await runOnce(one, true, false) });
  const held = { small: await runOnce(one, false, true), large: await runOnce(one, true, true) };
  report(one, timed, held);
}

function report(
  { name, commits }: Case,
  timed: readonly { small: Cost; large: Cost }[],
  held: { small: Cost; large: Cost },
): void {
  const cpu = timed.map(({ small, large }) => large.cpuMs / small.cpuMs);
  const kib = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
  const bytes = held.large.writtenBytes / held.small.writtenBytes;
  console.log(`\n${name}`);
  const [smallMs, largeMs] = [mean(timed.map((t) => t.small.cpuMs)), mean(timed.map((t) => t.large.cpuMs))];
  console.log(`  CPU      ${spread(cpu, 1)}   ${smallMs.toFixed(0)} → ${largeMs.toFixed(0)} ms`);
  if (commits > 0) {
    const { small, large } = held;
    const heapRatio =
      small.heapBytes < HEAP_NOISE_BYTES ? 'flat' : (large.heapBytes / small.heapBytes).toFixed(1);
    console.log(`  heap     ${heapRatio}   ${kib(small.heapBytes)} → ${kib(large.heapBytes)}`);
    console.log(`  written  ${bytes.toFixed(1)}   ${kib(small.writtenBytes)} → ${kib(large.writtenBytes)}`);
  }
  const isLinear = Math.min(...cpu) <= CPU_RATIO_MAX && !(bytes > BYTES_RATIO_MAX);
  if (!isLinear) {
    console.log('  NOT LINEAR');
    process.exitCode = 1;
  }
}
