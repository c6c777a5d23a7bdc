import type { Caller } from '@riposte/account';
import { ServiceError } from '@riposte/engine';
import type {
  EventEnvelope,
  InvocationOutcome,
  PutEventsEntry,
  DeadLetterMessage,
  TargetInvocation,
  TargetInvoker,
} from '@riposte/events';
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
  /** Default: the rule's. */
  region?: string;
  /** Whether it is made in a session of a role: always, or in EventBridge's own name when the target has none. */
  role: 'required' | 'of target' | 'none';
  forwarded?: EventEnvelope;
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
        errorMessage: `The target ${invocation.target.Arn} is of a kind that Riposte does not support yet. Supported are state machines, functions, topics, queues and event buses.`,
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
    return { kind: 'delivered', ...(typeof resultArn === 'string' && { resultArn }) };
  }

  async sendDeadLetter(message: DeadLetterMessage): Promise<InvocationOutcome> {
    const { deliveryId, ruleArn, region, queueArn, body, attributes, simulated } = message;
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    const answer = await this.#options.pipeline.answer({
      service: 'sqs',
      operation: 'SendMessage',
      input: { QueueUrl: queueUrlOf(queueArn), MessageBody: body, MessageAttributes },
      region,
      caller: this.#service(ruleArn, simulated),
      sourceIpAddress: PRINCIPAL,
      userAgent: PRINCIPAL,
      requestKey: `${deliveryId}/dead-letter`,
    });
    return answer.kind === 'error' ? failedInvocation(answer.error) : { kind: 'delivered' };
  }

  #service(ruleArn: string, simulated: boolean): Caller {
    return {
      kind: 'service',
      account: this.#options.account,
      service: PRINCIPAL,
      sourceArn: ruleArn,
      ...(simulated && { simulated }),
    };
  }

  async #callerFor(invocation: TargetInvocation, call: TargetCall): Promise<Caller> {
    const { ruleArn, region, deliveryId, target, simulated } = invocation;
    if (call.role === 'none' || (call.role === 'of target' && target.RoleArn === undefined))
      return this.#service(ruleArn, simulated);
    const roleArn = target.RoleArn ?? (await this.#options.roleOfRule(ruleArn, region));
    if (roleArn === undefined)
      throw new ServiceError('AccessDenied', `The target ${target.Id} of ${ruleArn} has no RoleArn.`, 403);
    const session = await assumeForService(this.#options, {
      roleArn,
      sessionName: `events-${deliveryId}`,
      servicePrincipal: PRINCIPAL,
      sourceArn: ruleArn,
    });
    return simulated ? { ...session, simulated } : session;
  }
}

/** @returns undefined for a kind of target that is not written */
function callOf({ target, payload, event }: TargetInvocation): TargetCall | undefined {
  const [, , service = '', region = '', , kind = ''] = target.Arn.split(':');
  if (service === 'states' && kind === 'stateMachine')
    return {
      service,
      operation: 'StartExecution',
      role: 'required',
      input: { stateMachineArn: target.Arn, input: payload },
      resultArn: ({ executionArn }) => executionArn,
    };
  if (service === 'lambda' && kind === 'function')
    return {
      service,
      operation: 'Invoke',
      role: 'none',
      // Accepted at once, however long it runs: a delivery that waits too long would be made again.
      input: {
        FunctionName: target.Arn,
        InvocationType: 'Event',
        Payload: new TextEncoder().encode(payload),
      },
    };
  if (service === 'sns')
    return {
      service,
      operation: 'Publish',
      role: 'none',
      input: { TopicArn: target.Arn, Message: payload },
    };
  if (service === 'sqs')
    return {
      service,
      operation: 'SendMessage',
      role: 'of target',
      region,
      input: { QueueUrl: queueUrlOf(target.Arn), MessageBody: payload },
    };
  if (service === 'events' && kind.startsWith('event-bus/'))
    return {
      service,
      operation: 'PutEvents',
      role: 'of target',
      region,
      input: { Entries: [entryOf(event, target.Arn)] },
      forwarded: event,
    };
  return undefined;
}

/** As AWS would have it: what counts is account and name. */
function queueUrlOf(arn: string): string {
  const [, , , region, account, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}

/** The event as PutEvents would be told of it. */
function entryOf(event: EventEnvelope, eventBusArn: string): PutEventsEntry {
  return {
    Source: event.source,
    DetailType: event['detail-type'],
    Detail: JSON.stringify(event.detail),
    Resources: event.resources,
    Time: new Date(event.time),
    EventBusName: eventBusArn,
  };
}

function internalCall(invocation: TargetInvocation, call: TargetCall, caller: Caller): InternalCall {
  const { simulated, eventId, ruleArn, deliveryId, region } = invocation;
  return {
    service: call.service,
    operation: call.operation,
    input: call.input,
    region: call.region ?? region,
    caller,
    sourceIpAddress: PRINCIPAL,
    userAgent: PRINCIPAL,
    origin: { simulated, eventId, ruleArn, deliveryId },
    // a function is told one request id, however often its delivery is made
    ...(call.service === 'lambda' && { requestId: deliveryId }),
    requestKey: deliveryId,
    ...(call.forwarded && { forwarded: call.forwarded }),
  };
}
