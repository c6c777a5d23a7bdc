/**
 * How long does it take until everything that is due in one minute stands in the store?
 *
 * Measured: schedules (or scheduled rules) that are all due when the server starts, in a file on this disk: the time
 * until each has its event, its delivery and its next time on disk, the commits of that time, and the longest turn of
 * the event loop. Deliveries are handed out meanwhile, and their targets never answer.
 * Not measured: making the schedules, and settling what was delivered.
 *
 * Reading it: the commits should go with the batches, and no turn should hold up the rest of the server for long.
 * Run: `npx node bench/due-schedules.ts [schedules]`
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { createEventService } from '../packages/events/src/index.ts';
import { seededIds } from '../packages/engine/src/index.ts';
import { Database, SqliteEventStore, SqliteSchedulerStore } from '../packages/store-sqlite/src/index.ts';
import { runningClock } from './running-clock.ts';

const due = Number(process.argv[2] ?? 2000);
const REGION = 'us-east-1';
const ACCOUNT = '111122223333';
const TARGET = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;

async function measure(kind: 'schedules' | 'rules', count: number, inputBytes: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'));
  let commits = 0;
  const database = new Database(join(folder, 'riposte.db'), () => (commits += 1));
  const store = new SqliteEventStore(database);
  const schedulerStore = new SqliteSchedulerStore(database);
  const service = createEventService({
    store,
    schedulerStore,
    clock: runningClock,
    ids: seededIds(1),
    account: ACCOUNT,
    invoker: {
      invoke: () => new Promise(() => undefined), // so that settling deliveries is no part of it
      sendDeadLetter: () => new Promise(() => undefined),
    },
  });
  const dueMs = Date.now();
  const Input = JSON.stringify('x'.repeat(inputBytes));
  await Promise.all(
    Array.from({ length: count }, (_, n) => {
      const Name = `s${n}`;
      if (kind === 'rules')
        return store.putRule({
          region: REGION,
          rule: {
            Name,
            Arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/${Name}`,
            EventBusName: 'default',
            State: 'ENABLED',
            ScheduleExpression: 'rate(1 hour)',
          },
          targets: [{ Id: 't', Arn: TARGET, Input }],
          createdAtMs: dueMs - 3_600_000,
          nextFireMs: dueMs,
        });
      return schedulerStore.putSchedule({
        region: REGION,
        schedule: {
          Name,
          GroupName: 'default',
          Arn: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/${Name}`,
          ScheduleExpression: 'rate(1 hour)',
          ScheduleExpressionTimezone: 'UTC',
          State: 'ENABLED',
          ActionAfterCompletion: 'NONE',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: TARGET, RoleArn: `arn:aws:iam::${ACCOUNT}:role/r`, Input },
          CreationDate: new Date(dueMs - 3_600_000),
          LastModificationDate: new Date(dueMs),
        },
        next: { scheduledMs: dueMs, fireMs: dueMs },
      });
    }),
  );
  const stored = () => Number(database.prepare('SELECT count(*) AS n FROM event_deliveries').get()!['n']);
  const longest = monitorEventLoopDelay({ resolution: 1 });
  longest.enable();
  commits = 0;
  const begun = performance.now();
  await service.start();
  while (stored() < count) await setTimeout(5);
  const seconds = (performance.now() - begun) / 1000;
  assert.equal(stored(), count);
  const name = `${count} ${kind} with ${inputBytes} bytes of input`;
  const turnMs = (longest.max / 1e6).toFixed(0);
  console.log(`${name}: ${seconds.toFixed(2)} s, ${commits} commits, longest turn ${turnMs} ms`);
  void service.close();
  database.close();
  rmSync(folder, { recursive: true, force: true });
}

await measure('schedules', due, 100);
await measure('schedules', due / 10, 200_000);
await measure('rules', due, 100);
process.exit(0); // attempts hang
