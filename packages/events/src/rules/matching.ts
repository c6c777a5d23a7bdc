import {
  explain,
  flattenEvent,
  PATTERN_WORK_MAX,
  Work,
  type IndexOutcome,
  type PatternIndex,
} from '@riposte/patterns';
import type { EventEnvelope, Rule, RuleMatch } from '../ports/event-service.ts';
import type { StoredRule } from '../ports/event-store.ts';
import type { Turns } from '../turns.ts';
import type { BusRules, ReadyRule } from './catalogue.ts';

/** What became of an event at the rules of its bus, which keep their order. */
export interface Matched {
  rules: readonly StoredRule[];
  /** Those that the work limit kept from being matched: they count as not matching. */
  undecided: readonly StoredRule[];
}

export async function matchRules(
  { index, indexed, undecided }: BusRules,
  event: EventEnvelope,
  turns: Turns,
): Promise<Matched> {
  const outcome = await outcomeInTurns(index, event, turns);
  const seeing = (positions: readonly number[]): ReadyRule[] =>
    positions
      .flatMap((position) => indexed[position] ?? [])
      .filter((ready) => refusal(ready, event) === undefined);
  const left = seeing(outcome.undecided);
  for (const ready of left) undecided(ready, event.id);
  return {
    rules: seeing(outcome.matched).map(({ stored }) => stored),
    undecided: left.map(({ stored }) => stored),
  };
}

export async function outcomeInTurns(
  index: PatternIndex,
  event: EventEnvelope,
  turns: Turns,
): Promise<IndexOutcome> {
  const steps = index.steps(event);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await turns.did(step.value.spent);
  }
}

/**
 * @param isAsked  which rules are wanted; default: all
 * @returns for every rule, why it matched or not
 */
export async function explainRules(
  { all, indexed, index }: BusRules,
  event: EventEnvelope,
  turns: Turns,
  isAsked: (rule: Rule) => boolean = () => true,
): Promise<RuleMatch[]> {
  const flat = flattenEvent(event);
  // as it was matched: rules share a limit of work on one event
  const outcome = await outcomeInTurns(index, event, turns);
  const matching = new Set(outcome.matched.map((position) => indexed[position]));
  const undecided = new Set(outcome.undecided.map((position) => indexed[position]));
  const explained: RuleMatch[] = [];
  for (const ready of all.filter(({ stored }) => isAsked(stored.rule))) {
    const { Arn: ruleArn, Name: ruleName } = ready.stored.rule;
    const refused = refusal(ready, event);
    if (refused !== undefined || !ready.pattern) {
      explained.push({ ruleArn, ruleName, matched: false, explanation: refused ?? '' });
      continue;
    }
    const known = matching.has(ready) ? 'matched' : undecided.has(ready) ? 'undecided' : 'refused';
    const work = new Work(PATTERN_WORK_MAX);
    const { matched, sentence, path, wanted = '', seen = '' } = explain(ready.pattern, flat, known, work);
    const decidedBy = path === undefined ? {} : { decidedBy: { path, wanted, seen } };
    explained.push({ ruleArn, ruleName, matched, explanation: sentence, ...decidedBy });
    await turns.did(work.spent);
  }
  return explained;
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
