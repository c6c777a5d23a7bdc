/**
 * How many durable executions of three states a second does one server do, against what the disk allows?
 *
 * Measured: StartExecution to the last commit, through the real host, the real States Language and the real SQLite
 * store with `synchronous=FULL`. Each execution is three Task states, each answered at once in this process: four
 * transitions, none of them answered before it is on disk. A window of executions is kept under way.
 * Beside it, interleaved: appending the same number of bytes to a file on the same disk, one fsync for as many
 * appends as the store put into one commit. That is the limit of any log on this disk.
 * Not measured: real tasks, the HTTP door, policies, histories read back while running.
 *
 * Reading it: `ratio` is executions per second as a part of the raw limit. A difference inside the spread is noise.
 * Run: `npx node bench/engine.ts [executions] [window] [rounds]`
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExecutionHost, type Store } from '../packages/engine/src/index.ts';
import { Database, SqliteEngineStore } from '../packages/store-sqlite/src/index.ts';
import { appendsPerSecond } from './bare-log.ts';
import { runningClock } from './running-clock.ts';

const [executionsCount = 4000, windowSize = 500, rounds = 4] = process.argv.slice(2).map(Number);

const state = (next: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f', 'Payload.$': '$' },
  ...next,
});
const DEFINITION = JSON.stringify({
  StartAt: 'A',
  States: { A: state({ Next: 'B' }), B: state({ Next: 'C' }), C: state({ End: true }) },
});

interface Round {
  executionsPerSecond: number;
  commits: number;
  transitions: number;
  bytes: number;
}

async function durableExecutions(folder: string): Promise<Round> {
  const file = join(folder, 'engine.sqlite');
  const database = new Database(file);
  const store = new SqliteEngineStore(database);
  const counts = { commits: 0, transitions: 0 };
  const commit: Store['commit'] = store.commit.bind(store);
  store.commit = (batch) => {
    counts.commits += 1;
    counts.transitions += batch.length;
    return commit(batch);
  };
  const host = createExecutionHost({
    store,
    clock: runningClock,
    ids: { uuid: randomUUID, secret: randomUUID, uniform: Math.random },
    account: '123456789012',
    tasksMax: windowSize,
    taskRunner: { run: async ({ step }) => ({ kind: 'succeeded', output: JSON.stringify(step.stateName) }) },
  });
  await host.start();
  const machine = await host.createStateMachine({
    name: 'three',
    definition: DEFINITION,
    roleArn: 'arn:aws:iam::123456789012:role/bench',
    region: 'eu-west-1',
  });
  const { stateMachineArn } = machine;
  let started = 0;
  let ended = 0;
  const startedAtMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    const startOne = () => {
      started += 1;
      host.startExecution({ stateMachineArn, input: '{"n":1}' }).catch(reject);
    };
    host.subscribe(({ status }) => {
      if (status === 'RUNNING') return;
      if (++ended === executionsCount) resolve();
      else if (started < executionsCount) startOne();
    });
    for (let index = 0; index < Math.min(windowSize, executionsCount); index++) startOne();
  });
  const seconds = (performance.now() - startedAtMs) / 1000;
  await check(host, stateMachineArn);
  await host.close();
  const bytes = statSync(file).size + statSync(`${file}-wal`).size;
  database.close();
  return { executionsPerSecond: executionsCount / seconds, bytes, ...counts };
}

/** The answer of the benchmark: every execution succeeded, with the whole history. */
async function check(host: ReturnType<typeof createExecutionHost>, stateMachineArn: string): Promise<void> {
  let count = 0;
  let nextToken: string | undefined;
  do {
    const page = await host.listExecutions(
      { stateMachineArn, status: 'SUCCEEDED' },
      { maxResults: 1000, ...(nextToken !== undefined && { nextToken }) },
    );
    count += page.executions.length;
    nextToken = page.nextToken;
    const [sample] = page.executions;
    const { events } = await host.getExecutionHistory(sample!.executionArn, {}); // a page is never empty here
    if (events.length !== 17 || sample!.output !== '"C"') throw new Error('An execution ended differently.');
  } while (nextToken !== undefined);
  if (count !== executionsCount) throw new Error(`${count} of ${executionsCount} executions succeeded.`);
}

const results: { executions: number; raw: number; ratio: number; perCommit: number }[] = [];
for (let round = 0; round <= rounds; round++) {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'));
  try {
    const durable = await durableExecutions(folder);
    const { transitions } = durable;
    // so many of which make one execution
    const raw =
      appendsPerSecond(folder, { ...durable, entries: transitions }) / (transitions / executionsCount);
    if (round === 0) continue; // warm-up
    const executions = durable.executionsPerSecond;
    results.push({
      executions,
      raw,
      ratio: executions / raw,
      perCommit: durable.transitions / durable.commits,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function spread(values: readonly number[], digits: number): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `${mean.toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;
}

console.log(`${executionsCount} executions, ${windowSize} at a time, ${rounds} rounds after one to warm up`);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
console.log(
  `durable executions/s  ${spread(
    results.map(({ executions }) => executions),
    0,
  )}`,
);
console.log(
  `raw append+fsync/s    ${spread(
    results.map(({ raw }) => raw),
    0,
  )}   in executions of the same bytes`,
);
console.log(
  `ratio                 ${spread(
    results.map(({ ratio }) => ratio),
    3,
  )}`,
);
console.log(
  `transitions/commit    ${spread(
    results.map(({ perCommit }) => perCommit),
    0,
  )}`,
);
