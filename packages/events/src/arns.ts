export const DEFAULT_BUS = 'default';

/** Where a service lives; its ARNs are made of it. */
export interface Home {
  partition: string;
  account: string;
}

export function eventBusArn(home: Home, region: string, name: string): string {
  return `arn:${home.partition}:events:${region}:${home.account}:event-bus/${name}`;
}

/** On the default bus the bus is not part of the ARN. */
export function ruleArn(home: Home, region: string, eventBusName: string, name: string): string {
  const path = eventBusName === DEFAULT_BUS ? name : `${eventBusName}/${name}`;
  return `arn:${home.partition}:events:${region}:${home.account}:rule/${path}`;
}

/** @param kind  e.g. `archive`, `replay` */
export function eventsArn(home: Home, region: string, kind: string, path: string): string {
  return `arn:${home.partition}:events:${region}:${home.account}:${kind}/${path}`;
}

/** The bus and the name in the ARN of a rule. */
export function ruleOfArn(arn: string): { region: string; eventBusName: string; name: string } | undefined {
  const parsed = parseArn(arn);
  if (parsed?.service !== 'events' || !parsed.resource.startsWith('rule/')) return undefined;
  const path = parsed.resource.slice('rule/'.length);
  const end = path.lastIndexOf('/');
  const eventBusName = end < 0 ? DEFAULT_BUS : path.slice(0, end);
  return { region: parsed.region, eventBusName, name: path.slice(end + 1) };
}

export function scheduleArn(
  { partition, account }: Home,
  { region, groupName, name }: { region: string; groupName: string; name: string },
): string {
  return `arn:${partition}:scheduler:${region}:${account}:schedule/${groupName}/${name}`;
}

/** The group and the name in the ARN of a schedule. */
export function scheduleOfArn(arn: string): { region: string; groupName: string; name: string } | undefined {
  const parsed = parseArn(arn);
  const [kind, groupName, name] = parsed?.resource.split('/') ?? [];
  if (parsed?.service !== 'scheduler' || kind !== 'schedule') return undefined;
  return groupName !== undefined && name !== undefined
    ? { region: parsed.region, groupName, name }
    : undefined;
}

/** Requests name a bus by name or by ARN. */
export function eventBusNameOf(nameOrArn: string | undefined): string {
  if (nameOrArn === undefined) return DEFAULT_BUS;
  const marker = ':event-bus/';
  const at = nameOrArn.startsWith('arn:') ? nameOrArn.indexOf(marker) : -1;
  return at < 0 ? nameOrArn : nameOrArn.slice(at + marker.length);
}

export function isEventBus(target: { Arn: string }): boolean {
  const arn = parseArn(target.Arn);
  return arn?.service === 'events' && arn.resource.startsWith('event-bus/');
}

/** Whether what made a delivery is a schedule of EventBridge Scheduler, not a rule. */
export function isSchedule(ruleArn: string): boolean {
  return parseArn(ruleArn)?.service === 'scheduler';
}

/** Parts of an ARN, or undefined when the text is none. */
export function parseArn(
  arn: string,
): { service: string; region: string; account: string; resource: string } | undefined {
  const match = /^arn:[a-z-]+:([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws|):(.+)$/.exec(arn);
  if (!match) return undefined;
  const [, service = '', region = '', account = '', resource = ''] = match;
  return { service, region, account, resource };
}
