import { explain, flattenEvent } from '@riposte/patterns';
import type { EventEnvelope, Rule, RuleMatch } from '../ports/event-service.ts';
import type { StoredRule } from '../ports/event-store.ts';
import type { BusRules, ReadyRule } from './catalogue.ts';

/** @returns the rules that match, in their order */
export function matchingRules({ index, indexed, undecided }: BusRules, event: EventEnvelope): StoredRule[] {
  const outcome = index.outcome(event);
  const seeing = (positions: readonly number[]): ReadyRule[] =>
    positions
      .flatMap((position) => indexed[position] ?? [])
      .filter((ready) => refusal(ready, event) === undefined);
  for (const ready of seeing(outcome.undecided)) undecided(ready, event.id);
  return seeing(outcome.matched).map((ready) => ready.stored);
}

/** @returns for every rule, why it matched or not */
export function explainRules({ all, indexed, index }: BusRules, event: EventEnvelope): RuleMatch[] {
  const flat = flattenEvent(event);
  // as it was matched: rules share a limit of work on one event
  const outcome = index.outcome(event);
  const matching = new Set(outcome.matched.map((position) => indexed[position]));
  const undecided = new Set(outcome.undecided.map((position) => indexed[position]));
  return all.map((ready) => {
    const { Arn: ruleArn, Name: ruleName } = ready.stored.rule;
    const refused = refusal(ready, event);
    if (refused !== undefined || !ready.pattern)
      return { ruleArn, ruleName, matched: false, explanation: refused ?? '' };
    const {
      matched,
      sentence,
      path,
      wanted = '',
      seen = '',
    } = explain(
      ready.pattern,
      flat,
      matching.has(ready) ? 'matched' : undecided.has(ready) ? 'undecided' : 'refused',
    );
    const decidedBy = path === undefined ? {} : { decidedBy: { path, wanted, seen } };
    return { ruleArn, ruleName, matched, explanation: sentence, ...decidedBy };
  });
}

/** Whether rules in this state see such an event: read-only calls are for those only that ask for all of them. */
export function isForRulesOf(state: Rule['State'], event: EventEnvelope): boolean {
  const isReadOnly =
    event['detail-type'] === 'AWS API Call via CloudTrail' && event.detail['readOnly'] === true;
  return !isReadOnly || state === 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
}

/** Why a rule does not even look at the event. */
function refusal({ stored, pattern, unreadable }: ReadyRule, event: EventEnvelope): string | undefined {
  if (stored.rule.State === 'DISABLED') return 'The rule is disabled.';
  if (unreadable !== undefined) return `The rule's pattern is not valid: ${unreadable}`;
  if (!pattern) return 'The rule has a schedule and no event pattern.';
  if (!isForRulesOf(stored.rule.State, event))
    return 'The event is a read-only call, which only rules in the state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS see.';
  return undefined;
}
