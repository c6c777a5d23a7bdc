import { Activities } from './activities.ts';
import { Aliases } from './aliases.ts';
import { executionDoesNotExist, parseExecutionArn } from './arn.ts';
import { checkTaskOutput } from './checks.ts';
import { ExpressExecutions } from './express.ts';
import { CommitGroup } from './host/commit-group.ts';
import { unknownChild, whatIsAwaited } from './host/awaited-end.ts';
import { childOutcome } from './host/child-executions.ts';
import { DueWork } from './host/due-work.ts';
import { ExecutionLoop, type Committed } from './host/execution-loop.ts';
import type { LiveExecution } from './host/live-execution.ts';
import { LruMap } from './host/lru-map.ts';
import { Retries } from './host/retries.ts';
import {
  checkTokenFound,
  taskAnswered,
  taskSubmitted,
  timerFired,
  tokenAnswered,
  tokenHeartbeat,
  type TaskAnswer,
} from './host/signals.ts';
import { StatusChanges } from './host/status-changes.ts';
import { resourceOf, TaskDispatch } from './host/task-dispatch.ts';
import { statesLanguage, type Interpreter } from './interpreter.ts';
import { MachineCache } from './machine-cache.ts';
import { environmentAt } from './host/environment.ts';
import { ExpressionThreads } from './host/expression-threads.ts';
import type { Clock } from './ports/clock.ts';
import type {
  Execution,
  ExecutionChange,
  ExecutionHost,
  Page,
  StartExecution,
  StateTestRequest,
} from './ports/execution-host.ts';
import type { Ids } from './ports/ids.ts';
import { ServiceError } from './ports/service-error.ts';
import type { StatusChangePublisher } from './ports/status-changes.ts';
import type { Effect, ExecutionFilter, NewEffect, Store } from './ports/store.ts';
import type { TaskOutcome, TaskRunner } from './ports/tasks.ts';
import { redriven } from './redrivable.ts';
import { ResourceTags } from './resource-tags.ts';
import { describeExecution, getExecutionHistory, listExecutions } from './queries.ts';
import { startExecution, startSyncExecution } from './start-execution.ts';
import { StateMachines } from './state-machines.ts';
import { mergeTags, withoutTags } from './tags.ts';
import { Versions } from './versions.ts';
import { testState } from './state-test.ts';

const DAY_MS = 86_400_000;
/** After this the service forgets an execution too, and its name is free again. */
const RETENTION_MS = 90 * DAY_MS;

export interface StoreHostOptions {
  store: Store;
  clock: Clock;
  ids: Ids;
  taskRunner: TaskRunner;
  /** Twelve digits. */
  account: string;
  /** Default `aws`. */
  partition?: string;
  /** Tasks handed out at a time; default 256. */
  tasksMax?: number;
  /** Executions kept in memory between two signals; default 10,000. The others are loaded when needed. */
  executionsCachedMax?: number;
  /** How long a task is held without a sign of life of this host; default one minute. */
  leaseMs?: number;
  /** Default: the States Language. */
  interpreter?: Interpreter;
  /** Told of every change of a standard execution's status, at least once; default: nobody is. */
  statusChanges?: StatusChangePublisher;
  /** Told of what went wrong outside any request: a failing store, a bug. The work is tried again. */
  report?: (error: unknown) => void;
}

export interface StoreHost extends ExecutionHost {
  /** Takes up what an earlier run left: due timers fire, tasks without an answer are handed out again. */
  start(): Promise<void>;
  /** Stops taking up work and waits for what is being written. Tasks at work are aborted and run again on start. */
  close(): Promise<void>;
  /** Watchdog: open executions that nothing will ever wake. Always empty. */
  stuckExecutions(): Promise<string[]>;
  /** Whether everything that was ready has been decided and written: only tasks, timers and answers are awaited. */
  isQuiet(): boolean;
}

/** Durable executions over a `Store`. Nothing is answered and no task is handed out before it is on disk. */
export function createExecutionHost(options: StoreHostOptions): StoreHost {
  return new StoreExecutionHost(options);
}

class StoreExecutionHost implements StoreHost {
  readonly #options: StoreHostOptions;
  readonly #machines: MachineCache;
  readonly #stateMachines: StateMachines;
  readonly #versions: Versions;
  readonly #aliases: Aliases;
  readonly #tags: ResourceTags;
  /** Machines that go when their last execution has ended. */
  readonly #deleting = new Set<string>();
  readonly #loop: ExecutionLoop;
  readonly #activities: Activities;
  readonly #tasks: TaskDispatch;
  readonly #express: ExpressExecutions;
  readonly #statusChanges: StatusChanges | undefined;
  readonly #due: DueWork;
  readonly #retries: Retries;
  readonly #expressions = new ExpressionThreads();
  readonly #worker: string;
  readonly #listeners = new Set<(change: ExecutionChange) => void>();
  #purgedAtMs = Number.NEGATIVE_INFINITY;
  readonly #closing = new AbortController();
  #isClosed = false;

  constructor(options: StoreHostOptions) {
    const { store, clock, ids, taskRunner, interpreter = statesLanguage } = options;
    this.#options = options;
    this.#worker = ids.uuid();
    this.#retries = new Retries(clock, (error) => this.#report(error));
    this.#machines = new MachineCache(interpreter);
    this.#versions = new Versions(store, clock);
    this.#aliases = new Aliases(store, clock);
    this.#stateMachines = new StateMachines({
      store,
      clock,
      ids,
      versions: this.#versions,
      account: options.account,
      partition: options.partition ?? 'aws',
      problemsOf: (definition, type) => this.#machines.problemsOf(definition, type),
    });
    this.#loop = new ExecutionLoop({
      store,
      clock,
      ids,
      expressions: this.#expressions,
      interpreter,
      commits: new CommitGroup(store),
      cache: new LruMap<string, LiveExecution>(options.executionsCachedMax ?? 10_000),
      machineOf: (definition) => this.#machines.get(definition),
      claimTask: () => this.#tasks.reserve(),
      unclaimTasks: (count) => this.#tasks.unreserve(count),
      committed: (committed) => this.#committed(committed),
      tellsStatus: options.statusChanges !== undefined,
    });
    this.#activities = new Activities({
      store,
      clock,
      account: options.account,
      partition: options.partition ?? 'aws',
      loop: this.#loop,
    });
    this.#express = new ExpressExecutions({
      clock,
      ids,
      taskRunner,
      interpreter,
      machineOf: (definition) => this.#machines.get(definition, 'EXPRESS'),
      environmentAt: (nowMs) => environmentAt(nowMs, ids, this.#expressions),
      report: (error) => this.#report(error),
    });
    this.#statusChanges =
      options.statusChanges && new StatusChanges(store, options.statusChanges, this.#retries);
    this.#tags = new ResourceTags(store, this.#activities);
    this.#tasks = new TaskDispatch({
      clock,
      runner: taskRunner,
      worker: this.#worker,
      leaseMs: options.leaseMs ?? 60_000,
      tasksMax: options.tasksMax ?? 256,
      answered: (execution, effect, outcome) => this.#taskAnswered(execution, effect, outcome),
      slotFreed: () => this.#due.slotFreed(),
      extend: (claim) => store.extend(claim),
      report: (error) => this.#report(error),
    });
    this.#due = new DueWork({
      store,
      clock,
      worker: this.#worker,
      lease: () => this.#tasks.lease(),
      freeSlots: () => this.#tasks.freeSlots,
      due: (effect) => void this.#becameDue(effect),
      retries: this.#retries,
    });
  }

  async start(): Promise<void> {
    await this.#purge();
    for (const { parked } of await this.#options.store.waitingFor())
      if (parked?.childArn !== undefined)
        void this.#retries.untilDone(() => this.#answerParents(parked.childArn!)); // just seen
    for (const arn of await this.#options.store.deletingStateMachines()) {
      this.#deleting.add(arn);
      this.#finishDeletion(arn);
    }
    this.#statusChanges?.wake();
    await this.#due.claimDue();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.abort();
    this.#due.close();
    this.#retries.close();
    this.#tasks.close();
    this.#activities.close();
    this.#express.close();
    this.#loop.close();
    while (!this.#loop.isQuiet) await new Promise((resolve) => setImmediate(resolve));
    await this.#expressions.close(); // now that no decision waits for one
    const { store, clock } = this.#options;
    try {
      await store.extend({ worker: this.#worker, untilMs: clock.now() });
    } catch {
      // a store that refuses must not keep the server from ending: the leases run out by themselves
    }
  }

  stuckExecutions(): Promise<string[]> {
    return this.#options.store.stuck();
  }

  isQuiet(): boolean {
    return this.#loop.isQuiet && this.#retries.isQuiet && this.#express.isQuiet;
  }

  createStateMachine(input: Parameters<ExecutionHost['createStateMachine']>[0]) {
    return this.#stateMachines.create(input);
  }

  updateStateMachine(input: Parameters<ExecutionHost['updateStateMachine']>[0]) {
    return this.#stateMachines.update(input);
  }

  describeStateMachine(stateMachineArn: string) {
    return this.#stateMachines.describe(stateMachineArn);
  }

  async deleteStateMachine(stateMachineArn: string) {
    if (!(await this.#stateMachines.delete(stateMachineArn))) return;
    this.#deleting.add(stateMachineArn);
    this.#finishDeletion(stateMachineArn); // its executions may have ended meanwhile
  }

  listStateMachines(region: string, page: Page) {
    return this.#stateMachines.list(region, page);
  }

  publishStateMachineVersion(input: Parameters<ExecutionHost['publishStateMachineVersion']>[0]) {
    return this.#versions.publish(input);
  }

  listStateMachineVersions(stateMachineArn: string, page: Page) {
    return this.#versions.list(stateMachineArn, page);
  }

  deleteStateMachineVersion(stateMachineVersionArn: string) {
    return this.#versions.delete(stateMachineVersionArn);
  }

  createStateMachineAlias(input: Parameters<ExecutionHost['createStateMachineAlias']>[0]) {
    return this.#aliases.create(input);
  }

  updateStateMachineAlias(input: Parameters<ExecutionHost['updateStateMachineAlias']>[0]) {
    return this.#aliases.update(input);
  }

  describeStateMachineAlias(stateMachineAliasArn: string) {
    return this.#aliases.describe(stateMachineAliasArn);
  }

  deleteStateMachineAlias(stateMachineAliasArn: string) {
    return this.#aliases.delete(stateMachineAliasArn);
  }

  listStateMachineAliases(stateMachineArn: string, page: Page) {
    return this.#aliases.list(stateMachineArn, page);
  }

  tagResource({ resourceArn, tags }: Parameters<ExecutionHost['tagResource']>[0]) {
    return this.#tags.change(resourceArn, (before) => mergeTags(before, tags, resourceArn));
  }

  untagResource({ resourceArn, tagKeys }: Parameters<ExecutionHost['untagResource']>[0]) {
    return this.#tags.change(resourceArn, (before) => withoutTags(before, tagKeys));
  }

  listTags(resourceArn: string) {
    return this.#tags.list(resourceArn);
  }

  async startExecution(request: StartExecution) {
    await this.#purge();
    return startExecution({ ...this.#targets(), loop: this.#loop }, request);
  }

  startSyncExecution(request: Parameters<ExecutionHost['startSyncExecution']>[0]) {
    return startSyncExecution(this.#targets(), request);
  }

  async stopExecution({ executionArn, error, cause }: Parameters<ExecutionHost['stopExecution']>[0]) {
    parseExecutionArn(executionArn);
    return this.#loop.deliver(executionArn, (live) => {
      if (!live) throw executionDoesNotExist(executionArn);
      const reply = ({ stopDate }: Execution) => ({ stopDate: stopDate ?? this.#options.clock.now() });
      if (live.execution.status !== 'RUNNING') return { answer: () => reply(live.execution) };
      const reason = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
      return { signal: { type: 'stop', ...reason }, reply };
    });
  }

  async redriveExecution({ executionArn, clientToken }: Parameters<ExecutionHost['redriveExecution']>[0]) {
    parseExecutionArn(executionArn);
    const nowMs = this.#options.clock.now();
    return this.#loop.deliver(executionArn, redriven(executionArn, clientToken, nowMs));
  }

  describeExecution(executionArn: string) {
    return describeExecution(this.#options.store, executionArn);
  }

  listExecutions(filter: ExecutionFilter, page: Page) {
    return listExecutions(this.#options.store, filter, page);
  }

  getExecutionHistory(executionArn: string, page: Page & { reverseOrder?: boolean }) {
    return getExecutionHistory(this.#options.store, executionArn, page);
  }

  createActivity(input: Parameters<ExecutionHost['createActivity']>[0]) {
    return this.#activities.create(input);
  }

  describeActivity(activityArn: string) {
    return this.#activities.describe(activityArn);
  }

  deleteActivity(activityArn: string) {
    return this.#activities.delete(activityArn);
  }

  listActivities(region: string, page: Page) {
    return this.#activities.list(region, page);
  }

  getActivityTask(input: Parameters<ExecutionHost['getActivityTask']>[0]) {
    return this.#activities.takeTask(input);
  }

  async sendTaskSuccess({ taskToken, output }: Parameters<ExecutionHost['sendTaskSuccess']>[0]) {
    checkTaskOutput(output);
    await this.#answerByToken(taskToken, { kind: 'succeeded', output });
  }

  async sendTaskFailure({ taskToken, ...reason }: Parameters<ExecutionHost['sendTaskFailure']>[0]) {
    await this.#answerByToken(taskToken, { kind: 'failed', ...reason });
  }

  async sendTaskHeartbeat({ taskToken }: Parameters<ExecutionHost['sendTaskHeartbeat']>[0]) {
    const { executionArn, effectId } = await this.#findToken(taskToken);
    await this.#loop.deliver(executionArn, tokenHeartbeat(effectId));
  }

  testState(request: StateTestRequest) {
    const { clock, ids, taskRunner, account, partition = 'aws' } = this.#options;
    return testState(
      {
        clock,
        ids,
        taskRunner,
        account,
        partition,
        environmentAt: (nowMs) => environmentAt(nowMs, ids, this.#expressions),
        closing: this.#closing.signal,
      },
      request,
    );
  }

  subscribe(listener: (change: ExecutionChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #targets() {
    return {
      ...this.#options,
      versions: this.#versions,
      aliases: this.#aliases,
      express: this.#express,
    };
  }

  async #findToken(taskToken: string) {
    const { store } = this.#options;
    const found = checkTokenFound(await store.findByToken(taskToken));
    if (found.activityArn !== undefined && !(await store.resource(found.activityArn)))
      throw new ServiceError('TaskDoesNotExist', `Task Does Not Exist: '${found.activityArn}'`);
    return found;
  }

  async #answerByToken(taskToken: string, outcome: TaskAnswer) {
    const { executionArn, effectId } = await this.#findToken(taskToken);
    await this.#loop.deliver(executionArn, tokenAnswered(effectId, outcome));
  }

  /** Everything that follows a commit. Must not throw: what is on disk is on disk. */
  #committed({ execution, transition, orphans }: Committed): void {
    const { executionArn, stateMachineArn } = execution;
    const { head, events, effects, consumes, cancelled } = transition;
    this.#publish({ executionArn, stateMachineArn, status: head.status, events });
    if (transition.notices && transition.notices.length > 0) this.#statusChanges?.wake();
    if (consumes !== undefined) this.#tasks.letFinish(executionArn, consumes);
    for (const id of cancelled) this.#tasks.cancel(executionArn, id);
    for (const effect of effects) this.#follow(execution, effect);
    for (const childArn of orphans)
      void this.#retries.untilDone(() => this.stopExecution({ executionArn: childArn }));
    if (head.status === 'RUNNING') return;
    this.#tasks.cancelAll(executionArn);
    if (this.#deleting.has(stateMachineArn)) this.#finishDeletion(stateMachineArn);
    void this.#retries.untilDone(() => this.#answerParents(executionArn));
  }

  #publish(change: ExecutionChange): void {
    if (change.events.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #follow(execution: Execution, effect: NewEffect): void {
    if (effect.kind === 'timer') this.#due.wakeBy(effect.dueAtMs);
    else if (effect.activityArn !== undefined) this.#activities.taskScheduled(effect.activityArn);
    else if (effect.claim) this.#tasks.startReserved(execution, effect);
    else this.#due.taskWaits();
  }

  #becameDue(effect: Effect): Promise<void> {
    const { store, clock } = this.#options;
    const { executionArn, id, kind } = effect;
    return this.#retries.untilDone(async () => {
      if (kind === 'timer') return this.#loop.deliver(executionArn, timerFired(id, clock.now()));
      const execution = await store.describe(executionArn);
      if (execution) this.#tasks.start(execution, effect);
    });
  }

  async #taskAnswered(execution: Execution, effect: NewEffect, outcome: TaskOutcome): Promise<void> {
    const accepted = outcome.kind === 'submitted' ? whatIsAwaited(effect, outcome.output) : outcome;
    const open =
      accepted.kind === 'submitted'
        ? taskSubmitted(effect.id, accepted.output, accepted.childArn)
        : taskAnswered(effect.id, accepted, { whileParked: false });
    await this.#retries.untilDone(() => this.#loop.deliver(execution.executionArn, open));
    if (accepted.kind !== 'submitted' || accepted.childArn === undefined) return;
    const { childArn } = accepted;
    // it may have ended before anybody waited for it
    void this.#retries.untilDone(() => this.#answerParents(childArn));
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
      await this.#loop.deliver(effect.executionArn, taskAnswered(effect.id, outcome, { whileParked: true }));
    }
  }

  /** Of a machine in status DELETING, should its last execution have ended. */
  #finishDeletion(arn: string): void {
    void this.#retries.untilDone(async () => {
      if (await this.#stateMachines.finishDeletion(arn)) this.#deleting.delete(arn);
    });
  }

  async #purge(): Promise<void> {
    const { store, clock } = this.#options;
    const nowMs = clock.now();
    if (nowMs - this.#purgedAtMs < DAY_MS) return;
    this.#purgedAtMs = nowMs;
    await store.purge(nowMs - RETENTION_MS);
  }

  #report(error: unknown): void {
    if (this.#isClosed) return;
    const { report = console.error } = this.#options;
    report(error);
  }
}
