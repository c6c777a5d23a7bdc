import type { Upcoming } from '@riposte/server';
import { SdkAwsClient } from './sdk-client.ts';
import type { ServerConnection } from './server-connection.ts';

const NAMES_MAX = 20;

/**
 * Why nothing may have been found: a name that was asked for and is not there. Events outlive their rules and buses, so
 * this is asked only when there are none.
 */
export async function doubtOf(
  server: ServerConnection,
  { bus, rule }: { bus?: string; rule?: string },
): Promise<string | undefined> {
  if (bus === undefined && rule === undefined) return undefined;
  const { endpoint, credentials, health } = server;
  const client = new SdkAwsClient({ endpoint, region: health.region, credentials });
  try {
    const buses = await namesOf(client, 'ListEventBuses', 'EventBuses', {});
    if (bus !== undefined && !buses.includes(bus)) return doubt(`event bus ${bus}`, buses);
    if (rule === undefined) return undefined;
    const ofBuses = await Promise.all(
      (bus === undefined ? buses : [bus]).map((EventBusName) =>
        namesOf(client, 'ListRules', 'Rules', { EventBusName }),
      ),
    );
    const schedules = await server.get<Upcoming[]>('/api/schedules', { limit: '1' });
    const rules = [...new Set(ofBuses.flat())];
    const isThere = [...rules, ...schedules.map(({ name }) => name)].some(
      (name) => rule === name || rule.endsWith(`/${name}`) || name.endsWith(`/${rule}`),
    );
    return isThere ? undefined : doubt(`rule ${rule}`, rules);
  } finally {
    client.close();
  }
}

function doubt(what: string, names: readonly string[]): string {
  const more = names.length > NAMES_MAX ? `, and ${names.length - NAMES_MAX} more` : '';
  return `There is no ${what}. There are: ${names.slice(0, NAMES_MAX).join(', ') || '(none)'}${more}.`;
}

async function namesOf(
  client: SdkAwsClient,
  operation: string,
  member: string,
  input: object,
): Promise<string[]> {
  const names: string[] = [];
  let NextToken: unknown;
  do {
    const page = await client.call('events', operation, {
      ...input,
      ...(NextToken !== undefined && { NextToken }),
    });
    for (const { Name } of page[member] as { Name: string }[]) names.push(Name); // EventBridge's answer
    NextToken = page['NextToken'];
  } while (NextToken !== undefined);
  return names;
}
