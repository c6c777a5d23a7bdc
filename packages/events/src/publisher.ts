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
import type { EventRecord, EventStore } from './ports/event-store.ts';
import type { Arrival, ArrivalOutcome } from './ports/sources.ts';
import { recordOf } from './records.ts';
import type { EventBuses } from './rules/event-buses.ts';
import { explainRules, matchRules } from './rules/matching.ts';
import { Turns } from './turns.ts';

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
    const turns = new Turns(this.#context);
    for (const entry of entries) {
      const id = ids.uuid();
      const made = envelopeOf(entry, { id, account: home.account, region, nowMs: clock.now() });
      if ('error' in made) {
        results.push(made.error);
        continue;
      }
      results.push({ EventId: id });
      const place = { region, eventBusName: eventBusNameOf(entry.EventBusName) };
      const record = await this.#recordOf({ ...place, event: made.event, simulated }, turns);
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
    const turns = new Turns(this.#context);
    const matched = await matchRules(rules, event, turns);
    const { simulated } = options;
    const place = { region, eventBusName: bus.Name };
    await store.record([recordOf(this.#context, { ...place, event, simulated, matched })]);
    this.#recorded();
    return { eventId: event.id, rules: await explainRules(rules, event, turns) };
  }

  async explain(
    region: string,
    envelope: unknown,
    options: { eventBusName?: string },
  ): Promise<{ event: EventEnvelope; eventBusName: string; rules: RuleMatch[] }> {
    const event = this.#envelopeOf(region, envelope);
    const { Name: eventBusName } = await this.#buses.describe(region, options.eventBusName);
    const rules = await this.#context.catalogue.rules(region, eventBusName);
    const explained = await explainRules(rules, event, new Turns(this.#context));
    return { event, eventBusName, rules: explained };
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
    const rules = await catalogue.rules(region, bus.Name);
    const matched = await matchRules(rules, event, new Turns(this.#context));
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
    const turns = new Turns(this.#context);
    const ready: Parameters<EventStore['takeIn']>[0]['arrivals'] = [];
    for (const arrival of arrivals) {
      if (arrival.kind === 'rejected') {
        ready.push(arrival);
        continue;
      }
      const { event, key, simulated } = arrival;
      const matched = await matchRules(rules, event, turns);
      const record = recordOf(this.#context, { region, eventBusName, event, simulated, matched });
      ready.push({ kind: 'event', key, record });
    }
    const nowMs = clock.now();
    const outcomes = await store.takeIn({
      source: from.name,
      atMs: nowMs,
      forgetBeforeMs: nowMs - ARRIVALS_KNOWN_MS,
      arrivals: ready,
    });
    this.#recorded();
    return outcomes;
  }

  async #recordOf(
    put: { region: string; eventBusName: string; event: EventEnvelope; simulated: boolean },
    turns: Turns,
  ): Promise<EventRecord | undefined> {
    const { region, eventBusName, event } = put;
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
    return recordOf(this.#context, { ...put, matched: await matchRules(rules, event, turns) });
  }
}
