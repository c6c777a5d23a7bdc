import { parseExecutionArn } from './arn.ts';
import { hostParts, type HostParts } from './host-parts.ts';
import { environmentAt } from './host/environment.ts';
import { labelledMachine, splitLabel } from './map-runs/labelled.ts';
import { describeMapRun, listMapRuns, updateMapRun } from './map-runs/queries.ts';
import type { ExecutionHost, Page, StateTestRequest } from './ports/execution-host.ts';
import type { ExecutionChange, StartExecution } from './ports/executions.ts';
import type { ExecutionFilter } from './ports/store.ts';
import { describeExecution, getExecutionHistory, listExecutions } from './queries.ts';
import { redriven } from './redrivable.ts';
import { startExecution, startSyncExecution } from './start-execution.ts';
import { testState } from './state-test.ts';
import { stopped } from './stop-execution.ts';
import type { StoreHost, StoreHostOptions } from './store-host-options.ts';
import { mergeTags, withoutTags } from './tags.ts';

const DAY_MS = 86_400_000;
/** After this the service forgets an execution too, and its name is free again. */
const RETENTION_MS = 90 * DAY_MS;

/** Durable executions over a `Store`. Nothing is answered and no task is handed out before it is on disk. */
export function createExecutionHost(options: StoreHostOptions): StoreHost {
  return new StoreExecutionHost(options);
}

/** The door of the room: answers each request with the part that knows. */
class StoreExecutionHost implements StoreHost {
  readonly #options: StoreHostOptions;
  readonly #parts: HostParts;
  readonly #listeners = new Set<(change: ExecutionChange) => void>();
  #purgedAtMs = Number.NEGATIVE_INFINITY;
  readonly #closing = new AbortController();
  #isClosed = false;

  constructor(options: StoreHostOptions) {
    this.#options = options;
    this.#parts = hostParts(options, {
      stop: (executionArn) => this.stopExecution({ executionArn }),
      changed: (change) => this.#publish(change),
      report: (error) => this.#report(error),
    });
  }

  async start(): Promise<void> {
    await this.#purge();
    await this.#parts.deletions.start(this.#options.store);
    await this.#parts.work.start();
  }

  async close(): Promise<void> {
    const { work, retries, activities, express, expressions, worker } = this.#parts;
    this.#isClosed = true;
    this.#closing.abort();
    work.close();
    retries.close();
    activities.close();
    express.close();
    while (!work.loop.isQuiet) await new Promise((resolve) => setImmediate(resolve));
    await expressions.close(); // now that no decision waits for one
    const { store, clock } = this.#options;
    try {
      await store.extend({ worker, untilMs: clock.now() });
    } catch {
      // a store that refuses must not keep the server from ending: the leases run out by themselves
    }
  }

  stuckExecutions(): Promise<string[]> {
    return this.#options.store.stuck();
  }

  isQuiet(): boolean {
    return this.#parts.work.loop.isQuiet && this.#parts.retries.isQuiet && this.#parts.express.isQuiet;
  }

  createStateMachine(input: Parameters<ExecutionHost['createStateMachine']>[0]) {
    return this.#parts.stateMachines.create(input);
  }

  updateStateMachine(input: Parameters<ExecutionHost['updateStateMachine']>[0]) {
    return this.#parts.stateMachines.update(input);
  }

  async describeStateMachine(stateMachineArn: string) {
    const labelled = splitLabel(stateMachineArn);
    if (!labelled) return this.#parts.stateMachines.describe(stateMachineArn);
    const machine = await this.#parts.stateMachines.describe(labelled.machineArn);
    return labelledMachine(
      machine,
      this.#parts.machines.get(machine.definition, machine.type),
      labelled.label,
    );
  }

  deleteStateMachine(stateMachineArn: string) {
    return this.#parts.deletions.delete(stateMachineArn);
  }

  listStateMachines(region: string, page: Page) {
    return this.#parts.stateMachines.list(region, page);
  }

  publishStateMachineVersion(input: Parameters<ExecutionHost['publishStateMachineVersion']>[0]) {
    return this.#parts.versions.publish(input);
  }

  listStateMachineVersions(stateMachineArn: string, page: Page) {
    return this.#parts.versions.list(stateMachineArn, page);
  }

  deleteStateMachineVersion(stateMachineVersionArn: string) {
    return this.#parts.versions.delete(stateMachineVersionArn);
  }

  createStateMachineAlias(input: Parameters<ExecutionHost['createStateMachineAlias']>[0]) {
    return this.#parts.aliases.create(input);
  }

  updateStateMachineAlias(input: Parameters<ExecutionHost['updateStateMachineAlias']>[0]) {
    return this.#parts.aliases.update(input);
  }

  describeStateMachineAlias(stateMachineAliasArn: string) {
    return this.#parts.aliases.describe(stateMachineAliasArn);
  }

  deleteStateMachineAlias(stateMachineAliasArn: string) {
    return this.#parts.aliases.delete(stateMachineAliasArn);
  }

  listStateMachineAliases(stateMachineArn: string, page: Page) {
    return this.#parts.aliases.list(stateMachineArn, page);
  }

  tagResource({ resourceArn, tags }: Parameters<ExecutionHost['tagResource']>[0]) {
    return this.#parts.tags.change(resourceArn, (before) => mergeTags(before, tags, resourceArn));
  }

  untagResource({ resourceArn, tagKeys }: Parameters<ExecutionHost['untagResource']>[0]) {
    return this.#parts.tags.change(resourceArn, (before) => withoutTags(before, tagKeys));
  }

  listTags(resourceArn: string) {
    return this.#parts.tags.list(resourceArn);
  }

  async startExecution(request: StartExecution) {
    await this.#purge();
    return startExecution({ ...this.#targets(), loop: this.#parts.work.loop }, request);
  }

  startSyncExecution(request: Parameters<ExecutionHost['startSyncExecution']>[0]) {
    return startSyncExecution(this.#targets(), request);
  }

  async stopExecution(input: Parameters<ExecutionHost['stopExecution']>[0]) {
    parseExecutionArn(input.executionArn);
    return this.#parts.work.loop.deliver(
      input.executionArn,
      stopped(input, () => this.#options.clock.now()),
    );
  }

  async redriveExecution({ executionArn, clientToken }: Parameters<ExecutionHost['redriveExecution']>[0]) {
    parseExecutionArn(executionArn);
    await this.#parts.work.stopLeftChildren(executionArn);
    const nowMs = this.#options.clock.now();
    return this.#parts.work.loop.deliver(executionArn, redriven(executionArn, clientToken, nowMs));
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
    this.#parts.work.mapRuns.changed(input.mapRunArn);
  }

  listMapRuns(executionArn: string, page: Page) {
    return listMapRuns(this.#options.store, executionArn, page);
  }

  createActivity(input: Parameters<ExecutionHost['createActivity']>[0]) {
    return this.#parts.activities.create(input);
  }

  describeActivity(activityArn: string) {
    return this.#parts.activities.describe(activityArn);
  }

  deleteActivity(activityArn: string) {
    return this.#parts.activities.delete(activityArn);
  }

  listActivities(region: string, page: Page) {
    return this.#parts.activities.list(region, page);
  }

  async getActivityTask(input: Parameters<ExecutionHost['getActivityTask']>[0]) {
    await this.#parts.work.overdueSettled; // else a task might be given out, or answered, whose time is up
    return this.#parts.activities.takeTask(input);
  }

  async sendTaskSuccess(input: Parameters<ExecutionHost['sendTaskSuccess']>[0]) {
    await this.#parts.work.overdueSettled;
    return this.#parts.tokens.succeed(input);
  }

  async sendTaskFailure(input: Parameters<ExecutionHost['sendTaskFailure']>[0]) {
    await this.#parts.work.overdueSettled;
    return this.#parts.tokens.fail(input);
  }

  async sendTaskHeartbeat(input: Parameters<ExecutionHost['sendTaskHeartbeat']>[0]) {
    await this.#parts.work.overdueSettled;
    return this.#parts.tokens.heartbeat(input);
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
        environmentAt: (nowMs) => environmentAt(nowMs, ids, this.#parts.expressions),
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
    const { versions, aliases, express } = this.#parts;
    return { ...this.#options, versions, aliases, express };
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
