import { numberOf, parseJson } from '@riposte/asl';
import type { TargetInvocation } from '@riposte/events';
import { InvalidParameters } from '../tasks/parameters.ts';

/** A payload that a log group does not take. */
function invalidLogEvent(): InvalidParameters {
  return new InvalidParameters([
    'The InputTransformer of a log group must give {"timestamp": …, "message": …}: a number of milliseconds since the epoch, and a text.',
  ]);
}

/**
 * The line that a log group gets of an event: the payload at the event's time, or what the transformer says of both.
 * @throws InvalidParameters
 */
export function logEventOf(invocation: TargetInvocation): {
  Timestamp: number;
  Message: string;
} {
  const { target, payload } = invocation;
  if (!target.InputTransformer) return { Timestamp: Date.parse(invocation.event.time), Message: payload };
  const { timestamp, message } = membersOf(payload);
  const Timestamp = typeof timestamp === 'string' ? timeOf(timestamp) : numberOf(timestamp);
  if (Timestamp === undefined || !Number.isInteger(Timestamp) || message === undefined)
    throw invalidLogEvent();
  return { Timestamp, Message: typeof message === 'string' ? message : JSON.stringify(message) };
}

function membersOf(payload: string): { timestamp?: unknown; message?: unknown } {
  try {
    return Object(parseJson(payload)) as { timestamp?: unknown; message?: unknown };
  } catch {
    throw invalidLogEvent();
  }
}

/** A number as text, or an instant as events carry it. */
function timeOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}
