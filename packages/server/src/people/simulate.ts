import type { Clock, Ids } from '@riposte/engine';
import { type EventService, sampleEvents, type SampleRequest } from '@riposte/events';
import { Refusal } from './errors.ts';
import type { InjectedEvent, SimulatedEvents } from './shapes.ts';

/** What is to happen: a sample by its name with what is to be said of it, or `event`. */
export interface SimulateRequest extends Partial<Omit<SampleRequest, 'nowMs' | 'uuid'>> {
  /** A sample's name, e.g. `health/AWS_RISK_CREDENTIALS_EXPOSED`. */
  name?: string;
  /** A whole event envelope. */
  event?: unknown;
  eventBusName?: string;
}

interface Surroundings {
  events: EventService;
  clock: Clock;
  ids: Ids;
  account: string;
  region: string;
}

/** Injects events that say what they are: the administrator's own way around PutEvents, which refuses `aws.` sources. */
export async function simulate(around: Surroundings, request: SimulateRequest): Promise<SimulatedEvents> {
  checkTypes(request);
  const region = request.region ?? around.region;
  const injected: InjectedEvent[] = [];
  for (const envelope of envelopes(around, request, region))
    injected.push(await inject(around, region, envelope, request.eventBusName));
  const [first, ...further] = injected;
  if (!first) throw new Error('A sample without any event.');
  return { ...first, further };
}

function envelopes(around: Surroundings, request: SimulateRequest, region: string): unknown[] {
  const { name, event, eventBusName: _bus, ...about } = request;
  if (event !== undefined) return [event];
  if (name === undefined)
    throw new Refusal(400, 'BadRequest', 'Which event? Give the name of a sample, or the event itself.');
  const { clock, ids, account } = around;
  return sampleEvents(name, {
    account,
    ...about,
    region,
    nowMs: clock.now(),
    uuid: () => ids.uuid(),
  });
}

async function inject(
  { events }: Surroundings,
  region: string,
  envelope: unknown,
  eventBusName: string | undefined,
): Promise<InjectedEvent> {
  const { eventId, rules } = await events.injectEvent(region, envelope, {
    simulated: true,
    ...(eventBusName !== undefined && { eventBusName }),
  });
  const stored = await events.describeEvent(eventId);
  if (!stored) throw new Error(`Event ${eventId} was stored and is not there.`);
  return { event: stored.event, rules };
}

const TEXTS = ['name', 'account', 'region', 'userName', 'communicationId', 'eventBusName'] as const;
const LISTS = ['accessKeyIds', 'entities'] as const;
const FLAGS = ['backup', 'withBackup', 'closed'] as const;
const NUMBERS = ['pages', 'page', 'times'] as const;

function checkTypes(request: SimulateRequest): void {
  const wrong = [
    ...TEXTS.filter((member) => !['string', 'undefined'].includes(typeof request[member])),
    ...LISTS.filter((member) => request[member] !== undefined && !isTexts(request[member])),
    ...FLAGS.filter((member) => !['boolean', 'undefined'].includes(typeof request[member])),
    ...NUMBERS.filter((member) => !['number', 'undefined'].includes(typeof request[member])),
  ];
  if (wrong.length > 0)
    throw new Refusal(400, 'BadRequest', `Not what a simulation can be told: ${wrong.join(', ')}.`);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}
