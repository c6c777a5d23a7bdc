import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Ids } from '@riposte/engine';
import {
  createEventService,
  type EventReport,
  type InvocationOutcome,
  type RunningEventService,
  type TargetInvocation,
} from '@riposte/events';
import { Database, SqliteEventStore } from '@riposte/store-sqlite';
import { SimulatedClock } from './simulated-clock.ts';

export const REGION = 'us-east-1';
export const ACCOUNT = '111122223333';
export const START_MS = Date.UTC(2026, 0, 31, 12, 0, 0);

type Answer = (invocation: TargetInvocation) => InvocationOutcome | Promise<InvocationOutcome>;

/** An event service over a real SQLite file, with time, chance and targets in the test's hands. */
export class World {
  readonly clock: SimulatedClock;
  readonly ids: Ids;
  readonly invocations: TargetInvocation[] = [];
  readonly reports: EventReport[] = [];
  readonly folder: string;
  answer: Answer = () => ({ kind: 'delivered' });
  uniform = 0.5;
  service!: RunningEventService; // set by open, which the constructor calls
  store!: SqliteEventStore; // likewise
  #database!: Database; // likewise
  #uuids = 0;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'riposte-events-'));
    this.clock = new SimulatedClock(START_MS);
    this.ids = {
      uuid: () => `00000000-0000-4000-8000-${String((this.#uuids += 1)).padStart(12, '0')}`,
      secret: () => 'secret',
      uniform: () => this.uniform,
    };
    this.open();
  }

  open(): void {
    this.#database = new Database(join(this.folder, 'riposte.db'));
    this.store = new SqliteEventStore(this.#database);
    this.service = createEventService({
      store: this.store,
      clock: this.clock,
      ids: this.ids,
      account: ACCOUNT,
      invoker: {
        invoke: async (invocation) => {
          this.invocations.push(invocation);
          return this.answer(invocation);
        },
      },
      report: (report) => this.reports.push(report),
    });
  }

  /** The process is gone from one moment to the next: nothing is finished, nobody says good-bye. */
  crash(): void {
    this.#database.close();
  }

  async dispose(): Promise<void> {
    const closed = this.service.close();
    await this.pass(10_000); // close waits a little for attempts that hang
    await closed;
    this.#database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  }

  /** Moves time by `ms`, stopping wherever somebody waits. */
  async pass(ms: number): Promise<void> {
    const endMs = this.clock.now() + ms;
    await this.settle();
    for (let next = this.clock.nextMs(); next !== undefined && next <= endMs; next = this.clock.nextMs()) {
      this.clock.moveTo(next);
      await this.settle();
    }
    this.clock.moveTo(endMs);
    await this.settle();
  }

  /** A rule with one target that can be told by its name. */
  async rule(name: string, pattern: unknown, target: Record<string, unknown> = {}): Promise<string> {
    const { RuleArn } = await this.service.putRule(REGION, {
      Name: name,
      EventPattern: JSON.stringify(pattern),
    });
    const failed = await this.service.putTargets(REGION, name, [
      { Id: 'target', Arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`, ...target },
    ]);
    if (failed.length > 0) throw new Error(failed[0]?.ErrorMessage);
    return RuleArn;
  }

  async put(detailType: string, detail: unknown = {}): Promise<string> {
    const [result] = await this.service.putEvents(REGION, [
      { Source: 'test', DetailType: detailType, Detail: JSON.stringify(detail) },
    ]);
    if (!result?.EventId) throw new Error(result?.ErrorMessage);
    return result.EventId;
  }
}

/** Runs a test in a world of its own. */
export function inWorld(test: (world: World) => Promise<void>): () => Promise<void> {
  return async () => {
    const world = new World();
    try {
      await test(world);
    } finally {
      await world.dispose();
    }
  };
}
