import { caughtBy, matchingCatcher } from '../errors/catch.ts';
import type { Failure } from '../errors/failure.ts';
import { dataLimitCause, outputLimitFailure, StateFailure } from '../errors/failure.ts';
import { matchesError } from '../errors/names.ts';
import { nextRetry } from '../errors/retry.ts';
import type { Left } from '../data/flow.ts';
import type { Json, JsonObject } from '@riposte/json';
import { stringifyJson } from '@riposte/json';
import { isPayloadTooLarge } from '../limits.ts';
import type { Catcher, Retrier, State } from '../machine.ts';
import type { StateHandler, Transition, Visit } from '../states/handler.ts';
import { stateHandlers } from '../states/index.ts';
import { checkMembers, checkSubject, readInput, readJson, readVariables } from './checks.ts';
import { contextObject } from './context.ts';
import type { StateTest, StateTestReport, StateTestWorld } from './contract.ts';
import { invalid } from './contract.ts';
import { Inspection } from './inspection.ts';
import { inspectIterations } from './iterations.ts';
import { spacedJson } from './layout.ts';
import { readReaderData } from './reader-data.ts';
import { readSubject } from './subject.ts';
import type { TrialParts } from './visit.ts';
import { visitOf } from './visit.ts';
import type { WorkEnd } from './work-end.ts';
import { failureOf, mockedEnd } from './work-end.ts';

/**
 * Runs one state by itself, with the same code that an execution runs it with.
 * @throws StateTestRefusal when the request cannot be carried out; a failure of the state is in the report
 */
export async function testState(test: StateTest, world: StateTestWorld): Promise<StateTestReport> {
  checkMembers(test);
  const subject = readSubject(test);
  checkSubject(subject, test);
  const input = readInput(test.input ?? '{}');
  const variables = readVariables(test.variables ?? '{}');
  const mocked = mockedEnd(subject, test, world);
  const context = contextObject(subject, test, input, world);
  try {
    const inspection = new Inspection(subject, input);
    const read = await readReaderData(subject.state, test);
    const trial = new Trial({ subject, test, world, input, variables, context, mocked, read, inspection });
    return await trial.run();
  } catch (error) {
    if (error instanceof RangeError) throw invalid("The test's data are nested too deeply");
    throw error;
  }
}

/** One run of the state under test. */
class Trial {
  readonly #parts: TrialParts;
  readonly #visit: Visit;

  constructor(parts: TrialParts) {
    this.#parts = parts;
    this.#visit = visitOf(parts, parts.context);
  }

  async run(): Promise<StateTestReport> {
    const { state } = this.#parts.subject;
    try {
      const transition = await handlerOf(state).enter(state, this.#visit);
      return await this.#follow(transition);
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      return this.#failed({ error: error.error, cause: error.message, isFatal: error.isFatal });
    }
  }

  async #follow(transition: Transition): Promise<StateTestReport> {
    switch (transition.type) {
      case 'exit':
        return this.#left('SUCCEEDED', transition.left, transition.next);
      case 'fail':
        return this.#failed(transition.failure);
      case 'wait':
        return (await this.#parts.world.waitUntil(transition.untilMs))
          ? this.#complete(null)
          : this.#failed({ error: 'States.Timeout' });
      case 'task':
        return this.#endWork(await this.#work(transition));
      case 'branches':
        return this.#endWork(this.#mocked());
      case 'iterations':
        await inspectIterations(this.#parts, this.#visit, transition);
        return this.#endWork(this.#mocked());
    }
  }

  async #work(task: Extract<Transition, { type: 'task' }>): Promise<WorkEnd> {
    const { world, subject, test, mocked, inspection } = this.#parts;
    if (mocked !== undefined) return mocked;
    if (subject.state.Type !== 'Task') throw new Error(`State ${subject.name} is no Task`);
    const { Resource: resource } = subject.state;
    const trace = inspection.httpTrace(test);
    const end = await world.runTask({
      stateName: subject.name,
      resource,
      parameters: stringifyJson(task.input),
      ...(task.timeoutSeconds !== undefined && { timeoutSeconds: task.timeoutSeconds }),
      ...(task.roleArn !== undefined && { taskRoleArn: task.roleArn }),
      ...(trace && { trace }),
    });
    if (end.kind === 'failed') return { failure: failureOf(end) };
    const result = readJson(end.output);
    if (result === undefined)
      return { failure: { error: 'States.Runtime', cause: 'The result is not JSON', isFatal: true } };
    if (isPayloadTooLarge(result))
      return { failure: { error: 'States.DataLimitExceeded', cause: dataLimitCause(resource) } };
    return { result };
  }

  #mocked(): WorkEnd {
    const { mocked, subject } = this.#parts;
    if (mocked === undefined) throw new Error(`State ${subject.name} was let through without a mock`);
    return mocked;
  }

  async #endWork(end: WorkEnd): Promise<StateTestReport> {
    if ('failure' in end) return this.#failed(end.failure);
    this.#visit.observe?.('result', end.result);
    return this.#complete(end.result);
  }

  async #complete(result: Json): Promise<StateTestReport> {
    const { state, name } = this.#parts.subject;
    const handler = handlerOf(state);
    if (handler.complete === undefined) throw new Error(`State ${name} awaits nothing`);
    return this.#follow(await handler.complete(state, this.#visit, result));
  }

  /** Retried, caught, or the end. */
  async #failed(failure: Failure): Promise<StateTestReport> {
    const { state } = this.#parts.subject;
    const retriers = 'Retry' in state && failure.isFatal !== true ? (state.Retry ?? []) : [];
    const catchers = 'Catch' in state && failure.isFatal !== true ? (state.Catch ?? []) : [];
    const retry = this.#retry(retriers, failure);
    const catcher = retry?.delaySeconds === undefined ? matchingCatcher(catchers, failure) : undefined;
    const errorDetails = {
      ...(retry !== undefined && { retryIndex: retry.index }),
      ...(retry?.delaySeconds !== undefined && {
        retryBackoffIntervalSeconds: Math.floor(retry.delaySeconds),
      }),
      ...(catcher !== undefined && { catchIndex: catchers.indexOf(catcher) }),
    };
    if (Object.keys(errorDetails).length > 0) this.#parts.inspection.add({ errorDetails });
    if (catcher !== undefined) return this.#caught(catcher, catchers.indexOf(catcher), failure);
    return {
      status: retry?.delaySeconds === undefined ? 'FAILED' : 'RETRIABLE',
      ...told(failure),
      inspectionData: this.#inspectionData({}),
    };
  }

  /** The first retrier that the failure is for; without a delay when it is used up. Shown before jitter. */
  #retry(
    retriers: readonly Retrier[],
    failure: Failure,
  ): { index: number; delaySeconds?: number } | undefined {
    const index = retriers.findIndex((retrier) => matchesError(retrier.ErrorEquals, failure));
    if (index < 0) return undefined;
    const made = this.#parts.test.stateConfiguration?.retrierRetryCount ?? 0;
    const counts = retriers.map((_, i) => (i === index ? made : 0));
    const retry = nextRetry(retriers, counts, failure, () => 1);
    return { index, ...(retry !== undefined && { delaySeconds: retry.delaySeconds }) };
  }

  async #caught(catcher: Catcher, index: number, failure: Failure): Promise<StateTestReport> {
    try {
      const left = await caughtBy(catcher, this.#visit, failure, index);
      return { ...this.#left('CAUGHT_ERROR', left, catcher.Next), ...told(failure) };
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      const inspectionData = this.#inspectionData({});
      return { status: 'FAILED', error: error.error, cause: error.message, inspectionData };
    }
  }

  #left(
    status: StateTestReport['status'],
    { output, assigned }: Left,
    nextState: string | undefined,
  ): StateTestReport {
    if (isPayloadTooLarge(output)) throw outputLimitFailure(this.#parts.subject.name);
    return {
      status,
      output: spacedJson(output),
      ...(nextState !== undefined && { nextState }),
      inspectionData: this.#inspectionData(assigned ?? {}),
    };
  }

  #inspectionData(assigned: JsonObject): StateTestReport['inspectionData'] {
    const { inspection, variables } = this.#parts;
    inspection.showVariables({ ...variables, ...assigned });
    return inspection.data();
  }
}

function told({ error, cause }: Failure): { error?: string; cause?: string } {
  return { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
}

/** The table holds the handler of each type under its own name; that much the compiler cannot follow. */
function handlerOf(state: State): StateHandler<State> {
  return stateHandlers[state.Type] as StateHandler<State>;
}
