import type { Caller } from '@riposte/account';
import { ServiceError } from '@riposte/engine';
import type { DeadLetterMessage, InvocationOutcome, TargetInvocation, TargetInvoker } from '@riposte/events';
import { Pacer } from '../http/pacer.ts';
import type { InternalCall } from '../pipeline/passage.ts';
import type { CallPipeline } from '../pipeline/pipeline.ts';
import { assumeForService, type SessionOptions } from '../sessions/service-sessions.ts';
import { InvalidParameters } from '../tasks/parameters.ts';
import { failedInvocation, failedSchedule, failureOfRole, invalidParameter } from './failure.ts';
import { isApiDestination, queueUrlOf, ruleTargetCall } from './rule-target.ts';
import { isSchedule, scheduleRequest, scheduleTargetCall } from './schedule-target.ts';
import type { TargetCall } from './target-call.ts';

export interface TargetInvokerOptions extends SessionOptions {
  pipeline: CallPipeline;
  /** Requests a second that an API destination takes; undefined when it is not there. */
  rateOf(apiDestinationArn: string): Promise<number | undefined>;
  /** The role of a rule, for targets that name none. */
  roleOfRule(ruleArn: string, region: string): Promise<string | undefined>;
}

/** In whose name a target is called. */
function principalOf(ruleArn: string): string {
  return isSchedule(ruleArn) ? 'scheduler.amazonaws.com' : 'events.amazonaws.com';
}

/** Reaches the targets of rules and schedules: each is one AWS call, in the service's name or with the target's role. */
export class GatewayTargetInvoker implements TargetInvoker {
  readonly #options: TargetInvokerOptions;
  readonly #pacer = new Pacer();

  constructor(options: TargetInvokerOptions) {
    this.#options = options;
  }

  async invoke(invocation: TargetInvocation): Promise<InvocationOutcome> {
    let call: TargetCall | undefined;
    try {
      call = isSchedule(invocation.ruleArn) ? scheduleTargetCall(invocation) : ruleTargetCall(invocation);
    } catch (error) {
      if (error instanceof InvalidParameters || error instanceof ServiceError)
        return invalidParameter(error.message);
      throw error;
    }
    if (!call)
      return invalidParameter(
        `The target ${invocation.target.Arn} is of a kind that Riposte does not support yet. Supported are state machines, functions, topics, queues, event buses, log groups and API destinations.`,
      );
    const atMs = await this.#putOff(invocation);
    if (atMs !== undefined) return { kind: 'later', atMs };
    let caller: Caller;
    try {
      caller = await this.#callerFor(invocation, call);
    } catch (error) {
      if (error instanceof ServiceError) return failureOfRole(error);
      throw error;
    }
    const answer = await this.#options.pipeline.answer(internalCall(invocation, call, caller));
    if (answer.kind === 'error')
      return isSchedule(invocation.ruleArn) ? failedSchedule(answer.error) : failedInvocation(answer.error);
    const resultArn = call.resultArn?.(answer.output);
    return { kind: 'delivered', ...(typeof resultArn === 'string' && { resultArn }) };
  }

  /** @returns when to come again, where the target takes only so many requests a second */
  async #putOff({ target, deliveryId, expiresAtMs }: TargetInvocation): Promise<number | undefined> {
    if (!isApiDestination(target.Arn)) return undefined;
    const rate = await this.#options.rateOf(target.Arn);
    const nowMs = this.#options.clock.now();
    if (rate === undefined) return undefined;
    return this.#pacer.admit(target.Arn, rate, { id: deliveryId, untilMs: expiresAtMs }, nowMs);
  }

  /** Rules send in the service's name; the queue lets it in. Schedules send with the target's role. */
  async sendDeadLetter({ invocation, queueArn, attributes }: DeadLetterMessage): Promise<InvocationOutcome> {
    const { deliveryId, ruleArn, region, payload, simulated } = invocation;
    let caller = this.#service(ruleArn, simulated);
    try {
      if (isSchedule(ruleArn)) caller = await this.#callerFor(invocation, { role: 'required' });
    } catch (error) {
      if (error instanceof ServiceError) return failureOfRole(error);
      throw error;
    }
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    const MessageBody = isSchedule(ruleArn) ? scheduleRequest(invocation) : payload;
    const answer = await this.#options.pipeline.answer({
      service: 'sqs',
      operation: 'SendMessage',
      input: { QueueUrl: queueUrlOf(queueArn), MessageBody, MessageAttributes },
      region: queueArn.split(':')[3] ?? region,
      caller,
      sourceIpAddress: principalOf(ruleArn),
      userAgent: principalOf(ruleArn),
      requestKey: `${deliveryId}/dead-letter`,
    });
    return answer.kind === 'error' ? failedInvocation(answer.error) : { kind: 'delivered' };
  }

  #service(ruleArn: string, simulated: boolean): Caller {
    return {
      kind: 'service',
      account: this.#options.account,
      service: principalOf(ruleArn),
      sourceArn: ruleArn,
      ...(simulated && { simulated }),
    };
  }

  async #callerFor(invocation: TargetInvocation, call: Pick<TargetCall, 'role'>): Promise<Caller> {
    const { ruleArn, region, deliveryId, target, simulated } = invocation;
    if (call.role === 'none' || (call.role === 'of target' && target.RoleArn === undefined))
      return this.#service(ruleArn, simulated);
    const roleArn = target.RoleArn ?? (await this.#options.roleOfRule(ruleArn, region));
    if (roleArn === undefined)
      throw new ServiceError('AccessDenied', `The target ${target.Id} of ${ruleArn} has no RoleArn.`, 403);
    const session = await assumeForService(this.#options, {
      roleArn,
      sessionName: `${isSchedule(ruleArn) ? 'scheduler' : 'events'}-${deliveryId}`,
      servicePrincipal: principalOf(ruleArn),
      sourceArn: ruleArn,
    });
    return simulated ? { ...session, simulated } : session;
  }
}

function internalCall(invocation: TargetInvocation, call: TargetCall, caller: Caller): InternalCall {
  const { simulated, eventId, ruleArn, deliveryId, region } = invocation;
  return {
    service: call.service,
    operation: call.operation,
    input: call.input,
    region: call.region ?? region,
    caller,
    sourceIpAddress: principalOf(ruleArn),
    userAgent: principalOf(ruleArn),
    origin: { simulated, eventId, ruleArn, deliveryId },
    // a function is told one request id, however often its delivery is made
    ...(call.service === 'lambda' && { requestId: deliveryId }),
    requestKey: deliveryId,
    ...(call.forwarded && { forwarded: call.forwarded }),
  };
}
