import { ServiceError } from '@riposte/engine';
import { matches } from '@riposte/patterns';
import { validationError } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import type { Rule, RuleMatch, StoredEvent } from '../ports/event-service.ts';
import type { Backtest, EventFilter, EventPage, EventPosition, ResendResult } from '../ports/search.ts';
import { recordOf } from '../records.ts';
import { explainRules, isForRulesOf, matchingRules } from '../rules/matching.ts';
import { checkPattern } from '../rules/rules.ts';
import { SCHEDULER_BUS } from '../scheduler/schedule-invocations.ts';

/** Events that are looked at between two pauses, in which the server does its other work. */
const BACKTEST_PAGE = 500;
/** Of what is shown of a backtest, as JSON: one event more may pass it. */
const SHOWN_CHARACTERS_MAX = 4_000_000;
/** Of rules that do not match an event; with dozens nobody would read them. */
const REASONS_MAX = 5;

/** Stored events: found, tried against patterns, and sent again. */
export class StoredEvents {
  readonly #context: EventContext;
  readonly #recorded: () => void;

  /** @param recorded  called when deliveries are on disk */
  constructor(context: EventContext, recorded: () => void) {
    this.#context = context;
    this.#recorded = recorded;
  }

  search(filter: EventFilter, page: { limit: number; before?: EventPosition }): Promise<EventPage> {
    return this.#context.store.searchEvents(filter, page);
  }

  async resend(eventId: string, wanted: string | undefined): Promise<ResendResult> {
    const { store, catalogue } = this.#context;
    const stored = await store.event(eventId);
    if (!stored) throw new ServiceError('ResourceNotFoundException', `Event ${eventId} does not exist.`);
    const { region, eventBusName, event, simulated } = stored;
    const onBus = await catalogue.rules(region, eventBusName);
    const isWanted = (rule: { Arn: string; Name: string }) =>
      wanted === undefined || rule.Arn === wanted || rule.Name === wanted;
    if (!onBus.all.some((ready) => isWanted(ready.stored.rule)))
      throw new ServiceError(
        'ResourceNotFoundException',
        wanted === undefined
          ? `There are no rules on EventBus ${eventBusName}.`
          : `Rule ${wanted} does not exist on EventBus ${eventBusName}.`,
      );
    // what the archives have of it they have already
    const matched = matchingRules(onBus, event).filter(
      ({ rule, archiveName }) => archiveName === undefined && isWanted(rule),
    );
    const rules = explainRules(onBus, event).filter(({ ruleArn, ruleName }) =>
      isWanted({ Arn: ruleArn, Name: ruleName }),
    );
    if (matched.length === 0)
      throw validationError(`No rule matches the event now.${reasonsOf(rules, eventId)}`);
    const record = recordOf(this.#context, { region, eventBusName, event, simulated, matched });
    await store.recordResend(record);
    this.#recorded();
    return { rules, deliveryIds: record.deliveries.map(({ deliveryId }) => deliveryId) };
  }

  async backtest(
    { EventPattern, State = 'ENABLED' }: { EventPattern: string; State?: Rule['State'] },
    filter: Pick<EventFilter, 'eventBusName' | 'fromMs' | 'toMs'>,
    limit: number,
  ): Promise<Backtest> {
    const compiled = checkPattern(EventPattern);
    const found: Backtest = { examined: 0, matched: 0, events: [] };
    let shown = 0; // characters
    let before: EventPosition | undefined;
    do {
      const page = await this.#context.store.searchEvents(filter, {
        limit: BACKTEST_PAGE,
        ...(before !== undefined && { before }),
      });
      const seen = page.events.filter((stored) => isSeen(stored, filter.eventBusName));
      found.examined += seen.length;
      const matched = seen.filter(({ event }) => isForRulesOf(State, event) && matches(compiled, event));
      found.matched += matched.length;
      for (const stored of matched) {
        if (found.events.length >= limit || shown >= SHOWN_CHARACTERS_MAX) break;
        found.events.push(stored);
        shown += JSON.stringify(stored).length;
      }
      before = page.before;
      await this.#context.pause();
    } while (before !== undefined);
    return found;
  }
}

/** A line for each. */
function reasonsOf(rules: readonly RuleMatch[], eventId: string): string {
  const told = rules
    .slice(0, REASONS_MAX)
    .map(({ ruleName, explanation }) => `\n  ${ruleName}: ${explanation}`);
  const more = rules.length - told.length;
  return told.join('') + (more > 0 ? `\n  and ${more} more; why: riposte explain ${eventId}` : '');
}

/** Whether a rule could have seen it, on the bus that is asked for, and as an event of its own. */
function isSeen({ event, eventBusName, forwarded }: StoredEvent, wantedBus: string | undefined): boolean {
  const isCopy = forwarded === true && wantedBus === undefined;
  return !isCopy && event['replay-name'] === undefined && eventBusName !== SCHEDULER_BUS;
}
