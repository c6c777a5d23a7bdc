import type { Archive, EventRecord, EventStore, StoredRule } from '@riposte/events';

export const NOW = 1_000_000;

/** An event that matched rules with one target each. */
export function record(eventId: string, rules: readonly string[], receivedAtMs = NOW): EventRecord {
  return {
    event: {
      version: '0',
      id: eventId,
      'detail-type': 'Order',
      source: 'test',
      account: '111122223333',
      time: '2026-01-31T12:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: {},
    },
    region: 'us-east-1',
    eventBusName: 'default',
    receivedAtMs,
    simulated: false,
    matchedRuleArns: [...rules],
    archiveNames: [],
    deliveries: rules.map((ruleArn) => ({
      deliveryId: `${eventId}/${ruleArn}`,
      ruleArn,
      target: { Id: 't', Arn: 'arn:aws:sns:us-east-1:111122223333:topic' },
    })),
  };
}

export const ARCHIVE_KEY = { region: 'us-east-1', eventBusName: 'default', name: 'Events-Archive-kept' };
export const ARCHIVE_RULE: StoredRule = {
  region: 'us-east-1',
  rule: { Name: ARCHIVE_KEY.name, Arn: 'arn:rule', EventBusName: 'default', State: 'ENABLED' },
  targets: [],
  createdAtMs: NOW,
  archiveName: 'kept',
};
export const ARCHIVE: Archive = {
  ArchiveName: 'kept',
  ArchiveArn: 'arn:archive',
  EventSourceArn: 'arn:bus',
  RetentionDays: 0,
  State: 'ENABLED',
  creationTimeMs: NOW,
};

const LOOK = { lanes: 100, deliveries: 10 };

/** Of the rule `a`. */
export async function claimed(store: EventStore, { nowMs = NOW, deliveries = 10 } = {}): Promise<string[]> {
  const shares = [{ ruleArn: 'a', targetId: 't', deliveries }];
  const found = await store.claimDeliveries({ nowMs, leaseUntilMs: nowMs + 60_000, shares });
  return found.map(({ deliveryId }) => deliveryId);
}

/** `rule/target: deliveries that are due`, in the order of their places. */
export async function ready(store: EventStore, nowMs = NOW, lookAt = LOOK): Promise<string[]> {
  const lanes = await store.readyLanes(nowMs, lookAt);
  return lanes.map(({ ruleArn, targetId, due }) => `${ruleArn}/${targetId}: ${due}`);
}

/** Ids of the newest hundred, newest first. */
export async function eventIds(store: EventStore): Promise<string[]> {
  const { events } = await store.searchEvents({}, { limit: 100 });
  return events.map(({ event }) => event.id);
}
