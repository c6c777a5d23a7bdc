import type { HistoryEvent, StoreHost, TaskOutcome, TaskRequest } from '@riposte/engine';
import { createExecutionHost, ServiceError } from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import {
  dyingStore,
  SimulatedClock,
  taskFate,
  untilAborted,
  type Death,
  type GeneratedMachine,
  type TaskFate,
} from '@riposte/testkit';
import { machine } from './world.ts';

const NEVER: Death = { atWrite: Number.POSITIVE_INFINITY, moment: 'after' };

const UUID = /0{8}-0000-4000-8000-\d{12}/;

/** A promise to answer by token, made to an earlier or the present server. */
interface OwedAnswer {
  atMs: number;
  taskToken: string;
  outcome: Exclude<TaskOutcome, { kind: 'submitted' }>;
}

/** What happens from outside, and when. */
interface Intervention {
  atMs: number;
  act: (host: StoreHost, executionArn: string) => Promise<unknown>;
}

interface EndedLife {
  history: HistoryEvent[];
  status: string;
  /** What nothing will ever wake. */
  stuck: string[];
  /** How many writes this life asked for. */
  writes: number;
}

/**
 * One generated execution and the world it runs in: the file, the time of day, and work that goes on whether the
 * server lives or not. A task that is asked for again is the same work: it ends when it would have ended anyway.
 */
export class FatedWorld {
  nowMs = Date.UTC(2026, 0, 1);
  /** Fates are other ones for another seed. */
  fates: number;
  readonly #file: string;
  readonly #machine: GeneratedMachine;
  readonly #firstAskedMs = new Map<string, number>();
  #owed: OwedAnswer[] = [];
  #uuidsCount = 0;

  constructor(file: string, generated: GeneratedMachine, fates: number) {
    this.#file = file;
    this.#machine = generated;
    this.fates = fates;
  }

  /**
   * One life of a server, until nothing is left that could happen.
   * @returns the history; nothing when the server died before, and then time stands still at that instant
   */
  async live(
    death: Death = NEVER,
    interventions: readonly Intervention[] = [],
  ): Promise<EndedLife | undefined> {
    const database = new Database(this.#file);
    const { store, died, isDead, writesCount } = dyingStore(new SqliteEngineStore(database), death);
    const clock = new SimulatedClock(this.nowMs);
    const problems: unknown[] = [];
    const host: StoreHost = createExecutionHost({
      store,
      clock,
      ids: this.#ids(),
      taskRunner: { run: (request, signal) => this.#run(request, signal, clock, host) },
      account: '123456789012',
      report: (problem) => problems.push(problem),
    });
    const settling = { isBusy: () => !isDead() && !host.isQuiet() };
    const run = async () => {
      await host.start();
      for (const owed of this.#owed) this.#answerAt(owed, clock, host);
      const { stateMachineArn } = await machine(host, 'm', this.#machine.definition);
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:run`;
      const input = JSON.stringify(this.#machine.input);
      await host
        .startExecution({ stateMachineArn, name: 'run', input })
        .catch(ignore('ExecutionAlreadyExists'));
      for (const { atMs, act } of interventions)
        clock.wakeAt(atMs, () => void act(host, executionArn).catch(ignore('TaskTimedOut')));
      return executionArn;
    };
    const executionArn = await Promise.race([died, run()]);
    await clock.advanceTo(clock.now(), settling);
    while (!isDead() && clock.nextWakeUpMs !== undefined) await clock.advanceTo(clock.nextWakeUpMs, settling);
    this.nowMs = clock.now();
    this.#owed = this.#owed.filter(({ atMs }) => atMs >= this.nowMs);
    if (problems.length > 0) throw new AggregateError(problems, 'The host reported problems.');
    if (isDead() || executionArn === undefined) {
      database.close();
      return undefined;
    }
    const { events: history } = await host.getExecutionHistory(executionArn, { maxResults: 1000 });
    const { status } = await host.describeExecution(executionArn);
    const ended = { history, status, stuck: await host.stuckExecutions(), writes: writesCount() };
    await host.close();
    database.close();
    return ended;
  }

  /** None that a history shows depends on how many were asked for before: a second life asks for others. */
  #ids() {
    const next = () => String(++this.#uuidsCount).padStart(12, '0');
    return {
      uuid: () => `00000000-0000-4000-8000-${next()}`,
      secret: () => `secret-${next()}`,
      uniform: () => 0.5,
    };
  }

  async #run(
    { step: { taskId }, taskToken }: TaskRequest,
    signal: AbortSignal,
    clock: SimulatedClock,
    host: StoreHost,
  ): Promise<TaskOutcome> {
    const askedMs = this.#firstAskedMs.get(taskId) ?? clock.now();
    this.#firstAskedMs.set(taskId, askedMs);
    const fate = taskFate(this.fates, taskId.replace(UUID, '')); // children of a Map Run have random names
    const outcome = outcomeOf(fate);
    const atMs = fate.kind === 'never answers' ? undefined : askedMs + fate.afterSeconds * 1000;
    if (taskToken === undefined) {
      if (outcome === undefined || atMs === undefined) return untilAborted(signal);
      return (await timePasses(clock, atMs, signal)) ?? outcome;
    }
    const left = await timePasses(clock, askedMs + fate.submittedAfterSeconds * 1000, signal);
    if (left !== undefined) return left;
    if (
      outcome !== undefined &&
      atMs !== undefined &&
      this.#owed.every((owed) => owed.taskToken !== taskToken)
    ) {
      const owed = { atMs, taskToken, outcome };
      this.#owed.push(owed);
      this.#answerAt(owed, clock, host);
    }
    return { kind: 'submitted', output: '{}' };
  }

  #answerAt({ atMs, taskToken, outcome }: OwedAnswer, clock: SimulatedClock, host: StoreHost): void {
    const answer = () =>
      outcome.kind === 'succeeded'
        ? host.sendTaskSuccess({ taskToken, output: outcome.output })
        : host.sendTaskFailure({ taskToken, ...outcome });
    clock.wakeAt(Math.max(atMs, clock.now()), () => void answer().catch(ignore('TaskTimedOut')));
  }
}

function outcomeOf(fate: TaskFate): OwedAnswer['outcome'] | undefined {
  if (fate.kind === 'never answers') return undefined;
  if (fate.kind === 'succeeds') return { kind: 'succeeded', output: JSON.stringify(fate.output) };
  const { error, cause } = fate;
  return { kind: 'failed', ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}

/** @returns what to answer when nobody waits any more */
async function timePasses(
  clock: SimulatedClock,
  untilMs: number,
  signal: AbortSignal,
): Promise<TaskOutcome | undefined> {
  if (untilMs <= clock.now()) return undefined;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  clock.wakeAt(untilMs, () => resolve(undefined));
  return Promise.race([promise, untilAborted(signal)]);
}

/** An error that says that the thing is done, or nobody wants it any more. */
function ignore(...codes: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof ServiceError) || !codes.includes(error.code)) throw error;
  };
}
