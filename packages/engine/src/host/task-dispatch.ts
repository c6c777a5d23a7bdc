import { parseExecutionArn } from '../arn.ts';
import type { Clock } from '../ports/clock.ts';
import type { Execution } from '../ports/executions.ts';
import type { Claim, NewEffect } from '../ports/store.ts';
import { StoreUnavailable } from '../ports/store-unavailable.ts';
import type { TaskOutcome, TaskRequest, TaskRunner } from '../ports/tasks.ts';
import type { LeaseRenewal } from './lease-renewal.ts';
import { Retries } from './retries.ts';
import type { TaskPayload } from './transition.ts';

export interface DispatchOptions {
  clock: Clock;
  runner: TaskRunner;
  leases: LeaseRenewal;
  tasksMax: number;
  /** Takes the outcome to the execution. Resolves when it is on disk or of no interest any more. */
  answered: (execution: Execution, effect: NewEffect, outcome: TaskOutcome) => Promise<void>;
  /** A slot is free again. */
  slotFreed: () => void;
  report: (error: unknown) => void;
}

interface Running {
  abort: AbortController;
  /** Answered by token: what it still does is its own affair, as on AWS. */
  isAnswered: boolean;
  over: PromiseWithResolvers<void>;
}

/** Hands tasks to the runner, at most `tasksMax` at a time. */
export class TaskDispatch {
  readonly #options: DispatchOptions;
  readonly #retries: Retries;
  /** By execution, then by effect. */
  readonly #running = new Map<string, Map<string, Running>>();
  #runningCount = 0;
  #reservedCount = 0;
  #isClosed = false;

  constructor(options: DispatchOptions) {
    this.#options = options;
    this.#retries = new Retries(options.clock, options.report);
  }

  get isHolding(): boolean {
    return this.#runningCount > 0;
  }

  get freeSlots(): number {
    if (this.#isClosed) return 0;
    return Math.max(0, this.#options.tasksMax - this.#runningCount - this.#reservedCount);
  }

  /** Reserves a slot; `startReserved` or `unreserve` must follow. */
  reserve(): Claim | undefined {
    if (this.freeSlots === 0) return undefined;
    this.reserveClaimed();
    return this.#options.leases.lease();
  }

  /** As `reserve`, for what was claimed already. */
  reserveClaimed(): void {
    this.#reservedCount += 1;
  }

  unreserve(): void {
    this.#reservedCount -= 1;
  }

  /** Hands out a task whose slot was reserved. */
  startReserved(execution: Execution, effect: NewEffect): void {
    this.#reservedCount -= 1;
    this.start(execution, effect);
  }

  /** Hands out a claimed task. */
  start(execution: Execution, effect: NewEffect): void {
    // a lease that ran out while the store was failing: the task is still at work here
    if (this.#isClosed || this.#find(execution.executionArn, effect.id)) return;
    const abort = new AbortController();
    this.#add(execution.executionArn, effect.id, {
      abort,
      isAnswered: false,
      over: Promise.withResolvers(),
    });
    this.#options.leases.held();
    // a turn later: a transition of the same commit may have cancelled it already
    queueMicrotask(() => void this.#run(execution, effect, abort.signal));
  }

  /** The task was answered; the work that goes on, should there be any, is not aborted when the execution ends. */
  letFinish(executionArn: string, effectId: string): void {
    const running = this.#find(executionArn, effectId);
    if (running) running.isAnswered = true;
  }

  /** Nobody waits for the answer any more. */
  cancel(executionArn: string, effectId: string): void {
    this.#find(executionArn, effectId)?.abort.abort();
  }

  /** As `cancel`, for every task of an execution. */
  cancelAll(executionArn: string): void {
    for (const { abort, isAnswered } of this.#running.get(executionArn)?.values() ?? [])
      if (!isAnswered) abort.abort();
  }

  /** Resolves when the runner has nothing to do with a task, be its answer waited for or not. */
  async over(executionArn: string, effectId: string): Promise<void> {
    await this.#find(executionArn, effectId)?.over.promise;
  }

  close(): void {
    this.#isClosed = true;
    this.#retries.close();
    for (const tasks of this.#running.values()) for (const { abort } of tasks.values()) abort.abort();
  }

  #find(executionArn: string, effectId: string): Running | undefined {
    return this.#running.get(executionArn)?.get(effectId);
  }

  #add(executionArn: string, effectId: string, running: Running): void {
    const tasks = this.#running.get(executionArn) ?? new Map<string, Running>();
    this.#running.set(executionArn, tasks.set(effectId, running));
    this.#runningCount += 1;
  }

  #remove(executionArn: string, effectId: string): void {
    const tasks = this.#running.get(executionArn);
    tasks?.get(effectId)?.over.resolve();
    tasks?.delete(effectId);
    if (tasks?.size === 0) this.#running.delete(executionArn);
    this.#runningCount -= 1;
  }

  async #run(execution: Execution, effect: NewEffect, signal: AbortSignal): Promise<void> {
    try {
      if (signal.aborted) return;
      const outcome = await this.#outcome(toRequest(execution, effect), signal);
      if (outcome && !signal.aborted) await this.#options.answered(execution, effect, outcome);
    } catch (error) {
      this.#options.report(error);
    } finally {
      this.#remove(execution.executionArn, effect.id);
      if (!this.#isClosed) this.#options.slotFreed();
    }
  }

  /** @returns undefined when nobody waits for it any more */
  async #outcome(request: TaskRequest, signal: AbortSignal): Promise<TaskOutcome | undefined> {
    let outcome: TaskOutcome | undefined;
    await this.#retries.untilDone(async () => {
      if (!signal.aborted) outcome = await this.#attempt(request, signal);
    });
    return outcome;
  }

  /** @throws StoreUnavailable: no outcome of the task, which is done again when the store may be well */
  async #attempt(request: TaskRequest, signal: AbortSignal): Promise<TaskOutcome> {
    try {
      return await this.#options.runner.run(request, signal);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      // the runner's contract is that failures are data: this one is ours, and the execution must not hang on it
      this.#options.report(error);
      return { kind: 'failed', error: 'States.Runtime', cause: String(error) };
    }
  }
}

function toRequest(execution: Execution, effect: NewEffect): TaskRequest {
  // the attempt's name among those of all executions
  const taskId = `${execution.executionArn}#${effect.id}`;
  if (effect.payload === undefined) throw new Error(`The task ${taskId} was stored without its parameters.`);
  const payload = JSON.parse(effect.payload) as TaskPayload; // written by toTransition
  const { stateName, visit, attempt, resource, parameters, taskRoleArn } = payload;
  return {
    step: {
      executionArn: execution.executionArn,
      executionName: execution.name,
      stateMachineArn: execution.stateMachineArn,
      simulated: execution.origin.simulated,
      stateName,
      visit,
      attempt,
      taskId,
    },
    roleArn: execution.roleArn,
    resource,
    parameters,
    region: parseExecutionArn(execution.executionArn).region,
    ...(effect.taskToken !== undefined && { taskToken: effect.taskToken }),
    ...(taskRoleArn !== undefined && { taskRoleArn }),
  };
}

/** The resource that a task was scheduled for. */
export function resourceOf(effect: NewEffect): string {
  return (JSON.parse(effect.payload ?? '{}') as Partial<TaskPayload>).resource ?? ''; // written by toTransition
}
