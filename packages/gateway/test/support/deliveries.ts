import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
  createEventService,
  type InvocationOutcome,
  type RunningEventService,
  type Target,
  type TargetInvoker,
} from '@riposte/events';
import { Database, SqliteEventStore, SqliteSchedulerStore } from '@riposte/store-sqlite';
import { SimulatedClock } from '@riposte/testkit';
import { ACCOUNT, countingIds, openWorld, REGION, type World } from './world.ts';

const PATTERN = '{"source":["app"]}';

export interface Deliveries extends World {
  events: RunningEventService;
  clock: SimulatedClock;
  reports: string[];
  /** Puts an event on the default bus. */
  put(simulated?: boolean): Promise<string>;
  /** A rule with one target. */
  rule(name: string, target: Omit<Target, 'Id'>, EventBusName?: string): Promise<void>;
  /** Lets everything happen that is due by then. */
  pass(ms: number): Promise<void>;
  /** From now on the server dies when a target was reached, before that is written down. */
  dieAfterTargets(): void;
  /** All that was in memory is gone; deliveries go on from the disk. */
  rise(): Promise<void>;
}

/** The real events room over the real gateway, with time in the test's hands. */
export async function openDeliveries(t: TestContext): Promise<Deliveries> {
  const clock = new SimulatedClock(Date.parse('2026-11-23T06:00:00Z'));
  const world = openWorld(t, { clock });
  const database = new Database(':memory:');
  t.after(() => database.close());
  const ids = countingIds();
  const reports: string[] = [];
  const open = (invoker: TargetInvoker): RunningEventService =>
    createEventService({
      store: new SqliteEventStore(database),
      schedulerStore: new SqliteSchedulerStore(database),
      clock,
      ids,
      account: ACCOUNT,
      invoker,
      report: (report) => reports.push(JSON.stringify(report)),
    });
  let dies = false;
  let underWay = 0;
  /** A target that never answers must fail a test, not hang it. */
  let patienceTurns = 2000;
  const reached = async (outcome: Promise<InvocationOutcome>) => {
    underWay += 1;
    await outcome;
    underWay -= 1;
    return dies ? new Promise<never>(() => {}) : outcome;
  };
  const use = async (): Promise<void> => {
    const { targetInvoker } = world.gateway;
    deliveries.events = open({
      invoke: (invocation) => reached(targetInvoker.invoke(invocation)),
      sendDeadLetter: (message) => reached(targetInvoker.sendDeadLetter(message)),
    });
    world.rooms.events = deliveries.events;
    await deliveries.events.start();
  };
  const deliveries: Deliveries = Object.assign(world, {
    events: undefined as never, // set by use, below
    clock,
    reports,
    async put(simulated = false) {
      const event = { source: 'app', 'detail-type': 'Key exposed', detail: { n: 1 } };
      return (await deliveries.events.injectEvent(REGION, event, { simulated })).eventId;
    },
    async rule(name: string, target: Omit<Target, 'Id'>, EventBusName = 'default') {
      await world.call('events', 'PutRule', { Name: name, EventPattern: PATTERN, EventBusName });
      const Targets = [{ Id: 't', ...target }];
      const put = await world.call('events', 'PutTargets', { Rule: name, EventBusName, Targets });
      assert.deepEqual(put, { FailedEntryCount: 0, FailedEntries: [] });
    },
    pass: (ms: number) => clock.advanceBy(ms, { isBusy: () => underWay > 0 && patienceTurns-- > 0 }),
    dieAfterTargets() {
      dies = true;
    },
    async rise() {
      dies = false;
      world.restart();
      await use();
    },
  });
  await use();
  return deliveries;
}
