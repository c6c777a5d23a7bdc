import { eventBusNameOf } from './arns.ts';
import type { EventContext } from './context.ts';
import { injectedEnvelope } from './envelope/injected.ts';
import { checkRequest, envelopeOf } from './envelope/put-events-entry.ts';
import type {
  EventEnvelope,
  PutEventsEntry,
  PutEventsResultEntry,
  RuleMatch,
} from './ports/event-service.ts';
import type { EventRecord } from './ports/event-store.ts';
import type { Arrival, ArrivalOutcome } from './ports/sources.ts';
import { recordOf } from './records.ts';
import type { EventBuses } from './rules/event-buses.ts';
import { explainRules, matchingRules } from './rules/matching.ts';

/** Twice what a queue keeps a message at most: whatever comes again later is not the same delivery. */
const ARRIVALS_KNOWN_MS = 28 * 24 * 3_600_000;

/** Takes events in: matches them and writes them down with the deliveries they cause, in one transaction. */
export class Publisher {
  readonly #context: EventContext;
  readonly #buses: EventBuses;
  readonly #recorded: () => void;

  /** @param recorded  called when deliveries are on disk */
  constructor(context: EventContext, buses: EventBuses, recorded: () => void) {
    this.#context = context;
    this.#buses = buses;
    this.#recorded = recorded;
  }

  async putEvents(
    region: string,
    entries: PutEventsEntry[],
    { simulated = false }: { simulated?: boolean } = {},
  ): Promise<PutEventsResultEntry[]> {
    checkRequest(entries);
    const { ids, clock, home, store } = this.#context;
    const records: EventRecord[] = [];
    const results: PutEventsResultEntry[] = [];
    for (const entry of entries) {
      const id = ids.uuid();
      const made = envelopeOf(entry, { id, account: home.account, region, nowMs: clock.now() });
      if ('error' in made) {
        results.push(made.error);
        continue;
      }
      results.push({ EventId: id });
      const record = await this.#recordOf(region, eventBusNameOf(entry.EventBusName), made.event, simulated);
      if (record) records.push(record);
    }
    if (records.length > 0) await store.record(records);
    this.#recorded();
    return results;
  }

  async inject(
    region: string,
    envelope: unknown,
    options: { simulated: boolean; eventBusName?: string },
  ): Promise<{ eventId: string; rules: RuleMatch[] }> {
    const { store, catalogue } = this.#context;
    const event = this.#envelopeOf(region, envelope);
    const bus = await this.#buses.describe(region, options.eventBusName);
    const rules = await catalogue.rules(region, bus.Name);
    const matched = matchingRules(rules, event);
    const { simulated } = options;
    const place = { region, eventBusName: bus.Name };
    await store.record([recordOf(this.#context, { ...place, event, simulated, matched })]);
    this.#recorded();
    return { eventId: event.id, rules: explainRules(rules, event) };
  }

  async explain(
    region: string,
    envelope: unknown,
    options: { eventBusName?: string },
  ): Promise<{ event: EventEnvelope; eventBusName: string; rules: RuleMatch[] }> {
    const event = this.#envelopeOf(region, envelope);
    const { Name: eventBusName } = await this.#buses.describe(region, options.eventBusName);
    const rules = explainRules(await this.#context.catalogue.rules(region, eventBusName), event);
    return { event, eventBusName, rules };
  }

  #envelopeOf(region: string, envelope: unknown): EventEnvelope {
    const { ids, clock, home } = this.#context;
    return injectedEnvelope(envelope, {
      id: ids.uuid(),
      account: home.account,
      region,
      nowMs: clock.now(),
    });
  }

  async forward(
    region: string,
    event: EventEnvelope,
    options: { eventBusName: string; deliveryId: string; simulated: boolean },
  ): Promise<void> {
    const { store, catalogue } = this.#context;
    const bus = await this.#buses.describe(region, options.eventBusName);
    const matched = matchingRules(await catalogue.rules(region, bus.Name), event);
    const { simulated } = options;
    const record = recordOf(this.#context, { region, eventBusName: bus.Name, event, simulated, matched });
    await store.record([{ ...record, forwardedBy: options.deliveryId }]);
    this.#recorded();
  }

  async takeIn(
    region: string,
    from: { name: string; eventBusName: string },
    arrivals: readonly Arrival[],
  ): Promise<ArrivalOutcome[]> {
    const { store, catalogue, clock } = this.#context;
    const { Name: eventBusName } = await this.#buses.describe(region, from.eventBusName);
    const rules = await catalogue.rules(region, eventBusName);
    const outcomes = await store.takeIn({
      source: from.name,
      atMs: clock.now(),
      forgetBeforeMs: clock.now() - ARRIVALS_KNOWN_MS,
      arrivals: arrivals.map((arrival) => {
        if (arrival.kind === 'rejected') return arrival;
        const { event, key, simulated } = arrival;
        const matched = matchingRules(rules, event);
        const record = recordOf(this.#context, { region, eventBusName, event, simulated, matched });
        return { kind: 'event', key, record };
      }),
    });
    this.#recorded();
    return outcomes;
  }

  async #recordOf(
    region: string,
    eventBusName: string,
    event: EventEnvelope,
    simulated: boolean,
  ): Promise<EventRecord | undefined> {
    const buses = await this.#buses.list(region, { NamePrefix: eventBusName });
    if (!buses.EventBuses.some((bus) => bus.Name === eventBusName)) {
      // as AWS does: the caller gets an id, the event goes nowhere
      this.#context.report({
        kind: 'event-lost',
        eventId: event.id,
        eventBusName,
        reason: `Event bus ${eventBusName} does not exist.`,
      });
      return undefined;
    }
    const rules = await this.#context.catalogue.rules(region, eventBusName);
    const matched = matchingRules(rules, event);
    return recordOf(this.#context, { region, eventBusName, event, simulated, matched });
  }
}
