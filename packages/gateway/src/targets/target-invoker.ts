import type { Caller } from '@riposte/account';
import { ServiceError } from '@riposte/engine';
import type { InvocationOutcome, TargetInvocation, TargetInvoker } from '@riposte/events';
import type { CallPipeline, InternalCall } from '../pipeline/pipeline.ts';
import { assumeForService, type SessionOptions } from '../sessions/service-sessions.ts';
import { failedInvocation, failureOfRole } from './failure.ts';

const PRINCIPAL = 'events.amazonaws.com';

export interface TargetInvokerOptions extends SessionOptions {
  pipeline: CallPipeline;
  /** The role of a rule, for targets that name none. */
  roleOfRule(ruleArn: string, region: string): Promise<string | undefined>;
}

/** What is called for a target, and what of the answer its delivery is told. */
interface TargetCall {
  service: string;
  operation: string;
  input: object;
  resultArn?: (output: Record<string, unknown>) => unknown;
}

/** Reaches the targets of rules: each is one AWS call, in the name of EventBridge or of the target's role. */
export class GatewayTargetInvoker implements TargetInvoker {
  readonly #options: TargetInvokerOptions;

  constructor(options: TargetInvokerOptions) {
    this.#options = options;
  }

  async invoke(invocation: TargetInvocation): Promise<InvocationOutcome> {
    const call = callOf(invocation);
    if (!call)
      return {
        kind: 'failed',
        errorCode: 'INVALID_PARAMETER',
        errorMessage: `The target ${invocation.target.Arn} is of a kind that Riposte does not support yet. Supported are state machines, functions and topics.`,
        retryable: false,
      };
    let caller: Caller;
    try {
      caller = await this.#callerFor(invocation, call);
    } catch (error) {
      if (error instanceof ServiceError) return failureOfRole(error);
      throw error;
    }
    const answer = await this.#options.pipeline.answer(internalCall(invocation, call, caller));
    if (answer.kind === 'error') return failedInvocation(answer.error);
    const resultArn = call.resultArn?.(answer.output);
    // A function that failed was reached all the same: its invocation is asynchronous by contract.
    return { kind: 'delivered', ...(typeof resultArn === 'string' && { resultArn }) };
  }

  async #callerFor(invocation: TargetInvocation, call: TargetCall): Promise<Caller> {
    const { ruleArn, region, deliveryId, target, simulated } = invocation;
    if (call.service !== 'states')
      return {
        kind: 'service',
        account: this.#options.account,
        service: PRINCIPAL,
        sourceArn: ruleArn,
        ...(simulated && { simulated }),
      };
    const roleArn = target.RoleArn ?? (await this.#options.roleOfRule(ruleArn, region));
    if (roleArn === undefined)
      throw new ServiceError('AccessDenied', `The target ${target.Id} of ${ruleArn} has no RoleArn.`, 403);
    return assumeForService(this.#options, {
      roleArn,
      sessionName: `events-${deliveryId}`,
      servicePrincipal: PRINCIPAL,
      sourceArn: ruleArn,
    });
  }
}

/** @returns undefined for a kind of target that is not written */
function callOf({ target, payload }: TargetInvocation): TargetCall | undefined {
  const [, , service, , , kind] = target.Arn.split(':');
  if (service === 'states' && kind === 'stateMachine')
    return {
      service,
      operation: 'StartExecution',
      input: { stateMachineArn: target.Arn, input: payload },
      resultArn: ({ executionArn }) => executionArn,
    };
  if (service === 'lambda' && kind === 'function')
    return {
      service,
      operation: 'Invoke',
      input: { FunctionName: target.Arn, Payload: new TextEncoder().encode(payload) },
    };
  if (service === 'sns')
    return { service, operation: 'Publish', input: { TopicArn: target.Arn, Message: payload } };
  return undefined;
}

function internalCall(invocation: TargetInvocation, call: TargetCall, caller: Caller): InternalCall {
  const { simulated, eventId, ruleArn, deliveryId, region } = invocation;
  return {
    service: call.service,
    operation: call.operation,
    input: call.input,
    region,
    caller,
    sourceIpAddress: PRINCIPAL,
    userAgent: PRINCIPAL,
    origin: { simulated, eventId, ruleArn, deliveryId },
    requestKey: deliveryId,
  };
}
