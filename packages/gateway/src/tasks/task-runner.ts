import { ServiceError, type TaskOutcome, type TaskRequest, type TaskRunner } from '@riposte/engine';
import type { CallPipeline } from '../pipeline/pipeline.ts';
import type { Runs } from '../sessions/runs.ts';
import {
  assumeForService,
  assumeTaskRole,
  type RoleSession,
  type SessionOptions,
} from '../sessions/service-sessions.ts';
import { InvalidParameters } from './parameters.ts';
import { workOf, type Work } from './support.ts';

export interface TaskRunnerOptions extends SessionOptions {
  pipeline: CallPipeline;
  runs: Runs;
}

/** Carries out Task states: one AWS call each, as a session of the state machine's execution role. */
export class GatewayTaskRunner implements TaskRunner {
  readonly #options: TaskRunnerOptions;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  async run(request: TaskRequest, signal: AbortSignal): Promise<TaskOutcome> {
    if (signal.aborted) return CANCELLED;
    const work = workOf(request.resource);
    if (typeof work === 'string') return failed('States.Runtime', work);
    const { integration } = work;
    let input: object;
    try {
      const { executionArn, stateMachineArn } = request.step;
      input = integration.input(request.parameters, [executionArn, stateMachineArn]);
    } catch (error) {
      if (error instanceof InvalidParameters)
        return failed('States.Runtime', refusedParameters(request.parameters, error));
      if (error instanceof ServiceError)
        return { kind: 'failed', ...integration.refused(error, this.#options.ids.uuid()) };
      throw error;
    }
    const unreachable = integration.unreachable?.(input as { [member: string]: unknown }); // members of an API
    if (unreachable) return { kind: 'failed', ...unreachable };
    return this.#call(request, work, input, signal);
  }

  async #call(
    request: TaskRequest,
    { integration, pattern }: Work,
    input: object,
    signal: AbortSignal,
  ): Promise<TaskOutcome> {
    const { service, operation } = integration;
    const caller = await this.#callerFor(request);
    if (caller.kind === 'failed') return caller;
    if (signal.aborted) return CANCELLED;
    this.#options.runs.begin(caller);
    const source = { sourceIpAddress: 'states.amazonaws.com', userAgent: 'states.amazonaws.com' };
    const answer = await this.#options.pipeline.answer({
      service,
      operation,
      input,
      region: request.region,
      caller,
      signal,
      ...(request.trace && { httpTrace: request.trace }),
      ...source,
    });
    if (answer.kind === 'error')
      return { kind: 'failed', ...integration.refused(answer.error, answer.requestId) };
    const failure = integration.failure?.(answer.output);
    if (failure) return { kind: 'failed', ...failure };
    const told = { requestId: answer.requestId, atMs: this.#options.clock.now() };
    const output = JSON.stringify(integration.result(answer.output, told) ?? null);
    return { kind: pattern === 'request-response' ? 'succeeded' : 'submitted', output };
  }

  /** The session that makes the call: of the execution's role, or of the one that the state's Credentials name. */
  async #callerFor({ roleArn, taskRoleArn, region, step }: TaskRequest): Promise<RoleSession | Failed> {
    let caller: RoleSession;
    try {
      caller = await assumeForService(this.#options, {
        roleArn,
        sessionName: step.executionName,
        servicePrincipal: 'states.amazonaws.com',
        region,
        sourceArn: step.stateMachineArn,
        step,
      });
    } catch (error) {
      if (error instanceof ServiceError) return failed('States.Permissions', error.message);
      throw error;
    }
    if (taskRoleArn === undefined) return caller;
    try {
      return await assumeTaskRole(this.#options, caller, { roleArn: taskRoleArn, region, step });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const cause = `The role ${roleArn} is not authorized to assume the task state's role, ${taskRoleArn}.`;
      return failed('States.TaskFailed', cause);
    }
  }
}

/** In the words of the service. */
function refusedParameters(parameters: string, { problems }: InvalidParameters): string {
  return `The Parameters '${parameters}' could not be used to start the Task: [${problems.join(', ')}]`;
}

type Failed = Extract<TaskOutcome, { kind: 'failed' }>;

/** Nobody hears of it. */
const CANCELLED = failed('States.TaskFailed', 'The task was cancelled before it began.');

function failed(error: string, cause: string): Failed {
  return { kind: 'failed', error, cause };
}
