import type { EventContext } from '../context.ts';
import { allFired, FIRED_AT_ONCE, LATENESS_MAX_MS, type DueWork } from '../due-runner.ts';
import { eventTime } from '../envelope/time.ts';
import type { EventEnvelope } from '../ports/event-service.ts';
import type { StoredRule } from '../ports/event-store.ts';
import { recordOf } from '../records.ts';
import { readOr } from '../unreadable.ts';
import { nextFireOf } from './rules.ts';

/** Fires scheduled rules. */
export class ScheduledRules implements DueWork {
  readonly #context: EventContext;
  readonly #recorded: () => void;

  /** @param recorded  called when deliveries are on disk */
  constructor(context: EventContext, recorded: () => void) {
    this.#context = context;
    this.#recorded = recorded;
  }

  nextMs(): Promise<number | undefined> {
    return this.#context.store.nextFireMs();
  }

  async fireDue(nowMs: number): Promise<void> {
    const due = await this.#context.store.dueRules(nowMs, FIRED_AT_ONCE);
    if (due.length === 0) return;
    try {
      await allFired(due.map((one) => this.#fire(one, nowMs)));
    } finally {
      this.#recorded();
    }
  }

  async #fire(due: StoredRule, now: number): Promise<void> {
    const { store, report } = this.#context;
    const dueMs = due.nextFireMs ?? now;
    const key = { region: due.region, eventBusName: due.rule.EventBusName, name: due.rule.Name };
    const read = readOr(() => ({
      latestMs: latestFire(due, dueMs, now),
      nextFireMs: nextFireOf(due.rule, now, due.createdAtMs),
    }));
    if (read.problem !== undefined) {
      await store.setNextFire(key, undefined); // so that it is told once
      const { Arn: ruleArn, ScheduleExpression: expression = '' } = due.rule;
      return report({ kind: 'schedule-unreadable', ruleArn, expression, problem: read.problem });
    }
    const { latestMs, nextFireMs } = read.value;
    const untilMs = latestMs ?? now;
    if (dueMs < untilMs)
      report({ kind: 'schedule-missed', ruleArn: due.rule.Arn, firstMissedMs: dueMs, untilMs });
    if (latestMs === undefined) {
      await store.setNextFire(key, nextFireMs);
      return;
    }
    const record = recordOf(this.#context, {
      region: due.region,
      eventBusName: due.rule.EventBusName,
      event: this.#scheduledEvent(due, latestMs),
      simulated: due.simulated === true,
      matched: { rules: [due], undecided: [] },
    });
    await store.record([{ ...record, fired: { ...key, nextFireMs } }]);
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
