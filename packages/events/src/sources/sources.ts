import { createHash } from 'node:crypto';
import type { Clock, Ids } from '@riposte/engine';
import { ServiceError, SIMULATED_MARK } from '@riposte/engine';
import { oneAtATime } from '../context.ts';
import { eventTime } from '../envelope/time.ts';
import type { EventService } from '../ports/event-service.ts';
import type { EventStore } from '../ports/event-store.ts';
import type {
  Arrival,
  EventSource,
  PushSource,
  QueueSource,
  RejectedArrival,
  ShownSource,
  SourceQueue,
  SourceStatus,
  WebhookSource,
} from '../ports/sources.ts';
import {
  checkedHeader,
  checkedName,
  checkedQueue,
  checkedWebhook,
  type PushSourceInput,
  type QueueSourceInput,
  type WebhookSourceInput,
} from './checks.ts';
import { arrivalKey, eventOfBody } from './event-of-body.ts';
import { QueuePoller } from './queue-poller.ts';
import { eventOfWebhook, isSameText, type RequestHeaders, signatureProblem, webhookKey } from './webhook.ts';

/** Sources belong to the server, not to a region of it. */
const EVERYWHERE = '*';
const NOTHING = { events: 0, duplicates: 0, rejected: 0 };

export interface EventSourcesOptions {
  events: Pick<EventService, 'takeIn' | 'describeEventBus'>;
  store: EventStore;
  clock: Clock;
  ids: Ids;
  /** 12 digits; the account of events that webhooks become. */
  account: string;
  /** Of the buses that events are put on. */
  region: string;
  /** Queues of the configuration: there as long as they stand in it. */
  configured: readonly QueueSourceInput[];
  openQueue(source: QueueSource): SourceQueue;
  /** Takes one line for each thing an operator should know. */
  report(line: string): void;
}

/** What is answered to whoever sends an event. */
export type PushAnswer =
  { status: 200; eventId: string; isDuplicate: boolean } | { status: 400 | 401 | 404; reason: string };

/** Where events come from outside: queues that are read, and requests that are taken. */
export class EventSources {
  readonly #options: EventSourcesOptions;
  readonly #configured: readonly QueueSource[];
  readonly #pollers = new Map<string, QueuePoller>();
  readonly #change = oneAtATime();
  #isOpen = false;

  /** @throws ServiceError ValidationException for a queue of the configuration that cannot be one */
  constructor(options: EventSourcesOptions) {
    this.#options = options;
    this.#configured = options.configured.map((input) => checkedQueue(input, options.clock.now()));
    const names = new Set(this.#configured.map(({ name }) => name));
    if (names.size < this.#configured.length)
      throw new ServiceError('ValidationException', 'Two queues of the configuration have one name.');
  }

  /** Reads every queue, those that were connected before the last stop included. */
  async start(): Promise<void> {
    await this.#change(async () => {
      this.#isOpen = true;
      for (const source of await this.#all()) if (source.kind === 'queue') this.#poll(source);
    });
  }

  async close(): Promise<void> {
    await this.#change(async () => {
      this.#isOpen = false;
      await Promise.all([...this.#pollers.values()].map((poller) => poller.close()));
      this.#pollers.clear();
    });
  }

  /** Durable: read from now on, also after a restart. */
  async connect(input: QueueSourceInput): Promise<SourceStatus> {
    const source = checkedQueue(input, this.#options.clock.now());
    await this.#add(source);
    return this.#statusOf(source);
  }

  /** @returns also the API key, this once */
  async createPush(input: PushSourceInput): Promise<{ source: ShownSource; apiKey: string }> {
    const { clock, ids } = this.#options;
    const apiKey = ids.secret();
    const source: PushSource = {
      kind: 'events',
      name: checkedName(input.name),
      apiKeyHeader: checkedHeader(input.apiKeyHeader ?? 'x-api-key'),
      apiKeySha256: hashOf(apiKey),
      eventBusName: input.eventBusName ?? 'default',
      createdAtMs: clock.now(),
    };
    await this.#add(source);
    return { source: shown(source), apiKey };
  }

  /** @returns also the secret, this once */
  async createWebhook(input: WebhookSourceInput): Promise<{ source: ShownSource; secret: string }> {
    const { clock, ids } = this.#options;
    const source = checkedWebhook(input, { secret: ids.secret(), createdAtMs: clock.now() });
    await this.#add(source);
    return { source: shown(source), secret: source.secret };
  }

  /** What it brought stays. */
  async remove(name: string): Promise<void> {
    await this.#change(async () => {
      if (this.#isConfigured(name))
        throw new ServiceError(
          'ValidationException',
          `The source ${name} stands in the server's configuration: start the server without it.`,
        );
      await this.#find(name);
      await this.#pollers.get(name)?.close();
      this.#pollers.delete(name);
      await this.#options.store.deleteDocument('source', EVERYWHERE, name);
    });
  }

  /** By name. */
  async list(): Promise<SourceStatus[]> {
    return Promise.all((await this.#all()).map((source) => this.#statusOf(source)));
  }

  /** Newest first, also of sources that were removed; fewer than `limit` where they are large. */
  async rejected(name: string, limit: number): Promise<RejectedArrival[]> {
    return this.#options.store.rejectedArrivals(name, limit);
  }

  /** The headers that a request to a source must have, before its body is read; undefined: there is no such source. */
  async admit(
    kind: 'events' | 'webhook',
    name: string,
    headers: RequestHeaders,
  ): Promise<PushSource | WebhookSource | { status: 401 | 404; reason: string }> {
    const source = await this.#options.store.document('source', EVERYWHERE, name);
    if (source?.kind !== kind) return { status: 404, reason: `There is no such source here.` };
    if (source.kind === 'webhook')
      return headers[source.signatureHeader] === undefined
        ? { status: 401, reason: `The header ${source.signatureHeader} is missing.` }
        : source;
    const key = headers[source.apiKeyHeader];
    if (key === undefined) return { status: 401, reason: `The header ${source.apiKeyHeader} is missing.` };
    return isSameText(hashOf(key), source.apiKeySha256)
      ? source
      : { status: 401, reason: `The key in ${source.apiKeyHeader} is not right.` };
  }

  /** Answers when the event is on disk; one that is there already is answered alike. */
  async push(
    source: PushSource | WebhookSource,
    headers: RequestHeaders,
    body: Uint8Array,
  ): Promise<PushAnswer> {
    const { events, region, clock } = this.#options;
    if (source.kind === 'webhook') {
      const problem = signatureProblem(source, headers, body, clock.now());
      if (problem !== undefined) return { status: 401, reason: problem };
    }
    const text = Buffer.from(body).toString('utf8');
    const read = source.kind === 'webhook' ? this.#wrap(source, text) : eventOfBody(text);
    if ('reason' in read) return { status: 400, reason: read.reason };
    const { event } = read;
    const key = source.kind === 'webhook' ? webhookKey(source, headers) : arrivalKey(event);
    // there at all, whatever its value: a mark only makes what comes of it more careful
    const simulated = SIMULATED_MARK.toLowerCase() in headers;
    const arrival: Arrival = { kind: 'event', key, event, simulated };
    const [outcome] = await events.takeIn(region, source, [arrival]);
    return { status: 200, eventId: event.id, isDuplicate: outcome === 'duplicate' };
  }

  #wrap(source: WebhookSource, body: string): ReturnType<typeof eventOfWebhook> {
    const { account, region, ids, clock } = this.#options;
    return eventOfWebhook(source, body, { id: ids.uuid(), account, region, time: eventTime(clock.now()) });
  }

  async #add(source: EventSource): Promise<void> {
    const { store, events, region } = this.#options;
    await this.#change(async () => {
      await events.describeEventBus(region, source.eventBusName);
      if (this.#isConfigured(source.name) || (await store.document('source', EVERYWHERE, source.name)))
        throw new ServiceError('ResourceAlreadyExistsException', `Source ${source.name} already exists.`);
      await store.putDocument('source', EVERYWHERE, source.name, source);
      if (source.kind === 'queue') this.#poll(source);
    });
  }

  #poll(source: QueueSource): void {
    if (!this.#isOpen || this.#pollers.has(source.name)) return;
    const queue = this.#options.openQueue(source);
    this.#pollers.set(source.name, new QueuePoller(source, { ...this.#options, queue }));
  }

  async #all(): Promise<EventSource[]> {
    const stored = await this.#options.store.documents('source', EVERYWHERE);
    const own = stored.filter(({ name }) => !this.#isConfigured(name));
    return [...this.#configured, ...own].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #find(name: string): Promise<EventSource> {
    const source = (await this.#all()).find((candidate) => candidate.name === name);
    if (!source) throw new ServiceError('ResourceNotFoundException', `Source ${name} does not exist.`);
    return source;
  }

  #isConfigured(name: string): boolean {
    return this.#configured.some((source) => source.name === name);
  }

  async #statusOf(source: EventSource): Promise<SourceStatus> {
    const poller = this.#pollers.get(source.name);
    return {
      source: shown(source),
      isConfigured: this.#isConfigured(source.name),
      counts: (await this.#options.store.sourceCounts()).get(source.name) ?? NOTHING,
      ...(poller?.lastPollMs !== undefined && { lastPollMs: poller.lastPollMs }),
      ...(poller?.failingSinceMs !== undefined && { failingSinceMs: poller.failingSinceMs }),
      ...(poller?.lastError && { lastError: poller.lastError }),
    };
  }
}

function shown(source: EventSource): ShownSource {
  if (source.kind === 'queue') return source;
  const secrets = new Set(['secret', 'apiKeySha256']);
  const open = Object.entries(source).filter(([name]) => !secrets.has(name));
  return Object.fromEntries(open) as unknown as ShownSource; // all its other members
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
