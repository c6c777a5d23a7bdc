import { DEFAULT_BUS } from '../arns.ts';
import type { EventContext } from '../context.ts';
import { eventTime } from '../envelope/time.ts';
import type { Announcement } from '../ports/announcements.ts';
import type { EventEnvelope } from '../ports/event-service.ts';
import { recordOf } from '../records.ts';
import { matchingRules } from '../rules/matching.ts';

const STORE_PAUSE_MS = 1000;

const DETAIL_TYPES = {
  'target-failing': 'Target Failing',
  'target-recovered': 'Target Recovered',
  'rule-quiet': 'Rule Quiet',
  'rule-matched-again': 'Rule Matched Again',
} as const satisfies Record<Announcement['kind'], string>;

/**
 * Tells on the default bus, with the source `riposte.events`, when a target keeps failing or works again, and when a
 * rule that is watched has not matched for long or does again. What is told stands in the store: the event and the note
 * that it was told are one transaction, so each change is told once.
 */
export class Watch {
  readonly #context: EventContext;
  readonly #recorded: () => void;
  #open = false;
  #running: Promise<void> | undefined;
  #again = false;
  #cancelWake: () => void = () => undefined;

  /** @param recorded  called when deliveries are on disk */
  constructor(context: EventContext, recorded: () => void) {
    this.#context = context;
    this.#recorded = recorded;
  }

  start(): void {
    this.#open = true;
    this.notify();
  }

  /** An attempt has ended, an event came, or a rule has changed. */
  notify(): void {
    if (!this.#open) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.notify();
    });
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#again = false;
    this.#cancelWake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { store, clock, report } = this.#context;
    this.#again = false;
    let nextMs: number | undefined;
    try {
      for (const announcement of await store.announcements(clock.now())) await this.#announce(announcement);
      nextMs = await store.nextQuietMs();
    } catch (error) {
      report({ kind: 'store-failed', error });
      nextMs = clock.now() + STORE_PAUSE_MS;
    }
    this.#cancelWake();
    if (nextMs !== undefined && this.#open) this.#cancelWake = clock.wakeAt(nextMs, () => this.notify());
  }

  async #announce(announcement: Announcement): Promise<void> {
    const { store, catalogue } = this.#context;
    const event = this.#eventOf(announcement);
    const matched = matchingRules(await catalogue.rules(event.region, DEFAULT_BUS), event);
    const record = recordOf(this.#context, {
      region: event.region,
      eventBusName: DEFAULT_BUS,
      event,
      simulated: false,
      matched,
    });
    await store.record([{ ...record, announces: announcement }]);
    this.#recorded();
  }

  #eventOf(announcement: Announcement): EventEnvelope {
    const { clock, ids, home } = this.#context;
    const { kind, sinceMs, ...detail } = announcement;
    return {
      version: '0',
      id: ids.uuid(),
      'detail-type': DETAIL_TYPES[kind],
      source: 'riposte.events',
      account: home.account,
      time: eventTime(clock.now()),
      region: detail.ruleArn.split(':')[3] ?? '',
      resources: [detail.ruleArn],
      detail: { ...detail, since: eventTime(sinceMs) },
    };
  }
}
