import { ServiceError, type TaskOutcome, type TaskRequest, type TaskRunner } from '@riposte/engine';
import type { CallPipeline } from '../pipeline/pipeline.ts';
import type { Runs } from '../sessions/runs.ts';
import { assumeForService, type SessionOptions } from '../sessions/service-sessions.ts';
import { awsSdkIntegration } from './aws-sdk.ts';
import { putEvents } from './events.ts';
import { failureOf } from './failure.ts';
import type { Integration } from './integration.ts';
import { functionIntegration, lambdaInvoke } from './lambda.ts';
import { InvalidParameters } from './parameters.ts';
import { parseTaskResource, type IntegrationPattern } from './resource.ts';
import { snsPublish } from './sns.ts';
import { startExecution } from './states.ts';

export interface TaskRunnerOptions extends SessionOptions {
  pipeline: CallPipeline;
  runs: Runs;
}

/** What a resource asks for: the call and whether its answer is the task's. */
interface Work {
  integration: Integration;
  pattern: IntegrationPattern;
}

/** Carries out Task states: one AWS call each, as a session of the state machine's execution role. */
export class GatewayTaskRunner implements TaskRunner {
  readonly #options: TaskRunnerOptions;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  async run(request: TaskRequest, signal: AbortSignal): Promise<TaskOutcome> {
    if (signal.aborted) return failed('States.TaskFailed', 'The task was cancelled before it began.');
    const work = workOf(request);
    if (typeof work === 'string') return failed('States.Runtime', work);
    const { integration } = work;
    let input: object;
    try {
      input = integration.input(request.parameters);
    } catch (error) {
      if (error instanceof InvalidParameters || error instanceof SyntaxError)
        return failed('States.Runtime', `${request.resource}: ${error.message}`);
      if (error instanceof ServiceError)
        return failureOf(error, this.#options.ids.uuid(), integration.naming);
      throw error;
    }
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

/** @returns a sentence when there is no such work here */
function workOf({ resource, step }: TaskRequest): Work | string {
  const parsed = parseTaskResource(resource);
  if (!parsed)
    return `The resource '${resource}' is not supported by Riposte yet: it is neither a function nor a service integration.`;
  if (parsed.kind === 'function')
    return { integration: functionIntegration(parsed.functionArn), pattern: 'request-response' };
  const { service, action, pattern, isSdk } = parsed;
  if (isSdk) {
    const integration = awsSdkIntegration(service, action);
    if (!integration)
      return `The resource '${resource}' is not supported by Riposte yet: it has no ${service}:${action}.`;
    if (pattern === 'sync' || pattern === 'sync:2')
      return `The resource '${resource}' cannot be waited for: aws-sdk integrations know .waitForTaskToken only.`;
    return { integration, pattern };
  }
  const optimised = optimisedIntegration(`${service}:${action}`, step);
  if (!optimised) return `The resource '${resource}' is not supported by Riposte yet.`;
  if ((pattern === 'sync' || pattern === 'sync:2') && optimised !== startExecution)
    return `The resource '${resource}' cannot be waited for: ${service}:${action} has no .sync.`;
  return { integration: optimised, pattern };
}

function optimisedIntegration(name: string, step: TaskRequest['step']): Integration | undefined {
  switch (name) {
    case 'lambda:invoke':
      return lambdaInvoke;
    case 'states:startExecution':
      return startExecution;
    case 'sns:publish':
      return snsPublish;
    case 'events:putEvents':
      return putEvents([step.executionArn, step.stateMachineArn]);
    default:
      return undefined;
  }
}

function failed(error: string, cause: string): TaskOutcome {
  return { kind: 'failed', error, cause };
}
