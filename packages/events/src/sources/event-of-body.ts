import { ServiceError } from '@riposte/engine';
import { injectedEnvelope } from '../envelope/injected.ts';
import { EVENT_DEPTH_MAX, readObject } from '../envelope/json-object.ts';
import type { EventEnvelope } from '../ports/event-service.ts';

/** What EventBridge writes into every event; without any of them it is none of EventBridge's. `resources` may be absent. */
const MEMBERS = ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'detail'];

const KNOWN = new Set([...MEMBERS, 'resources', 'replay-name']);

/** @returns the event that a body is, as EventBridge sends it to its targets, or why it is none */
export function eventOfBody(body: string): { event: EventEnvelope } | { reason: string } {
  const read = readObject(body, EVENT_DEPTH_MAX);
  if ('problem' in read) return { reason: `The body ${read.problem}.` };
  const value = read.object;
  const missing = MEMBERS.find((member) => !Object.hasOwn(value, member));
  if (missing !== undefined)
    return {
      reason: `The body is not an event of EventBridge: "${missing}" is missing. The rule must send the matched event as it is, without Input, InputPath or InputTransformer.`,
    };
  const members = Object.entries(value);
  const known = Object.fromEntries(members.filter(([name]) => KNOWN.has(name)));
  // A member that AWS adds one day must not cost the event: it stays, and patterns may ask for it.
  const added = Object.fromEntries(members.filter(([name]) => !KNOWN.has(name)));
  try {
    // Every member that this context could fill in is there.
    const event = injectedEnvelope(known, { id: '', account: '', region: '', nowMs: 0 });
    return { event: { ...added, ...event } };
  } catch (error) {
    if (error instanceof ServiceError) return { reason: error.message };
    throw error;
  }
}

/** The same event again is the same arrival; a replay of it is another. */
export function arrivalKey(event: EventEnvelope): string {
  const replayName = event['replay-name'];
  return replayName === undefined ? `event/${event.id}` : `event/${event.id}/${replayName}`;
}
