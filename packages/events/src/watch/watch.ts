import { DEFAULT_BUS } from '../arns.ts';
import type { EventContext } from '../context.ts';
import type { DueWork } from '../due-runner.ts';
import { eventTime } from '../envelope/time.ts';
import type { Announcement } from '../ports/announcements.ts';
import type { EventEnvelope } from '../ports/event-service.ts';
import { recordOf } from '../records.ts';
import { matchRules } from '../rules/matching.ts';
import { Turns } from '../turns.ts';

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
export class Watch implements DueWork {
  readonly #context: EventContext;
  readonly #recorded: () => void;

  /** @param recorded  called when deliveries are on disk */
  constructor(context: EventContext, recorded: () => void) {
    this.#context = context;
    this.#recorded = recorded;
  }

  nextMs(): Promise<number | undefined> {
    return this.#context.store.nextQuietMs();
  }

  async fireDue(nowMs: number): Promise<void> {
    for (const announcement of await this.#context.store.announcements(nowMs))
      await this.#announce(announcement);
  }

  async #announce(announcement: Announcement): Promise<void> {
    const { store, catalogue } = this.#context;
    const event = this.#eventOf(announcement);
    const simulated = 'simulated' in announcement && announcement.simulated;
    const rules = await catalogue.rules(event.region, DEFAULT_BUS);
    const matched = await matchRules(rules, event, new Turns(this.#context));
    const record = recordOf(this.#context, {
      region: event.region,
      eventBusName: DEFAULT_BUS,
      event,
      simulated,
      matched,
    });
    await store.record([{ ...record, announces: announcement }]);
    this.#recorded();
  }

  #eventOf(announcement: Announcement): EventEnvelope {
    const { clock, ids, home } = this.#context;
    const { kind, sinceMs, ...known } = announcement;
    const { simulated: _, ...detail } = { simulated: false, ...known }; // the event itself is marked
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
