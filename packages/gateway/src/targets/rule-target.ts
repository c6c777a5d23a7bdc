import type { EventEnvelope, PutEventsEntry, TargetInvocation } from '@riposte/events';
import { logEventOf } from './log-group.ts';
import type { TargetCall } from './target-call.ts';

/** What a rule calls for its target. @returns undefined for a kind of target that is not written */
export function ruleTargetCall(invocation: TargetInvocation): TargetCall | undefined {
  const { target, payload, ruleArn } = invocation;
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
  if (service === 'events' && kind.startsWith('event-bus/')) {
    const { event } = invocation; // read only where it is needed
    return {
      service,
      operation: 'PutEvents',
      role: 'of target',
      region,
      input: { Entries: [entryOf(event, target.Arn)] },
      forwarded: event,
    };
  }
  if (isApiDestination(target.Arn))
    return {
      service,
      operation: 'InvokeApiDestination',
      role: 'required',
      region,
      input: {
        ApiDestinationArn: target.Arn,
        Payload: payload,
        ...(target.HttpParameters && { HttpParameters: target.HttpParameters }),
      },
    };
  if (service === 'logs' && kind === 'log-group')
    return {
      service,
      operation: 'DeliverToLogGroup',
      role: 'none',
      region,
      input: {
        LogGroupArn: target.Arn.replace(/:\*$/, ''),
        LogStreamName: ruleArn.slice(ruleArn.lastIndexOf('/') + 1),
        ...logEventOf(invocation),
      },
    };
  return undefined;
}

export function isApiDestination(arn: string): boolean {
  return arn.includes(':api-destination/');
}

/** As AWS would have it: what counts is account and name. */
export function queueUrlOf(arn: string): string {
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
