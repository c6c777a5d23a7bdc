import { Activities } from './activities.ts';
import { Aliases } from './aliases.ts';
import { executionDoesNotExist, parseExecutionArn } from './arn.ts';
import { Deletions } from './deletions.ts';
import { ExpressExecutions } from './express.ts';
import { environmentAt } from './host/environment.ts';
import { ExpressionThreads } from './host/expression-threads.ts';
import { Retries } from './host/retries.ts';
import { Work } from './host/work.ts';
import { statesLanguage } from './interpreter.ts';
import { MachineCache } from './machine-cache.ts';
import { labelledMachine, splitLabel } from './map-runs/labelled.ts';
import { describeMapRun, listMapRuns, updateMapRun } from './map-runs/queries.ts';
import { READING_LIMITS } from './map-runs/reading-limits.ts';
import type {
  Execution,
  ExecutionChange,
  ExecutionHost,
  Page,
  StartExecution,
  StateTestRequest,
} from './ports/execution-host.ts';
import type { ExecutionFilter } from './ports/store.ts';
import { describeExecution, getExecutionHistory, listExecutions } from './queries.ts';
import { redriven } from './redrivable.ts';
import { ResourceTags } from './resource-tags.ts';
import { startExecution, startSyncExecution } from './start-execution.ts';
import { StateMachines } from './state-machines.ts';
import { testState } from './state-test.ts';
import type { StoreHost, StoreHostOptions } from './store-host-options.ts';
import { mergeTags, withoutTags } from './tags.ts';
import { TaskTokens } from './task-tokens.ts';
import { Versions } from './versions.ts';

const DAY_MS = 86_400_000;
/** After this the service forgets an execution too, and its name is free again. */
const RETENTION_MS = 90 * DAY_MS;

/** Durable executions over a `Store`. Nothing is answered and no task is handed out before it is on disk. */
export function createExecutionHost(options: StoreHostOptions): StoreHost {
  return new StoreExecutionHost(options);
}

/** The door of the room: puts its parts together, and answers each request with the part that knows. */
class StoreExecutionHost implements StoreHost {
  readonly #options: StoreHostOptions;
  readonly #machines: MachineCache;
  readonly #stateMachines: StateMachines;
  readonly #deletions: Deletions;
  readonly #versions: Versions;
  readonly #aliases: Aliases;
  readonly #tags: ResourceTags;
  readonly #activities: Activities;
  readonly #express: ExpressExecutions;
  readonly #work: Work;
  readonly #tokens: TaskTokens;
  readonly #retries: Retries;
  readonly #expressions = new ExpressionThreads();
  readonly #worker: string;
  readonly #listeners = new Set<(change: ExecutionChange) => void>();
  #purgedAtMs = Number.NEGATIVE_INFINITY;
  readonly #closing = new AbortController();
  #isClosed = false;

  constructor(options: StoreHostOptions) {
    const { store, clock, ids, taskRunner, account, partition = 'aws' } = options;
    const { interpreter = statesLanguage } = options;
    const report = (error: unknown) => this.#report(error);
    this.#options = options;
    this.#worker = ids.uuid();
    this.#retries = new Retries(clock, report);
    const machines = new MachineCache(interpreter);
    this.#machines = machines;
    this.#versions = new Versions(store, clock);
    this.#aliases = new Aliases(store, clock);
    this.#stateMachines = new StateMachines({
      store,
      clock,
      ids,
      versions: this.#versions,
      account,
      partition,
      problemsOf: (definition, type) => machines.problemsOf(definition, type, options.integrations),
    });
    this.#deletions = new Deletions(this.#stateMachines, this.#retries);
    const environment = (nowMs: number) => environmentAt(nowMs, ids, this.#expressions);
    this.#express = new ExpressExecutions({
      clock,
      ids,
      taskRunner,
      interpreter,
      machineOf: (definition) => machines.get(definition, 'EXPRESS'),
      environmentAt: environment,
      logs: options.logs,
      report,
    });
    this.#work = new Work({
      store,
      clock,
      ids,
      taskRunner,
      objectStorage: options.objectStorage,
      express: this.#express,
      environmentAt: environment,
      expressions: this.#expressions,
      interpreter,
      machineOf: (definition) => machines.get(definition),
      worker: this.#worker,
      tasksMax: options.tasksMax ?? 256,
      mapRunsMax: options.mapRunsMax ?? 1000,
      expressChildrenMax: options.expressChildrenMax ?? 1000,
      readingLimits: { ...READING_LIMITS, ...options.readingLimits },
      executionsCachedMax: options.executionsCachedMax ?? 10_000,
      leaseMs: options.leaseMs ?? 60_000,
      statusChanges: options.statusChanges,
      logs: options.logs,
      retries: this.#retries,
      activityTaskScheduled: (activityArn) => this.#activities.taskScheduled(activityArn),
      stop: (executionArn) => this.stopExecution({ executionArn }),
      changed: (change) => this.#publish(change),
      ended: (stateMachineArn) => this.#deletions.executionEnded(stateMachineArn),
      report,
    });
    this.#tokens = new TaskTokens(store, this.#work.loop);
    this.#activities = new Activities({ store, clock, account, partition, loop: this.#work.loop });
    this.#tags = new ResourceTags(store, this.#activities);
  }

  async start(): Promise<void> {
    await this.#purge();
    await this.#deletions.start(this.#options.store);
    await this.#work.start();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.abort();
    this.#work.close();
    this.#retries.close();
    this.#activities.close();
    this.#express.close();
    while (!this.#work.loop.isQuiet) await new Promise((resolve) => setImmediate(resolve));
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
    return this.#work.loop.isQuiet && this.#retries.isQuiet && this.#express.isQuiet;
  }

  createStateMachine(input: Parameters<ExecutionHost['createStateMachine']>[0]) {
    return this.#stateMachines.create(input);
  }

  updateStateMachine(input: Parameters<ExecutionHost['updateStateMachine']>[0]) {
    return this.#stateMachines.update(input);
  }

  async describeStateMachine(stateMachineArn: string) {
    const labelled = splitLabel(stateMachineArn);
    if (!labelled) return this.#stateMachines.describe(stateMachineArn);
    const machine = await this.#stateMachines.describe(labelled.machineArn);
    return labelledMachine(machine, this.#machines.get(machine.definition, machine.type), labelled.label);
  }

  deleteStateMachine(stateMachineArn: string) {
    return this.#deletions.delete(stateMachineArn);
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
    return startExecution({ ...this.#targets(), loop: this.#work.loop }, request);
  }

  startSyncExecution(request: Parameters<ExecutionHost['startSyncExecution']>[0]) {
    return startSyncExecution(this.#targets(), request);
  }

  async stopExecution({ executionArn, error, cause }: Parameters<ExecutionHost['stopExecution']>[0]) {
    parseExecutionArn(executionArn);
    return this.#work.loop.deliver(executionArn, (live) => {
      if (!live) throw executionDoesNotExist(executionArn);
      const reply = ({ stopDate }: Execution) => ({ stopDate: stopDate ?? this.#options.clock.now() });
      if (live.execution.status !== 'RUNNING') return { answer: () => reply(live.execution) };
      const reason = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
      return { signal: { type: 'stop', ...reason }, reply };
    });
  }

  async redriveExecution({ executionArn, clientToken }: Parameters<ExecutionHost['redriveExecution']>[0]) {
    parseExecutionArn(executionArn);
    await this.#work.stopLeftChildren(executionArn);
    const nowMs = this.#options.clock.now();
    return this.#work.loop.deliver(executionArn, redriven(executionArn, clientToken, nowMs));
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

  describeMapRun(mapRunArn: string) {
    return describeMapRun(this.#options.store, mapRunArn);
  }

  async updateMapRun(input: Parameters<ExecutionHost['updateMapRun']>[0]) {
    await updateMapRun(this.#options.store, input);
    this.#work.mapRuns.changed(input.mapRunArn);
  }

  listMapRuns(executionArn: string, page: Page) {
    return listMapRuns(this.#options.store, executionArn, page);
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

  sendTaskSuccess(input: Parameters<ExecutionHost['sendTaskSuccess']>[0]) {
    return this.#tokens.succeed(input);
  }

  sendTaskFailure(input: Parameters<ExecutionHost['sendTaskFailure']>[0]) {
    return this.#tokens.fail(input);
  }

  sendTaskHeartbeat(input: Parameters<ExecutionHost['sendTaskHeartbeat']>[0]) {
    return this.#tokens.heartbeat(input);
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

  #publish(change: ExecutionChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#report(error);
      }
    }
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
