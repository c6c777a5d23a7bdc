import type { EventContext } from './context.ts';
import type { EventEnvelope } from './ports/event-service.ts';
import type { EventRecord } from './ports/event-store.ts';
import type { Matched } from './rules/matching.ts';

/** An event that was matched, with the deliveries and the copies in archives that come of it. */
export function recordOf(
  { ids, clock }: EventContext,
  matching: {
    region: string;
    eventBusName: string;
    event: EventEnvelope;
    simulated: boolean;
    matched: Matched;
  },
): EventRecord {
  const {
    matched: { rules, undecided },
    ...event
  } = matching;
  return {
    ...event,
    receivedAtMs: clock.now(),
    matchedRuleArns: rules.map(({ rule }) => rule.Arn),
    ...(undecided.length > 0 && { undecidedRuleArns: undecided.map(({ rule }) => rule.Arn) }),
    deliveries: rules.flatMap(({ rule, targets }) =>
      targets.map((target) => ({ deliveryId: ids.uuid(), ruleArn: rule.Arn, target })),
    ),
    archiveNames: rules.flatMap(({ archiveName }) => archiveName ?? []),
  };
}
