import type { TestContext } from 'node:test';
import { createExecutionHost, type Clock, type StoreHost } from '@riposte/engine';
import { createEventService } from '@riposte/events';
import { Database, SqliteEngineStore, SqliteEventStore, SqliteSchedulerStore } from '@riposte/store-sqlite';
import { ACCOUNT, countingIds, openWorld, type World } from './world.ts';

/** Time goes on by itself: these rooms wake themselves, and nothing in the tests asks when. */
const clock: Clock = {
  now: () => Date.now(),
  wakeAt(atMs, wake) {
    const timer = setTimeout(wake, Math.max(0, atMs - Date.now()));
    return () => clearTimeout(timer);
  },
};

/**
 * A world whose engine and events are the real ones, and work.
 * @param options  the clock is the gateway's
 */
export async function openRealWorld(
  t: TestContext,
  options: { clock?: Clock } = {},
): Promise<World & { executions: StoreHost }> {
  const world = openWorld(t, options);
  const database = new Database(':memory:');
  const ids = countingIds();
  const common = { clock, ids, account: ACCOUNT };
  const executions = createExecutionHost({
    ...common,
    store: new SqliteEngineStore(database),
    taskRunner: world.gateway.taskRunner,
    logs: world.gateway.executionLogs,
  });
  const events = createEventService({
    ...common,
    store: new SqliteEventStore(database),
    schedulerStore: new SqliteSchedulerStore(database),
    invoker: world.gateway.targetInvoker,
  });
  world.rooms = { executions, events };
  await executions.start();
  await events.start();
  t.after(async () => {
    await events.close();
    await executions.close();
    database.close();
  });
  return { ...world, executions };
}

/** Resolves when an execution whose ARN matches has ended. */
export function ended(executions: StoreHost, arn: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const stop = executions.subscribe(({ executionArn, status }) => {
      if (status === 'RUNNING' || !arn.test(executionArn)) return;
      stop();
      resolve(executionArn);
    });
  });
}
