import { ServiceError } from '@riposte/engine';
import { PatternIndex } from '@riposte/patterns';
import { validationError } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import type { Rule, RuleMatch, StoredEvent } from '../ports/event-service.ts';
import type { Backtest, EventFilter, EventPage, EventPosition, ResendResult } from '../ports/search.ts';
import { recordOf } from '../records.ts';
import { explainRules, isForRulesOf, matchRules, outcomeInTurns } from '../rules/matching.ts';
import { checkPattern } from '../rules/rules.ts';
import { Turns } from '../turns.ts';
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
    const turns = new Turns(this.#context);
    const matching = await matchRules(onBus, event, turns);
    const matched = matching.rules.filter(
      ({ rule, archiveName }) => archiveName === undefined && isWanted(rule),
    );
    const rules = await explainRules(onBus, event, turns, isWanted);
    if (matched.length === 0)
      throw validationError(`No rule matches the event now.${reasonsOf(rules, eventId)}`);
    const again = { rules: matched, undecided: [] };
    const record = recordOf(this.#context, { region, eventBusName, event, simulated, matched: again });
    await store.recordResend(record);
    this.#recorded();
    return { rules, deliveryIds: record.deliveries.map(({ deliveryId }) => deliveryId) };
  }

  async backtest(
    { EventPattern, State = 'ENABLED' }: { EventPattern: string; State?: Rule['State'] },
    filter: Pick<EventFilter, 'eventBusName' | 'fromMs' | 'toMs'>,
    limit: number,
  ): Promise<Backtest> {
    const index = new PatternIndex([checkPattern(EventPattern)]);
    const turns = new Turns(this.#context);
    const found: Backtest = { examined: 0, matched: 0, undecided: 0, events: [] };
    let shown = 0; // characters
    let before: EventPosition | undefined;
    do {
      const page = await this.#context.store.searchEvents(filter, {
        limit: BACKTEST_PAGE,
        ...(before !== undefined && { before }),
      });
      const seen = page.events.filter((stored) => isSeen(stored, filter.eventBusName));
      found.examined += seen.length;
      for (const stored of seen.filter(({ event }) => isForRulesOf(State, event))) {
        const { matched, undecided } = await outcomeInTurns(index, stored.event, turns);
        found.undecided += undecided.length;
        if (matched.length === 0) continue;
        found.matched += 1;
        if (found.events.length >= limit || shown >= SHOWN_CHARACTERS_MAX) continue;
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
