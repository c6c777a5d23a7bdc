import { ServiceError } from '@riposte/engine';
import { injectedEnvelope } from '../envelope/injected.ts';
import type { EventEnvelope } from '../ports/event-service.ts';

/** What EventBridge writes into every event; without any of them it is none of EventBridge's. */
const MEMBERS = [
  'version',
  'id',
  'detail-type',
  'source',
  'account',
  'time',
  'region',
  'resources',
  'detail',
];

const KNOWN = new Set([...MEMBERS, 'replay-name']);

/** @returns the event that a body is, as EventBridge sends it to its targets, or why it is none */
export function eventOfBody(body: string): { event: EventEnvelope } | { reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { reason: 'The body is not JSON.' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { reason: 'The body is not a JSON object.' };
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
    // Every member is there, so nothing of this context is used.
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
