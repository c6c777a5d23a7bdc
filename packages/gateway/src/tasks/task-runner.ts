import { ServiceError, type TaskOutcome, type TaskRequest, type TaskRunner } from '@riposte/engine';
import type { CallPipeline } from '../pipeline/pipeline.ts';
import type { Runs } from '../sessions/runs.ts';
import { assumeForService, type SessionOptions } from '../sessions/service-sessions.ts';
import { failureOf } from './failure.ts';
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
    if (signal.aborted) return failed('States.TaskFailed', 'The task was cancelled before it began.');
    const work = workOf(request.resource, request.step);
    if (typeof work === 'string') return failed('States.Runtime', work);
    const { integration } = work;
    let input: object;
    try {
      input = integration.input(request.parameters);
    } catch (error) {
      if (error instanceof InvalidParameters)
        return failed('States.Runtime', refusedParameters(request.parameters, error));
      if (error instanceof ServiceError)
        return failureOf(error, this.#options.ids.uuid(), integration.naming);
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
    const { service, operation, naming } = integration;
    const { step, region } = request;
    let caller;
    try {
      caller = await assumeForService(this.#options, {
        roleArn: request.roleArn,
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
    this.#options.runs.begin(caller);
    const source = { sourceIpAddress: 'states.amazonaws.com', userAgent: 'states.amazonaws.com' };
    const answer = await this.#options.pipeline.answer({
      service,
      operation,
      input,
      region,
      caller,
      signal,
      ...source,
    });
    if (answer.kind === 'error') return failureOf(answer.error, answer.requestId, naming);
    const failure = integration.failure?.(answer.output);
    if (failure) return { kind: 'failed', ...failure };
    const told = { requestId: answer.requestId, atMs: this.#options.clock.now() };
    const output = JSON.stringify(integration.result(answer.output, told) ?? null);
    return { kind: pattern === 'request-response' ? 'succeeded' : 'submitted', output };
  }
}

/** In the words of the service. */
function refusedParameters(parameters: string, { problems }: InvalidParameters): string {
  return `The Parameters '${parameters}' could not be used to start the Task: [${problems.join(', ')}]`;
}

function failed(error: string, cause: string): TaskOutcome {
  return { kind: 'failed', error, cause };
}
