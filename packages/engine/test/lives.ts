import assert from 'node:assert/strict';
import {
  createExecutionHost,
  ServiceError,
  type Execution,
  type HistoryEvent,
  type StoreHost,
  type TaskRequest,
  type TaskRunner,
} from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import { dyingStore, seededIds, SimulatedClock, type Death } from '@riposte/testkit';
import { nesting } from './nesting.ts';
import { machine } from './world.ts';

const NEVER: Death = { atWrite: Number.POSITIVE_INFINITY, moment: 'after' };

/** What outlives every server: the file, the outside world that tasks act on, and the time of day. */
export interface Outside {
  file: string;
  script: TaskRunner['run'];
  nowMs: number;
  livesCount: number;
  /** Every request for work, in order. */
  requests: TaskRequest[];
  /** Tokens that were given out and whose answer was not acknowledged yet. */
  tokens: Set<string>;
}

export function outside(file: string, script: TaskRunner['run']): Outside {
  return { file, script, nowMs: Date.UTC(2026, 0, 1), livesCount: 0, requests: [], tokens: new Set() };
}

export interface Ended {
  executionArn: string;
  history: HistoryEvent[];
  /** Histories of child executions. */
  children: HistoryEvent[][];
}

/**
 * One life of a server: it takes up what it finds, the client repeats its request, tokens are answered.
 * @returns what is on disk when nothing is left to do, or nothing when the server died
 */
export async function live(
  world: Outside,
  parent: object,
  child: object,
  death = NEVER,
): Promise<Ended | undefined> {
  world.livesCount += 1;
  const database = new Database(world.file);
  const { store, died, isDead } = dyingStore(new SqliteEngineStore(database), death);
  const clock = new SimulatedClock(world.nowMs);
  const problems: unknown[] = [];
  const host: StoreHost = createExecutionHost({
    store,
    clock,
    ids: seededIds(world.livesCount),
    taskRunner: { run: nesting(() => host, recording(world)) },
    account: '123456789012',
    report: (problem) => problems.push(problem),
  });
  // long enough for waits and back-offs of the story, too short for its timeouts
  const settle = () => clock.advanceBy(120_000, { isBusy: () => !isDead() && !host.isQuiet() });
  const ended = await Promise.race([died, runToEnd(world, host, settle, parent, child)]);
  // what the dead host was about to do stays undone: its clock is never moved again
  await settle();
  world.nowMs = clock.now();
  database.close();
  assert.deepEqual(problems, []);
  return ended ?? undefined;
}

function recording(world: Outside): TaskRunner['run'] {
  return (request, signal) => {
    world.requests.push(request);
    if (request.taskToken !== undefined) world.tokens.add(request.taskToken);
    return world.script(request, signal);
  };
}

async function runToEnd(
  world: Outside,
  host: StoreHost,
  settle: () => Promise<void>,
  parent: object,
  child: object,
): Promise<Ended> {
  await host.start();
  await machine(host, 'child', child);
  const { stateMachineArn } = await machine(host, 'parent', parent);
  const executionArn = stateMachineArn.replace(':stateMachine:', ':execution:') + ':run';
  await accept('ExecutionAlreadyExists', host.startExecution({ stateMachineArn, name: 'run' }));
  await settle();
  while (world.tokens.size > 0) {
    for (const taskToken of world.tokens) {
      await accept('TaskTimedOut', host.sendTaskSuccess({ taskToken, output: '"answered"' }));
      world.tokens.delete(taskToken);
    }
    await settle();
  }
  assert.deepEqual(await host.stuckExecutions(), []);
  const { executions } = await host.listExecutions({ parentArn: executionArn }, {});
  executions.push(...(await mapRunChildren(host, executionArn)));
  const history = await wholeHistory(host, executionArn);
  const children = await Promise.all(executions.map((each) => wholeHistory(host, each.executionArn)));
  await host.close();
  return { executionArn, history, children };
}

async function mapRunChildren(host: StoreHost, executionArn: string): Promise<Execution[]> {
  const { mapRuns } = await host.listMapRuns(executionArn, {});
  const stored = mapRuns.filter(({ executionType }) => executionType === 'STANDARD');
  const pages = stored.map(({ mapRunArn }) => host.listExecutions({ mapRunArn }, {}));
  return (await Promise.all(pages)).flatMap(({ executions }) => executions);
}

async function wholeHistory(host: StoreHost, executionArn: string): Promise<HistoryEvent[]> {
  return (await host.getExecutionHistory(executionArn, { maxResults: 1000 })).events;
}

/** An error that says that an earlier life has done it already. */
async function accept(code: string, request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== code) throw error;
  }
}
