import {
  childInputs,
  MapRunFailure,
  parseJson,
  TOLERANCE_EXCEEDED,
  type ChildInput,
  type Environment,
  type Machine,
  type MapRunPlan,
} from '@riposte/asl';
import { childExecutionArn, parseExecutionArn } from '../arn.ts';
import type { Retries } from '../host/retries.ts';
import { mapRunEnded } from '../host/signals.ts';
import type { Execution } from '../ports/executions.ts';
import type { Ids } from '../ports/ids.ts';
import type { Item, ItemStatus, MapRun, NewItem } from '../ports/map-runs.ts';
import type { ObjectStorage, ObjectStorageCaller } from '../ports/object-storage.ts';
import { StoreUnavailable } from '../ports/store-unavailable.ts';
import { Children, type ChildrenOptions } from './children.ts';
import { ExpressChildren } from './express-children.ts';
import type { ExpressSlots } from './express-slots.ts';
import type { HeldObjects } from './held-objects.ts';
import { ITEMS_PER_ROUND, itemPages } from './item-pages.ts';
import { itemSource } from './item-source.ts';
import { writeItems } from './item-writing.ts';
import type { ReaderProcesses } from './reader-processes.ts';
import type { ReadingLimits } from './reading-limits.ts';
import { resultOf } from './results.ts';
import { stopChildren } from '../host/stop-children.ts';
import { isThresholdExceeded } from './threshold.ts';

export interface MapRunWorkOptions extends ChildrenOptions {
  ids: Ids;
  objectStorage: ObjectStorage | undefined;
  readingLimits: ReadingLimits;
  machineOf: (definition: string) => Machine;
  environmentAt: (nowMs: number) => Environment;
  retries: Retries;
  expressSlots: ExpressSlots;
  heldObjects: HeldObjects;
  readerProcesses: ReaderProcesses;
  report: (error: unknown) => void;
}

/** What does not change while a Map Run is carried out. */
interface Known {
  plan: MapRunPlan;
  parent: Execution;
  children: Children;
}

/**
 * Carries out one Map Run. It keeps nothing in mind that it could not do without: each round begins with what the store
 * says, so that it goes on after a crash as after a round.
 *
 * R1 No child starts before all items are on disk.
 * R2 No more children run than MaxConcurrency allows at the beginning of the round.
 * R3 The execution is told of the end only when no child runs any more.
 */
export class MapRunWork {
  readonly #options: MapRunWorkOptions;
  readonly #mapRunArn: string;
  readonly #over: () => void;
  #abort = new AbortController();
  readonly #express: ExpressChildren;
  #known: Known | undefined;
  #isWoken = false;
  #isAtWork = false;
  #isOver = false;
  #isClosed = false;

  constructor(options: MapRunWorkOptions, mapRunArn: string, over: () => void) {
    this.#options = options;
    this.#mapRunArn = mapRunArn;
    this.#over = over;
    const { store, clock, retries, expressSlots: slots } = options;
    this.#express = new ExpressChildren(
      { store, clock, retries, slots, changed: () => this.wake() },
      mapRunArn,
    );
  }

  /** Something has changed: looks what is to be done. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#isAtWork) void this.#work();
  }

  /** Nobody waits for what is being read or written. */
  abort(): void {
    this.#abort.abort();
  }

  close(): void {
    this.#isClosed = true;
    this.#express.close();
    this.#abort.abort();
  }

  async #work(): Promise<void> {
    this.#isAtWork = true;
    // also after the last round: a redrive during it began another
    while (this.#isWoken && !this.#isClosed) {
      this.#isWoken = false;
      await this.#options.retries.untilDone(async () => {
        this.#isOver = await this.#round();
      });
    }
    this.#isAtWork = false;
    if (this.#isOver) this.#express.close();
    this.#options.expressSlots.offer();
    if (this.#isOver) this.#over();
  }

  /** @returns whether nothing is left to do for this Map Run */
  async #round(): Promise<boolean> {
    const mapRun = await this.#options.store.mapRun(this.#mapRunArn);
    if (!mapRun) return true;
    if (mapRun.status !== 'RUNNING') {
      await stopChildren(this.#options, mapRun);
      return this.#express.size === 0;
    }
    if (this.#abort.signal.aborted) this.#abort = new AbortController(); // redriven meanwhile
    switch (mapRun.phase) {
      case 'READING':
        return this.#read(mapRun);
      case 'RUNNING':
        return isThresholdExceeded(mapRun) ? this.#giveUp(mapRun) : this.#run(mapRun);
      case 'STOPPING':
        return this.#stop(mapRun);
    }
  }

  async #read(mapRun: MapRun): Promise<boolean> {
    try {
      await this.#writeItems(mapRun);
    } catch (error) {
      return this.#failed(mapRun, error);
    }
    return this.#again();
  }

  async #writeItems(mapRun: MapRun): Promise<void> {
    const { store, machineOf, environmentAt, clock } = this.#options;
    const { objectStorage: storage, readingLimits: limits } = this.#options;
    const { heldObjects: held, readerProcesses: processes } = this.#options;
    const { plan, parent } = await this.#knownOf(mapRun);
    const { caller, signal } = this.#caller(mapRun, plan, parent);
    const source = itemSource(plan, { storage, limits, held, processes, caller, signal });
    const inputs = childInputs(machineOf(parent.definition), plan, source, () => environmentAt(clock.now()));
    const newItem = ({ input, itemCount }: ChildInput, index: number): NewItem => ({
      index,
      input,
      itemCount,
      executionArn: this.#childArn(mapRun),
    });
    await writeItems(store, this.#mapRunArn, inputs, newItem, signal);
  }

  #childArn({ mapRunArn, executionType }: MapRun): string {
    const { ids } = this.#options;
    return childExecutionArn(mapRunArn, executionType, ids.uuid(), ids.uuid());
  }

  /** Starts as many children as there is room for, or tells the end. */
  async #run(mapRun: MapRun): Promise<boolean> {
    const { counts, maxConcurrency, executionType } = mapRun;
    const running = counts.RUNNING?.executions ?? 0;
    const { children } = await this.#knownOf(mapRun);
    const isExpress = executionType === 'EXPRESS';
    if (isExpress && running > this.#express.size) await this.#express.startAgain(children);
    const waiting = (counts.PENDING?.executions ?? 0) + (counts.PENDING_REDRIVE?.executions ?? 0);
    if (running === 0 && waiting === 0) return this.#succeed(mapRun);
    const wanted = Math.min(maxConcurrency - running, waiting, ITEMS_PER_ROUND);
    if (wanted <= 0) return false;
    const room = isExpress ? this.#express.room(wanted) : wanted;
    if (room === 0) return false;
    const statuses: ItemStatus[] = ['PENDING', 'PENDING_REDRIVE'];
    const items = await this.#options.store.items(this.#mapRunArn, { statuses, limit: room });
    if (isExpress) await this.#express.start(items, children);
    else await Promise.all(items.map((item) => children.startStandard(item)));
    return this.#again();
  }

  async #giveUp(mapRun: MapRun): Promise<boolean> {
    await this.#options.store.changeMapRun(this.#mapRunArn, { phase: 'STOPPING' });
    return this.#stop(mapRun);
  }

  async #stop(mapRun: MapRun): Promise<boolean> {
    if ((mapRun.counts.RUNNING?.executions ?? 0) > 0) {
      await stopChildren(this.#options, mapRun);
      // the end of the last one brings the next round
      const { counts } = (await this.#options.store.mapRun(this.#mapRunArn)) ?? mapRun;
      if ((counts.RUNNING?.executions ?? 0) > 0) return false;
    }
    const { plan } = await this.#knownOf(mapRun);
    if (plan.writer?.bucket !== undefined) {
      try {
        await this.#result(mapRun);
      } catch (error) {
        if (!(error instanceof MapRunFailure)) throw error; // the threshold is what is told
      }
    }
    return this.#fail(mapRun, new MapRunFailure(TOLERANCE_EXCEEDED.error, TOLERANCE_EXCEEDED.cause));
  }

  async #succeed(mapRun: MapRun): Promise<boolean> {
    try {
      return await this.#tell(mapRun, { output: await this.#result(mapRun) });
    } catch (error) {
      return this.#failed(mapRun, error);
    }
  }

  /** What the store refuses is tried again; what else goes wrong fails the run, or it would hang on it. */
  async #failed(mapRun: MapRun, error: unknown): Promise<boolean> {
    if (error instanceof MapRunFailure) return this.#fail(mapRun, error);
    if (error instanceof StoreUnavailable || this.#isClosed) throw error;
    if (this.#abort.signal.aborted) return this.#again(); // what was aborted may fail in any way
    this.#options.report(error);
    return this.#fail(mapRun, new MapRunFailure('States.Runtime', String(error)));
  }

  async #result(mapRun: MapRun): Promise<string> {
    const { plan, parent } = await this.#knownOf(mapRun);
    const { objectStorage: storage } = this.#options;
    return resultOf(mapRun, plan, this.#items(), { storage, ...this.#caller(mapRun, plan, parent) });
  }

  #fail(mapRun: MapRun, { error, message: cause }: MapRunFailure): Promise<boolean> {
    return this.#tell(mapRun, { error, cause });
  }

  /** The transition that takes this up ends the Map Run too. */
  async #tell(mapRun: MapRun, end: Parameters<typeof mapRunEnded>[1]): Promise<boolean> {
    await this.#options.loop.deliver(mapRun.executionArn, mapRunEnded(mapRun, end));
    return true;
  }

  #again(): boolean {
    this.#isWoken = true;
    return false;
  }

  async *#items(): AsyncIterable<Item> {
    for await (const page of itemPages(this.#options.store, this.#mapRunArn)) yield* page;
  }

  async #knownOf(mapRun: MapRun): Promise<Known> {
    if (this.#known) return this.#known;
    const { store } = this.#options;
    const text = await store.mapRunPlan(this.#mapRunArn);
    const parent = await store.describe(mapRun.executionArn);
    if (text === undefined || !parent) throw new Error(`The store has lost the Map Run ${this.#mapRunArn}.`);
    const plan = parseJson(text) as unknown as MapRunPlan; // written by mapRunChanges
    const children = new Children(this.#options, mapRun, parent, plan.stateName);
    return (this.#known = { plan, parent, children });
  }

  /** Calls to buckets are those of the Map state, with its execution's role. */
  #caller(
    { effectId }: MapRun,
    { stateName, enteredEventId }: MapRunPlan,
    parent: Execution,
  ): { caller: ObjectStorageCaller; signal: AbortSignal } {
    const { executionArn, name, stateMachineArn, roleArn, origin } = parent;
    const attempt = Number(/\.(\d+)$/.exec(effectId)?.[1] ?? 1);
    return {
      caller: {
        step: {
          executionArn,
          executionName: name,
          stateMachineArn,
          simulated: origin.simulated,
          stateName,
          visit: enteredEventId,
          attempt,
          taskId: `${executionArn}#${effectId}`,
        },
        roleArn,
        region: parseExecutionArn(executionArn).region,
      },
      signal: this.#abort.signal,
    };
  }
}
