import type { EventService } from '@riposte/events';
import { Refusal } from './errors.ts';
import type { ExplainedEvent } from './shapes.ts';

/** Which event is explained, and by the rules of which bus. */
export interface ExplainRequest {
  /** An event envelope; or give `eventId`. */
  event?: unknown;
  /** Of a stored event: explained against the rules as they are now. */
  eventId?: string;
  /** Default: the bus of the stored event, else `default`. */
  eventBusName?: string;
  region?: string;
}

/** What the rules of a bus make of an event. Nothing is stored. */
export async function explainEvent(
  events: EventService,
  serverRegion: string,
  { event, eventId, eventBusName, region }: ExplainRequest,
): Promise<ExplainedEvent> {
  if ((event === undefined) === (eventId === undefined))
    throw new Refusal(400, 'InvalidRequest', 'Give either an event or an eventId.');
  if (eventId === undefined)
    return events.explainEvent(
      region ?? serverRegion,
      event,
      eventBusName === undefined ? {} : { eventBusName },
    );
  const stored = await events.describeEvent(eventId);
  if (!stored) throw new Refusal(404, 'NotFound', `There is no event ${eventId}.`);
  return events.explainEvent(region ?? stored.event.region, stored.event, {
    eventBusName: eventBusName ?? stored.eventBusName,
  });
}
