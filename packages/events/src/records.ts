import type { EventContext } from './context.ts';
import type { EventEnvelope } from './ports/event-service.ts';
import type { EventRecord, StoredRule } from './ports/event-store.ts';

/** An event that was matched, with the deliveries and the copies in archives that come of it. */
export function recordOf(
  { ids, clock }: EventContext,
  matching: {
    region: string;
    eventBusName: string;
    event: EventEnvelope;
    simulated: boolean;
    matched: readonly StoredRule[];
  },
): EventRecord {
  const { matched, ...event } = matching;
  return {
    ...event,
    receivedAtMs: clock.now(),
    matchedRuleArns: matched.map(({ rule }) => rule.Arn),
    deliveries: matched.flatMap(({ rule, targets }) =>
      targets.map((target) => ({ deliveryId: ids.uuid(), ruleArn: rule.Arn, target })),
    ),
    archiveNames: matched.flatMap(({ archiveName }) => archiveName ?? []),
  };
}
