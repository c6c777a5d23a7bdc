/**
 * How many durable events a second does one server take in and deliver, against what the disk allows?
 *
 * Measured: PutEvents of one entry each, a window of requests under way, until the last delivery is written down as
 * delivered: through the real service and the real SQLite store with `synchronous=FULL`. Each event matches one of the
 * rules, each rule has one target, and the target takes everything at once in this process. Once with events spread
 * over all rules, once with all of them for one: of one target only 16 attempts are under way at a time.
 * Beside it, interleaved: appending the same number of bytes to a file on the same disk, one fsync for as many events
 * as came with one commit. That is the limit of any log on this disk.
 * Not measured: real targets, the HTTP door, policies, archives.
 *
 * Reading it: `ratio` is events per second as a part of the raw limit. A difference inside the spread is noise.
 * Run: `npx node bench/events.ts [events] [window] [rounds]`
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEventService } from '../packages/events/src/index.ts';
import { Database, SqliteEventStore, SqliteSchedulerStore } from '../packages/store-sqlite/src/index.ts';
import { appendsPerSecond } from './bare-log.ts';
import { runningClock } from './running-clock.ts';

const [eventsCount = 4000, windowSize = 200, rounds = 4] = process.argv.slice(2).map(Number);
const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';
const SPREADS = { 'over 100 rules': 100, 'for one rule': 1 };

interface Round {
  acknowledgedPerSecond: number;
  deliveredPerSecond: number;
  commits: number;
  bytes: number;
}

async function durableEvents(folder: string, rulesCount: number): Promise<Round> {
  const file = join(folder, 'events.sqlite');
  let commits = 0;
  const database = new Database(file, () => (commits += 1));
  const delivered = new Set<string>();
  let allDelivered = (): void => undefined;
  const service = createEventService({
    store: new SqliteEventStore(database),
    schedulerStore: new SqliteSchedulerStore(database),
    clock: runningClock,
    ids: { uuid: randomUUID, secret: randomUUID, uniform: Math.random },
    account: ACCOUNT,
    invoker: {
      invoke: async ({ deliveryId }) => {
        delivered.add(deliveryId);
        if (delivered.size === eventsCount) allDelivered();
        return { kind: 'delivered' };
      },
      sendDeadLetter: async () => ({ kind: 'delivered' }),
    },
  });
  await service.start();
  for (let rule = 0; rule < rulesCount; rule += 1) {
    const Name = `rule-${rule}`;
    await service.putRule(REGION, { Name, EventPattern: JSON.stringify({ detail: { rule: [rule] } }) });
    const Arn = `arn:aws:sqs:${REGION}:${ACCOUNT}:target`;
    await service.putTargets(REGION, Name, [{ Id: 'target', Arn }]);
  }
  commits = 0;
  const startedAtMs = performance.now();
  const lastDelivered = new Promise<void>((resolve) => (allDelivered = resolve));
  let next = 0;
  await Promise.all(
    Array.from({ length: windowSize }, async () => {
      while (next < eventsCount) {
        const number = next++;
        const Detail = JSON.stringify({ rule: number % rulesCount, number, text: 'x'.repeat(200) });
        const [result] = await service.putEvents(REGION, [{ Source: 'bench', DetailType: 'Bench', Detail }]);
        if (result?.EventId === undefined) throw new Error(`Not acknowledged: ${JSON.stringify(result)}`);
      }
    }),
  );
  const acknowledgedMs = performance.now() - startedAtMs;
  await lastDelivered;
  await service.close(); // the ends of the last attempts are written
  const deliveredMs = performance.now() - startedAtMs;
  const bytes = statSync(file).size + statSync(`${file}-wal`).size;
  const count = (status: string): number =>
    Number(
      database.prepare('SELECT count(*) AS count FROM event_deliveries WHERE status = ?').get(status)?.[
        'count'
      ],
    );
  if (count('delivered') !== eventsCount || count('pending') !== 0)
    throw new Error(`${count('delivered')} of ${eventsCount} events were delivered.`);
  database.close();
  return {
    acknowledgedPerSecond: eventsCount / (acknowledgedMs / 1000),
    deliveredPerSecond: eventsCount / (deliveredMs / 1000),
    commits,
    bytes,
  };
}

console.log(`${eventsCount} events, ${windowSize} requests at a time, ${rounds} rounds after one to warm up`);
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
for (const [spread, rulesCount] of Object.entries(SPREADS)) {
  const results: (Round & { raw: number })[] = [];
  for (let round = 0; round <= rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'));
    try {
      const durable = await durableEvents(folder, rulesCount);
      if (round > 0)
        results.push({ ...durable, raw: appendsPerSecond(folder, { ...durable, entries: eventsCount }) }); // the first warms up
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const line = (name: string, digits: number, value: (result: Round & { raw: number }) => number) => {
    const values = results.map(value);
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    const [min, max] = [Math.min(...values), Math.max(...values)].map((one) => one.toFixed(digits));
    console.log(`  ${name.padEnd(22)} ${mean.toFixed(digits)} (${min} to ${max})`);
  };
  console.log(`events ${spread}`);
  line('acknowledged/s', 0, ({ acknowledgedPerSecond }) => acknowledgedPerSecond);
  line('delivered/s', 0, ({ deliveredPerSecond }) => deliveredPerSecond);
  line('raw append+fsync/s', 0, ({ raw }) => raw);
  line('ratio', 3, ({ deliveredPerSecond, raw }) => deliveredPerSecond / raw);
  line('events/commit', 1, ({ commits }) => eventsCount / commits);
}
