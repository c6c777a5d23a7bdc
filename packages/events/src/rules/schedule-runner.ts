import type { EventContext } from '../context.ts';
import { eventTime } from '../envelope/time.ts';
import type { EventEnvelope } from '../ports/event-service.ts';
import type { StoredRule } from '../ports/event-store.ts';
import { recordOf } from '../records.ts';
import { nextFireOf } from './rules.ts';

/** A fire that is later than this is skipped and reported. */
const LATENESS_MAX_MS = 15 * 60_000;
const STORE_PAUSE_MS = 1000;

/**
 * Fires scheduled rules. The next time of each stands in the store: the event, its deliveries and the time after it
 * are written in one transaction. What was missed while the server was down is made up once, by its latest instant,
 * when that is less than 15 minutes ago; anything else is skipped and reported.
 */
export class ScheduleRunner {
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

  /** Schedules may have changed, or time has come. */
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
    const { store, clock, report, change } = this.#context;
    this.#again = false;
    let nextMs: number | undefined;
    try {
      // as a change of rules: no rule can be altered between reading that it is due and writing that it fired
      await change(async () => {
        for (const due of await store.dueRules(clock.now())) await this.#fire(due);
      });
      nextMs = await store.nextFireMs();
    } catch (error) {
      report({ kind: 'store-failed', error });
      nextMs = clock.now() + STORE_PAUSE_MS;
    }
    this.#cancelWake();
    if (nextMs !== undefined && this.#open) this.#cancelWake = clock.wakeAt(nextMs, () => this.notify());
  }

  async #fire(due: StoredRule): Promise<void> {
    const { store, clock, report } = this.#context;
    const now = clock.now();
    const dueMs = due.nextFireMs ?? now;
    const latestMs = latestFire(due, dueMs, now);
    const untilMs = latestMs ?? now;
    if (dueMs < untilMs)
      report({ kind: 'schedule-missed', ruleArn: due.rule.Arn, firstMissedMs: dueMs, untilMs });
    const key = { region: due.region, eventBusName: due.rule.EventBusName, name: due.rule.Name };
    const nextFireMs = nextFireOf(due.rule, now, due.createdAtMs);
    if (latestMs === undefined) {
      await store.setNextFire(key, nextFireMs);
      return;
    }
    const record = recordOf(this.#context, {
      region: due.region,
      eventBusName: due.rule.EventBusName,
      event: this.#scheduledEvent(due, latestMs),
      simulated: false,
      matched: [due],
    });
    await store.record([{ ...record, fired: { ...key, nextFireMs } }]);
    this.#recorded();
  }

  #scheduledEvent(due: StoredRule, atMs: number): EventEnvelope {
    return {
      version: '0',
      id: this.#context.ids.uuid(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: this.#context.home.account,
      time: eventTime(atMs),
      region: due.region,
      resources: [due.rule.Arn],
      detail: {},
    };
  }
}

/** The latest instant of the schedule that is due and not too late. */
function latestFire(due: StoredRule, dueMs: number, nowMs: number): number | undefined {
  const earliestMs = nowMs - LATENESS_MAX_MS;
  let candidate = dueMs > earliestMs ? dueMs : nextFireOf(due.rule, earliestMs, due.createdAtMs);
  let latest: number | undefined;
  while (candidate !== undefined && candidate <= nowMs) {
    latest = candidate;
    candidate = nextFireOf(due.rule, candidate, due.createdAtMs);
  }
  return latest;
}
