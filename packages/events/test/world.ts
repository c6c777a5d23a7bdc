import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ids } from '@riposte/engine';
import {
  createEventService,
  type DeadLetterMessage,
  type EventReport,
  type EventStore,
  type InvocationOutcome,
  type Retention,
  type RunningEventService,
  type TargetInvocation,
} from '@riposte/events';
import { Database, SqliteEventStore, SqliteSchedulerStore } from '@riposte/store-sqlite';
import { seededIds, SimulatedClock } from '@riposte/testkit';

export const REGION = 'us-east-1';
export const ACCOUNT = '111122223333';
export const START_MS = Date.UTC(2026, 0, 31, 12, 0, 0);

type Answer = (invocation: TargetInvocation) => InvocationOutcome | Promise<InvocationOutcome>;

/** An event service over a real SQLite file, with time, chance and targets in the test's hands. */
export class World {
  readonly clock = new SimulatedClock(START_MS);
  readonly ids: Ids = { ...seededIds(1), uniform: () => this.uniform };
  readonly invocations: TargetInvocation[] = [];
  readonly deadLetters: DeadLetterMessage[] = [];
  readonly reports: EventReport[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'riposte-events-'));
  answer: Answer = () => ({ kind: 'delivered' });
  /** Of the dead-letter queue. */
  answerOfQueue: () => InvocationOutcome | Promise<InvocationOutcome> = () => ({ kind: 'delivered' });
  retention: Retention | undefined;
  watch = false;
  uniform = 0.5;
  /** Called after each commit, before anybody is answered. */
  onCommitted: () => void = () => undefined;
  service!: RunningEventService; // set by open, which the constructor calls
  store!: EventStore; // likewise
  #database!: Database; // likewise
  #storeCalls = 0;

  constructor() {
    this.open();
  }

  open(): void {
    this.#database = new Database(join(this.folder, 'riposte.db'), () => this.onCommitted());
    this.store = this.#counting(new SqliteEventStore(this.#database));
    this.service = createEventService({
      store: this.store,
      schedulerStore: this.#counting(new SqliteSchedulerStore(this.#database)),
      clock: this.clock,
      ids: this.ids,
      account: ACCOUNT,
      watch: this.watch,
      ...(this.retention && { retention: this.retention }),
      invoker: {
        invoke: async (invocation) => {
          this.invocations.push(invocation);
          return this.answer(invocation);
        },
        sendDeadLetter: async (message) => {
          this.deadLetters.push(message);
          return this.answerOfQueue();
        },
      },
      report: (report) => this.reports.push(report),
    });
  }

  /** Begins anew with what was changed of the world. */
  reopen(): void {
    this.crash();
    this.open();
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

  /** Another hand writes into the file. */
  alter(statement: string): void {
    this.#database.migrate(statement);
  }

  /** What is on disk in a table. */
  rows(table: string): unknown[] {
    return this.#database.prepare(`SELECT * FROM ${table}`).all();
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    await this.pass(0);
  }

  /** Moves time, and lets everything happen that is due on the way. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceBy(ms, { isBusy: () => this.#storeCalls > 0 });
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

  /** The store, with the calls counted that are not answered yet. */
  #counting<Store extends object>(store: Store): Store {
    return new Proxy(store, {
      get: (target, name: keyof Store & string) => {
        // every member of the ports is a method that returns a promise
        const method = target[name] as (...given: unknown[]) => Promise<unknown>;
        return async (...given: unknown[]): Promise<unknown> => {
          this.#storeCalls += 1;
          try {
            return await method.apply(target, given);
          } finally {
            this.#storeCalls -= 1;
          }
        };
      },
    });
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
