import type { Execution, ExecutionChange } from '../ports/executions.ts';
import type { ExecutionLogs } from '../ports/execution-logs.ts';
import type { StatusChangePublisher } from '../ports/status-changes.ts';
import type { Effect, EffectKind, NewEffect, Notice, NoticeKind } from '../ports/store.ts';
import type { TaskOutcome, TaskRunner } from '../ports/tasks.ts';
import { unknownChild, whatIsAwaited } from './awaited-end.ts';
import { childOutcome, type Orphan } from './child-executions.ts';
import { CommitGroup } from './commit-group.ts';
import { DueWork } from './due-work.ts';
import { ExecutionLoop, type Committed, type LoopOptions } from './execution-loop.ts';
import { writeLogs } from './execution-log-notices.ts';
import type { LiveExecution } from './live-execution.ts';
import { LruMap } from './lru-map.ts';
import { Outbox } from './outbox.ts';
import { LeaseRenewal } from './lease-renewal.ts';
import { MapRuns } from '../map-runs/map-runs.ts';
import type { ReadingLimits } from '../map-runs/reading-limits.ts';
import { stopChildOf, stopLeftChildren } from './stop-children.ts';
import type { ExpressExecutions } from '../express.ts';
import type { ObjectStorage } from '../ports/object-storage.ts';
import type { Environment } from '@riposte/asl';
import type { Retries } from './retries.ts';
import { settleOverdue } from './recovery.ts';
import { takenUp, taskAnswered, taskSubmitted, timerFired } from './signals.ts';
import { publishAll } from './status-changes.ts';
import { resourceOf, TaskDispatch } from './task-dispatch.ts';

/** What takes longer to settle than this does not keep the server from its other work. */
const SETTLING_MS_MAX = 10_000;

export interface WorkOptions extends Pick<
  LoopOptions,
  'ids' | 'expressions' | 'interpreter' | 'machineOf' | 'store' | 'clock'
> {
  taskRunner: TaskRunner;
  objectStorage: ObjectStorage | undefined;
  express: ExpressExecutions;
  environmentAt: (nowMs: number) => Environment;
  /** Names this host in leases. */
  worker: string;
  tasksMax: number;
  mapRunsMax: number;
  expressChildrenMax: number;
  readingLimits: ReadingLimits;
  executionsCachedMax: number;
  leaseMs: number;
  statusChanges: StatusChangePublisher | undefined;
  logs: ExecutionLogs | undefined;
  retries: Retries;
  /** The task of an activity is on disk. */
  activityTaskScheduled: (activityArn: string) => void;
  /** Nobody waits for the end of this execution any more. */
  stop: (executionArn: string) => Promise<unknown>;
  changed: (change: ExecutionChange) => void;
  /** An execution of this machine has ended. */
  ended: (stateMachineArn: string) => void;
  report: (error: unknown) => void;
}

/**
 * What executions cause and wait for: follows every commit with the tasks, timers and ends that it brought about,
 * and takes their answers back to the executions.
 */
export class Work {
  readonly loop: ExecutionLoop;
  readonly mapRuns: MapRuns;
  readonly #options: WorkOptions;
  readonly #leases: LeaseRenewal;
  readonly #tasks: TaskDispatch;
  readonly #due: DueWork;
  readonly #outboxes = new Map<NoticeKind, Outbox>();
  readonly #orphans: Outbox;
  readonly #overdueSettled = Promise.withResolvers<void>();
  /** Work is handed out. */
  #isOpen = false;
  #isClosed = false;

  constructor(options: WorkOptions) {
    const { store, clock, worker, retries, statusChanges, logs } = options;
    this.#options = options;
    this.loop = new ExecutionLoop({
      ...options,
      commits: new CommitGroup(store),
      cache: new LruMap<string, LiveExecution>(options.executionsCachedMax),
      claim: (kind) => (this.#isOpen ? this.#slotsOf(kind)?.reserve() : undefined),
      unclaim: (kind) => this.#slotsOf(kind)?.unreserve(),
      committed: (committed) => this.#committed(committed),
      tellsStatus: statusChanges !== undefined,
      tellsLogs: logs !== undefined,
    });
    if (statusChanges)
      this.#outboxes.set(
        'status',
        new Outbox({
          store,
          retries,
          kind: 'status',
          take: (notices) => publishAll(store, statusChanges, notices),
        }),
      );
    if (logs)
      this.#outboxes.set(
        'log',
        new Outbox({ store, retries, kind: 'log', take: (notices) => writeLogs(store, logs, notices) }),
      );
    this.#orphans = new Outbox({
      store,
      retries,
      kind: 'orphan',
      take: (notices) => this.#stopOrphans(notices),
    });
    this.#outboxes.set('orphan', this.#orphans);
    const leases = new LeaseRenewal({
      ...options,
      extend: (claim) => store.extend(claim),
      isHolding: () => this.#tasks.isHolding || this.mapRuns.isHolding,
    });
    this.#leases = leases;
    this.#tasks = new TaskDispatch({
      ...options,
      leases,
      runner: options.taskRunner,
      answered: (execution, effect, outcome) => this.#taskAnswered(execution, effect, outcome),
      slotFreed: () => this.#due.slotFreed(),
    });
    this.mapRuns = new MapRuns({
      ...options,
      leases,
      loop: this.loop,
      slotFreed: () => this.#due.slotFreed(),
    });
    this.#due = new DueWork({
      store,
      clock,
      worker,
      retries,
      lease: () => leases.lease(),
      free: () =>
        this.#isOpen
          ? { tasks: this.#tasks.freeSlots, mapRuns: this.mapRuns.freeSlots }
          : { tasks: 0, mapRuns: 0 },
      due: (effect) => void this.#becameDue(effect),
    });
  }

  /** Resolves when the deadlines that passed while no server ran are settled: before, nothing is handed out. */
  get overdueSettled(): Promise<void> {
    return this.#overdueSettled.promise;
  }

  /** Takes up what an earlier run left. */
  async start(): Promise<void> {
    for (const outbox of this.#outboxes.values()) outbox.wake();
    await this.#settleOverdue();
    this.#isOpen = !this.#isClosed;
    this.#overdueSettled.resolve();
    await this.#due.claimDue();
  }

  async #settleOverdue(): Promise<void> {
    const { clock } = this.#options;
    const isUp = Promise.withResolvers<void>();
    const disarm = clock.wakeAt(clock.now() + SETTLING_MS_MAX, isUp.resolve);
    const settled = settleOverdue({
      ...this.#options,
      lease: () => this.#leases.lease(),
      fire: ({ executionArn, id }) => this.loop.deliver(executionArn, timerFired(id, clock.now())),
      answerParents: (childArn) => this.#answerParents(childArn),
      orphansStopped: () => this.#orphans.emptied(),
      isClosed: () => this.#isClosed,
    });
    try {
      await Promise.race([settled, isUp.promise]);
    } finally {
      disarm();
    }
  }

  /** Takes up nothing more; what is being decided is brought to its end by the loop. */
  close(): void {
    this.#isClosed = true;
    this.#overdueSettled.resolve();
    this.#due.close();
    this.#tasks.close();
    this.mapRuns.close();
    this.#leases.close();
    this.loop.close();
  }

  /** Before a redrive: nothing of what an execution no longer waits for runs any more. */
  stopLeftChildren(executionArn: string): Promise<void> {
    return stopLeftChildren(this.#options, executionArn);
  }

  async #stopOrphans(notices: readonly Notice[]): Promise<void> {
    for (const { body } of notices) {
      const { executionArn, effectId } = JSON.parse(body) as Orphan; // written by the loop
      await this.#tasks.over(executionArn, effectId); // it may be starting its child at this moment
      await stopChildOf(this.#options, `${executionArn}#${effectId}`, executionArn);
    }
  }

  #slotsOf(kind: EffectKind): TaskDispatch | MapRuns | undefined {
    if (kind === 'task') return this.#tasks;
    return kind === 'map-run' ? this.mapRuns : undefined;
  }

  /** Everything that follows a commit. Must not throw: what is on disk is on disk. */
  #committed({ execution, transition }: Committed): void {
    const { retries, changed, ended } = this.#options;
    const { executionArn, stateMachineArn } = execution;
    const { head, events, effects, consumes, cancelled } = transition;
    if (events.length > 0) changed({ executionArn, stateMachineArn, status: head.status, events });
    for (const { kind } of transition.notices ?? []) this.#outboxes.get(kind)?.wake();
    if (transition.mapRuns?.some((change) => change.type !== 'started')) this.#outboxes.get('status')?.wake(); // of children
    if (consumes !== undefined) this.#tasks.letFinish(executionArn, consumes);
    for (const id of cancelled) this.#tasks.cancel(executionArn, id);
    for (const effect of effects) this.#follow(execution, effect);
    for (const change of transition.mapRuns ?? [])
      if (change.type === 'ended') this.mapRuns.ended(change.mapRunArn);
    if (head.status === 'RUNNING') return;
    this.#tasks.cancelAll(executionArn);
    ended(stateMachineArn);
    if (execution.mapRun) this.mapRuns.changed(execution.mapRun.mapRunArn);
    void retries.untilDone(() => this.#answerParents(executionArn));
  }

  #follow(execution: Execution, effect: NewEffect): void {
    if (effect.kind === 'timer') this.#due.wakeBy(effect.dueAtMs);
    else if (effect.activityArn !== undefined) this.#options.activityTaskScheduled(effect.activityArn);
    else if (effect.mapRunArn !== undefined) {
      if (effect.claim) this.mapRuns.startReserved(effect.mapRunArn);
      else this.#due.workWaits('mapRuns');
    } else if (effect.claim) this.#tasks.startReserved(execution, effect);
    else this.#due.workWaits('tasks');
  }

  async #becameDue(effect: Effect): Promise<void> {
    const { clock, retries } = this.#options;
    const { executionArn, id, kind } = effect;
    if (kind === 'timer')
      return retries.untilDone(() => this.loop.deliver(executionArn, timerFired(id, clock.now())));
    this.#slotsOf(kind)?.reserveClaimed();
    let isStarted = false;
    await retries.untilDone(async () => {
      isStarted = await this.#takeUp(effect);
    });
    if (isStarted) return;
    this.#slotsOf(kind)?.unreserve();
    this.#due.slotFreed();
  }

  /** @returns false when nobody waits for it any more */
  async #takeUp(effect: Effect): Promise<boolean> {
    const { executionArn, id, mapRunArn } = effect;
    const start = (execution: Execution) => {
      if (mapRunArn === undefined) this.#tasks.startReserved(execution, effect);
      else this.mapRuns.startReserved(mapRunArn);
    };
    for (;;) {
      const outcome = await this.loop.deliver(executionArn, takenUp(id, start));
      if (outcome !== 'uncertain') return outcome === 'started';
    }
  }

  async #taskAnswered(execution: Execution, effect: NewEffect, outcome: TaskOutcome): Promise<void> {
    const { retries } = this.#options;
    const accepted = outcome.kind === 'submitted' ? whatIsAwaited(effect, outcome.output) : outcome;
    const open =
      accepted.kind === 'submitted'
        ? taskSubmitted(effect.id, accepted.output, accepted.childArn)
        : taskAnswered(effect.id, accepted, { whileParked: false });
    await retries.untilDone(() => this.loop.deliver(execution.executionArn, open));
    if (accepted.kind !== 'submitted' || accepted.childArn === undefined) return;
    const { childArn } = accepted;
    // it may have ended before anybody waited for it
    void retries.untilDone(() => this.#answerParents(childArn));
  }

  /** Takes the end of an execution to the steps that wait for it. */
  async #answerParents(childArn: string): Promise<void> {
    const { store } = this.#options;
    const waiting = await store.waitingFor(childArn);
    if (waiting.length === 0) return;
    const child = await store.describe(childArn);
    if (child?.status === 'RUNNING') return;
    for (const effect of waiting) {
      const outcome = child ? childOutcome(child, resourceOf(effect)) : unknownChild(childArn);
      await this.loop.deliver(effect.executionArn, taskAnswered(effect.id, outcome, { whileParked: true }));
    }
  }
}
