import type { TargetInvocation } from '@riposte/events';
import { sdkAction } from '../sdk/actions.ts';
import { awsSdkIntegration } from '../tasks/aws-sdk.ts';
import { ruleTargetCall } from './rule-target.ts';
import type { TargetCall } from './target-call.ts';

/** Whether a delivery is an invocation of EventBridge Scheduler, and not of a rule. */
export function isSchedule(ruleArn: string): boolean {
  return ruleArn.split(':')[2] === 'scheduler';
}

/**
 * What a schedule calls for its target, always with the target's role: as a rule would, an event of its own making on
 * a bus, or any API (a universal target).
 * @returns undefined for a kind of target that is not written
 * @throws InvalidParameters, ServiceError for an input that the API does not take
 */
export function scheduleTargetCall(invocation: TargetInvocation): TargetCall | undefined {
  const { target, payload } = invocation;
  const [, , service = '', region = '', , kind = ''] = target.Arn.split(':');
  if (service === 'scheduler') return universalCall(target.Arn, payload);
  if (service !== 'events') {
    const call = ruleTargetCall(invocation);
    return call && { ...call, role: 'required' };
  }
  const { EventBridgeParameters: event } = target;
  if (!kind.startsWith('event-bus/') || !event) return undefined;
  const entry = {
    Source: event.Source,
    DetailType: event.DetailType,
    Detail: payload,
    EventBusName: target.Arn,
  };
  return { service, operation: 'PutEvents', role: 'required', region, input: { Entries: [entry] } };
}

/**
 * What a dead letter of a schedule carries: the request, as JSON. Of a queue as the user guide shows it; of other kinds,
 * which it does not show, by analogy.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export function scheduleRequest(invocation: TargetInvocation): string {
  const isUniversal = invocation.target.Arn.split(':')[2] === 'scheduler';
  const call = isUniversal ? undefined : scheduleTargetCall(invocation);
  if (!call) return invocation.payload;
  const members = Object.entries(call.input).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const request = members.map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  ]);
  return JSON.stringify(Object.fromEntries(request));
}

/** `arn:aws:scheduler:::aws-sdk:<service>:<action>`: the payload is the request. */
function universalCall(arn: string, payload: string): TargetCall | undefined {
  const [, key = '', action = ''] = /:aws-sdk:([^:]+):([^:]+)$/.exec(arn) ?? [];
  const found = sdkAction(key, action);
  if (found.kind !== 'known') return undefined;
  const { service, operation, input } = awsSdkIntegration(found);
  return { service, operation, role: 'required', input: input(payload) };
}
