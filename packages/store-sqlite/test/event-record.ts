import type { EventRecord } from '@riposte/events';

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
