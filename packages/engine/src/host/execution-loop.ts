import type { Machine, Signal } from '@riposte/asl';
import type { Interpreter } from '../interpreter.ts';
import type { Clock } from '../ports/clock.ts';
import type { Execution } from '../ports/executions.ts';
import type { Ids } from '../ports/ids.ts';
import type { Claim, EffectKind, NewExecution, ParkedEffect, Store, Transition } from '../ports/store.ts';
import { activityArnsIn } from '../arn.ts';
import type { CommitGroup } from './commit-group.ts';
import { environmentAt } from './environment.ts';
import {
  advance,
  contextOf,
  newLiveExecution,
  reopen,
  toLiveExecution,
  type LiveExecution,
  type Redrive,
} from './live-execution.ts';
import type { ExpressionThreads } from './expression-threads.ts';
import { childNoticeAt } from './status-changes.ts';
import { noticesOf, orphansOf } from './step-notices.ts';
import type { LruMap } from './lru-map.ts';
import { toTransition } from './transition.ts';

/** What a delivery wants of an execution, decided when its turn has come. */
export type Opening<T> =
  | {
      signal: Signal;
      /** Set when the execution is not stored yet. */
      created?: NewExecution;
      consumes?: string;
      parks?: ParkedEffect;
      /** Opens the execution again first. */
      redrive?: Redrive;
      reply: (execution: Execution) => T;
    }
  /** Nothing happens. The answer may throw. */
  | { answer: () => T };

type Open<T> = (live: LiveExecution | undefined) => Opening<T> | Promise<Opening<T>>;

/** A transition that is on disk, and whose it is. */
export interface Committed {
  execution: Execution;
  transition: Transition;
}

export interface LoopOptions {
  store: Store;
  commits: CommitGroup;
  cache: LruMap<string, LiveExecution>;
  clock: Clock;
  ids: Ids;
  expressions: Pick<ExpressionThreads, 'evaluate'>;
  interpreter: Interpreter;
  machineOf: (definition: string) => Machine;
  /** Reserves a slot for a task that is about to be handed out, or a Map Run. */
  claim: (kind: EffectKind) => Claim | undefined;
  /** Takes a reservation back whose commit did not come about. */
  unclaim: (kind: EffectKind) => void;
  committed: (committed: Committed) => void;
  /** Whether changes of status are told outside. */
  tellsStatus: boolean;
  /** Whether there is a place for logs. */
  tellsLogs: boolean;
}

interface Delivery {
  open: Open<unknown>;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

interface Step {
  transition: Transition;
  committed: Committed;
}

interface Answer {
  delivery: Delivery;
  /** Absent when the delivery changed nothing. */
  step?: Step;
  settle: () => void;
}

/**
 * Takes signals to executions: one after the other for each execution, all executions side by side.
 *
 * L1 Nobody is answered and nothing is handed out before the transition is on disk.
 * L2 What is refused as stale is decided again on a fresh load.
 * L3 Signals that wait for the same execution form one chain of transitions in one commit.
 */
export class ExecutionLoop {
  readonly #options: LoopOptions;
  readonly #mailboxes = new Map<string, Delivery[]>();
  readonly #namedActivities = new WeakMap<Machine, readonly string[]>();
  #isClosed = false;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  get isQuiet(): boolean {
    return this.#mailboxes.size === 0;
  }

  /**
   * @param open called when it is this delivery's turn, again after a stale commit
   * @returns the reply, once what it tells is on disk; rejects when the store or the interpreter fails, and then
   *   nothing of the delivery was applied
   */
  deliver<T>(executionArn: string, open: Open<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Error('The engine is closed.'));
    return new Promise<T>((resolve, reject) => {
      // resolve is called with what `open`'s reply returned, which is a T
      const delivery: Delivery = { open, resolve: resolve as (value: unknown) => void, reject };
      const mailbox = this.#mailboxes.get(executionArn);
      if (mailbox) mailbox.push(delivery);
      else {
        this.#mailboxes.set(executionArn, [delivery]);
        // a turn later, so that what arrives together becomes one chain
        queueMicrotask(() => void this.#drain(executionArn));
      }
    });
  }

  /** Takes no more deliveries; those taken are brought to their end. */
  close(): void {
    this.#isClosed = true;
  }

  async #drain(executionArn: string): Promise<void> {
    for (;;) {
      let waiting = this.#mailboxes.get(executionArn)?.splice(0) ?? [];
      if (waiting.length === 0) break;
      while (waiting.length > 0) waiting = await this.#attempt(executionArn, waiting);
    }
    this.#mailboxes.delete(executionArn);
  }

  /** @returns the deliveries that must be tried again */
  async #attempt(executionArn: string, deliveries: Delivery[]): Promise<Delivery[]> {
    const { cache } = this.#options;
    const steps: Step[] = [];
    try {
      let live = cache.get(executionArn) ?? (await this.#load(executionArn));
      const answers: Answer[] = [];
      for (const delivery of deliveries) {
        const { answer, after } = await this.#decide(delivery, live);
        answers.push(answer);
        if (answer.step) steps.push(answer.step);
        live = after;
      }
      const appliedCount = await this.#commit(steps);
      if (appliedCount < steps.length || live?.execution.status !== 'RUNNING') cache.delete(executionArn);
      else cache.set(executionArn, live);
      return this.#settle(answers, steps.slice(appliedCount));
    } catch (error) {
      cache.delete(executionArn);
      this.#unclaim(steps);
      for (const { reject } of deliveries) reject(error);
      return [];
    }
  }

  async #load(executionArn: string): Promise<LiveExecution | undefined> {
    const stored = await this.#options.store.load(executionArn);
    return stored && toLiveExecution(stored);
  }

  async #decide(
    delivery: Delivery,
    live: LiveExecution | undefined,
  ): Promise<{ answer: Answer; after: LiveExecution | undefined }> {
    try {
      const opening = await delivery.open(live);
      if ('answer' in opening)
        return { answer: { delivery, settle: () => delivery.resolve(opening.answer()) }, after: live };
      const target = live ?? newLiveExecution(opening.created!); // a signal to what is not stored creates it
      const step = await this.#step(target, opening);
      const { execution } = target;
      return {
        answer: { delivery, step, settle: () => delivery.resolve(opening.reply(execution)) },
        after: target,
      };
    } catch (error) {
      return { answer: { delivery, settle: () => delivery.reject(error) }, after: live };
    }
  }

  async #step(
    live: LiveExecution,
    { signal, created, consumes, parks, redrive }: Extract<Opening<unknown>, { signal: Signal }>,
  ): Promise<Step> {
    const { interpreter, clock, ids, expressions, machineOf, claim, tellsStatus } = this.#options;
    if (redrive) reopen(live, redrive);
    const machine = machineOf(live.execution.definition);
    const activities = await this.#activitiesOf(machine, live.execution.definition);
    const nowMs = clock.now();
    const decision = await interpreter.step(
      machine,
      contextOf(live.execution),
      { records: live.records, nextEventId: live.nextEventId },
      signal,
      environmentAt(nowMs, ids, expressions, activities),
    );
    const decided = toTransition(live, decision, {
      nowMs,
      claim,
      endsAs: signal.type === 'map-run-succeeded' ? 'SUCCEEDED' : 'FAILED',
      ...(created && { created }),
      ...(consumes !== undefined && { consumes }),
      ...(parks && { parks }),
      ...(redrive && { redrive }),
      ...(tellsStatus && { childNotice: childNoticeAt(nowMs) }),
    });
    const orphans = orphansOf(live, decided);
    const before = live.execution;
    advance(live, decided, decision.changes);
    const transition = {
      ...decided,
      notices: [
        ...noticesOf(
          { before, after: live.execution, nowMs, isOpened: (created ?? redrive) !== undefined },
          decided.events,
          this.#options,
        ),
        ...orphans.map((orphan) => ({ kind: 'orphan' as const, body: JSON.stringify(orphan) })),
      ],
    };
    return { transition, committed: { execution: live.execution, transition } };
  }

  /** Of the activities that a definition names, those that exist now. */
  async #activitiesOf(machine: Machine, definition: string): Promise<Set<string>> {
    let named = this.#namedActivities.get(machine);
    if (!named) this.#namedActivities.set(machine, (named = activityArnsIn(definition)));
    const found = new Set<string>();
    for (const arn of named) if (await this.#options.store.resource(arn)) found.add(arn);
    return found;
  }

  /** @returns how many of the chain were applied: a stale one makes all that follow stale */
  async #commit(steps: readonly Step[]): Promise<number> {
    if (steps.length === 0) return 0;
    const { commits, committed } = this.#options;
    let next = 0;
    const results = await commits.add(
      steps.map(({ transition }) => transition),
      () => committed(steps[next++]!.committed), // called once for each that was applied, in order
    );
    const stale = results.indexOf('stale');
    if (stale === -1) return steps.length;
    this.#unclaim(steps.slice(stale));
    return stale;
  }

  #settle(answers: readonly Answer[], stale: readonly Step[]): Delivery[] {
    const firstStale = answers.findIndex(({ step }) => step !== undefined && stale.includes(step));
    const settled = firstStale === -1 ? answers : answers.slice(0, firstStale);
    for (const { delivery, settle } of settled) {
      try {
        settle();
      } catch (error) {
        delivery.reject(error);
      }
    }
    return answers.slice(settled.length).map(({ delivery }) => delivery);
  }

  #unclaim(steps: readonly Step[]): void {
    for (const { transition } of steps)
      for (const { kind, claim } of transition.effects) if (claim) this.#options.unclaim(kind);
  }
}
