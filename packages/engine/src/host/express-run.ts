import type {
  Command,
  Decision,
  Environment,
  ExecutionContext,
  HistoryEvent,
  Json,
  Machine,
  Signal,
} from '@riposte/asl';
import type { Interpreter } from '../interpreter.ts';
import type { Clock } from '../ports/clock.ts';
import type { LoggingConfiguration } from '../ports/state-machines.ts';
import type { ExecutionLogs } from '../ports/execution-logs.ts';
import type { TaskOutcome, TaskRunner } from '../ports/tasks.ts';
import { logBatches } from './log-records.ts';
import { toSignal } from './signals.ts';

/** The service ends an express execution then, whatever its machine says. */
const DURATION_MS_MAX = 300_000;

export interface ExpressRunOptions {
  clock: Clock;
  taskRunner: TaskRunner;
  interpreter: Interpreter;
  machineOf: (definition: string) => Machine;
  environmentAt: (nowMs: number) => Environment;
  logs: ExecutionLogs | undefined;
  report: (error: unknown) => void;
}

export interface ExpressSubject {
  context: ExecutionContext;
  definition: string;
  logging: LoggingConfiguration;
  isSimulated: boolean;
}

export interface ExpressEnd {
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  stopDate: number;
  output?: string;
  error?: string;
  cause?: string;
}

type ScheduleTask = Extract<Command, { type: 'schedule-task' }>;

/** One execution in memory: signals one after the other, tasks and timers beside. */
export class ExpressRun {
  readonly #options: ExpressRunOptions;
  readonly #subject: ExpressSubject;
  readonly #records = new Map<string, Json>();
  /** Ends a task or a timer that is out, by its id. */
  readonly #open = new Map<string, () => void>();
  readonly #ended = Promise.withResolvers<ExpressEnd>();
  #nextEventId = 1;
  #turn: Promise<void> = Promise.resolve();
  #decisionsCount = 0;
  #hasEnded = false;

  constructor(options: ExpressRunOptions, subject: ExpressSubject) {
    this.#options = options;
    this.#subject = subject;
  }

  /** Whether only tasks and timers are awaited. */
  get isQuiet(): boolean {
    return this.#decisionsCount === 0;
  }

  /** @returns how it ended; never rejects */
  start(): Promise<ExpressEnd> {
    const { clock } = this.#options;
    const endMs = this.#subject.context.startTimeMs + DURATION_MS_MAX;
    if (endMs <= clock.now())
      this.#timeOut(endMs); // it was under way when an earlier run of the server ended
    else {
      this.#open.set(
        'limit',
        clock.wakeAt(endMs, () => this.#timeOut(endMs)),
      );
      this.#deliver({ type: 'start' });
    }
    return this.#ended.promise;
  }

  stop(): void {
    this.#fail('The server was stopped while the execution ran.');
  }

  #deliver(signal: Signal): void {
    this.#decisionsCount += 1;
    this.#turn = this.#turn
      .then(() => this.#decide(signal))
      .catch((error: unknown) => {
        this.#options.report(error);
        this.#fail(String(error));
      })
      .finally(() => {
        this.#decisionsCount -= 1;
      });
  }

  async #decide(signal: Signal): Promise<void> {
    if (this.#hasEnded) return;
    const { interpreter, machineOf, clock, environmentAt } = this.#options;
    const { definition, context } = this.#subject;
    const decision = await interpreter.step(
      machineOf(definition),
      context,
      { records: this.#records, nextEventId: this.#nextEventId },
      signal,
      environmentAt(clock.now()),
    );
    if (!this.#hasEnded) this.#apply(decision);
  }

  #apply({ changes, events, nextEventId, commands, outcome }: Decision): void {
    this.#nextEventId = nextEventId;
    this.#log(events);
    for (const [key, record] of changes)
      if (record === null) this.#records.delete(key);
      else this.#records.set(key, record);
    if (outcome) {
      const { status, ...told } = outcome;
      // nobody can stop it but the server
      this.#end({
        status: status === 'ABORTED' ? 'FAILED' : status,
        ...told,
        stopDate: this.#options.clock.now(),
      });
      return;
    }
    for (const command of commands) this.#carryOut(command);
  }

  #carryOut(command: Command): void {
    if (command.type === 'cancel') this.#drop(command.id);
    else if (command.type === 'start-timer') {
      const { timerId, atMs } = command;
      this.#drop(timerId);
      const wake = () => {
        this.#open.delete(timerId);
        this.#deliver({ type: 'timer-fired', timerId });
      };
      this.#open.set(timerId, this.#options.clock.wakeAt(atMs, wake));
    } else if (command.type === 'schedule-task') void this.#runTask(command);
    else throw new Error('An express execution cannot start a Map Run: its definition is refused.');
  }

  #drop(id: string): void {
    this.#open.get(id)?.();
    this.#open.delete(id);
  }

  async #runTask(task: ScheduleTask): Promise<void> {
    const abort = new AbortController();
    this.#open.set(task.taskId, () => abort.abort());
    const outcome = await this.#outcomeOf(task, abort.signal);
    if (abort.signal.aborted) return;
    this.#open.delete(task.taskId);
    this.#deliver(toSignal(task.taskId, endOf(task, outcome)));
  }

  async #outcomeOf(task: ScheduleTask, signal: AbortSignal): Promise<TaskOutcome> {
    const { taskRunner, report } = this.#options;
    const { context, isSimulated } = this.#subject;
    const { executionArn, name, stateMachineArn, roleArn, region, redriveCount } = context;
    const { stateName, visit, attempt, resource, parameters, taskRoleArn } = task;
    // A redriven one begins at event 1 again: without the count its attempts would have the names of earlier ones, and
    // be given what their calls were answered. After a crash the count is the same, and so are the names.
    const run = redriveCount === 0 ? '' : `redrive-${redriveCount}/`;
    const taskId = `${executionArn}#${run}${task.taskId}`;
    const names = { executionArn, executionName: name, stateMachineArn, stateName };
    const step = { ...names, simulated: isSimulated, visit, attempt, taskId };
    try {
      const credentials = taskRoleArn === undefined ? {} : { taskRoleArn };
      return await taskRunner.run({ step, roleArn, resource, parameters, region, ...credentials }, signal);
    } catch (error) {
      report(error);
      return { kind: 'failed', error: 'States.Runtime', cause: String(error) };
    }
  }

  #timeOut(stopDate: number): void {
    if (this.#hasEnded) return;
    this.#log([this.#lastEvent('ExecutionTimedOut', stopDate)]);
    this.#end({ status: 'TIMED_OUT', stopDate });
  }

  #fail(cause: string): void {
    if (this.#hasEnded) return;
    const stopDate = this.#options.clock.now();
    const reason = { error: 'States.Runtime', cause };
    this.#log([{ ...this.#lastEvent('ExecutionFailed', stopDate), executionFailedEventDetails: reason }]);
    this.#end({ status: 'FAILED', ...reason, stopDate });
  }

  /** Of an end that comes from outside the language; it belongs to no thread, as that of a standard execution. */
  #lastEvent(type: string, timestamp: number): HistoryEvent {
    return { id: this.#nextEventId, previousEventId: 0, timestamp, type };
  }

  /** The only history that an express execution has. */
  #log(events: readonly HistoryEvent[]): void {
    const { logs } = this.#options;
    const { context, logging } = this.#subject;
    for (const batch of logs ? logBatches(events, context, logging) : []) logs?.append(batch);
  }

  #end(end: ExpressEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const id of this.#open.keys()) this.#drop(id);
    this.#ended.resolve(end);
  }
}

/** Nothing waits here for an answer from outside: such machines are refused when they are created. */
function endOf(task: ScheduleTask, outcome: TaskOutcome): Exclude<TaskOutcome, { kind: 'submitted' }> {
  if (outcome.kind !== 'submitted') return outcome;
  const cause = `An express execution cannot wait for the end of ${task.resource}.`;
  return { kind: 'failed', error: 'States.Runtime', cause };
}
