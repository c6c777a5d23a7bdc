import type { EventService } from '@riposte/events';
import { sampleEvent, sampleNames } from '@riposte/events';
import type { Clock, Ids } from '@riposte/engine';
import { Refusal } from './errors.ts';
import type { InjectedEvent } from './shapes.ts';

export interface SimulateRequest {
  /** A sample's name, e.g. `health/AWS_RISK_CREDENTIALS_EXPOSED`; or give `event`. */
  name?: string;
  /** A whole event envelope. */
  event?: unknown;
  accessKeyIds?: string[];
  userName?: string;
  communicationId?: string;
  backup?: boolean;
  region?: string;
  eventBusName?: string;
}

interface Surroundings {
  events: EventService;
  clock: Clock;
  ids: Ids;
  account: string;
  region: string;
}

/** Injects an event that says it is one: the administrator's own way around PutEvents, which refuses `aws.` sources. */
export async function simulate(around: Surroundings, request: SimulateRequest): Promise<InjectedEvent> {
  const region = request.region ?? around.region;
  const envelope = request.event ?? madeFromSample(around, request, region);
  const { eventId, rules } = await around.events.injectEvent(region, envelope, {
    simulated: true,
    ...(request.eventBusName !== undefined && { eventBusName: request.eventBusName }),
  });
  const stored = await around.events.describeEvent(eventId);
  if (!stored) throw new Error(`Event ${eventId} was stored and is not there.`);
  return { event: stored.event, rules };
}

function madeFromSample(around: Surroundings, request: SimulateRequest, region: string): unknown {
  const { name, accessKeyIds, userName, communicationId, backup } = request;
  const names = sampleNames().map((sample) => sample.name);
  if (name === undefined || !names.includes(name))
    throw new Refusal(
      404,
      'NotFound',
      `There is no sample event named ${name ?? '(none given)'}. There are: ${names.join(', ')}.`,
    );
  return sampleEvent(name, {
    account: around.account,
    region,
    nowMs: around.clock.now(),
    uuid: () => around.ids.uuid(),
    ...(accessKeyIds && { accessKeyIds }),
    ...(userName !== undefined && { userName }),
    ...(communicationId !== undefined && { communicationId }),
    ...(backup !== undefined && { backup }),
  });
}
