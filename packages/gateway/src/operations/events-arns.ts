import type { CallContext } from '@riposte/account';

type Place = Pick<CallContext, 'account' | 'region'>;

/** @param nameOrArn default: the default bus */
export function busArn(context: Place, nameOrArn = 'default'): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  return `arn:aws:events:${context.region}:${context.account}:event-bus/${nameOrArn}`;
}

/** @param kind  e.g. `archive` */
export function eventsArn({ region, account }: Place, kind: string, name: string): string {
  return `arn:aws:events:${region}:${account}:${kind}/${name}`;
}

/** Rules of the default bus do not name it. */
export function ruleArn(context: Place, rule: string, bus = 'default'): string {
  const busName = bus.slice(bus.lastIndexOf('/') + 1);
  const path = busName === 'default' ? rule : `${busName}/${rule}`;
  return `arn:aws:events:${context.region}:${context.account}:rule/${path}`;
}

export function touchedBus(arn: string) {
  return [{ type: 'AWS::Events::EventBus', name: arn }];
}

export function touchedRule(arn: string) {
  return [{ type: 'AWS::Events::Rule', name: arn }];
}
