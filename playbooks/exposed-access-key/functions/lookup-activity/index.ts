/** What did a key do in the last 24 hours, as CloudTrail in this region knows it? */
import {
  CloudTrailClient,
  LookupEventsCommand,
  type Event,
  type LookupEventsResponse,
} from '@aws-sdk/client-cloudtrail';

type Counts = [name: string, count: number][];

interface Activity {
  region: string;
  /** ISO 8601. */
  from: string;
  to: string;
  calls: number;
  denied: number;
  firstCall?: string;
  lastCall?: string;
  /** The ten most frequent of each, most frequent first. */
  eventNames: Counts;
  resourceNames: Counts;
  resourceTypes: Counts;
  deniedCalls: Counts;
  sourceAddresses: Counts;
  /** Calls that were answered and that may outlive the key: new users, keys, policies, sessions, machines. */
  footholds: Counts;
  /** How many different names there are, of which the lists show ten. */
  distinct: { eventNames: number; resourceNames: number; sourceAddresses: number };
  /** More calls are in CloudTrail than were counted. */
  truncated: boolean;
  /** Why the count ended early, if an error ended it. */
  stoppedBy?: string;
}

const HOURS = 24;
/** 50 calls each, two pages a second at most: about ten seconds. */
const PAGES_MAX = 20;
const TOP = 10;
const DENIED = /AccessDenied|Unauthorized|Forbidden/;
const FOOTHOLD =
  /^(Create(AccessKey|User|LoginProfile|Role|Policy|PolicyVersion|InstanceProfile|SAMLProvider|OpenIDConnectProvider|Function.*|KeyPair|Stack)|Attach(User|Role|Group)Policy|Put(User|Role|Group)Policy|AddUserToGroup|AddPermission.*|Update(AssumeRolePolicy|LoginProfile|AccessKey|FunctionCode.*)|AssumeRole|GetSessionToken|GetFederationToken|RunInstances|RequestSpotInstances|AuthorizeSecurityGroupIngress|StopLogging|DeleteTrail|ModifySnapshotAttribute|PutBucketPolicy)$/;

export const handler = lookupActivity(
  // LookupEvents allows two calls a second: the client slows down by itself when it is refused.
  new CloudTrailClient({ retryMode: 'adaptive', maxAttempts: 8 }),
  () => new Date(),
);

export function lookupActivity(cloudTrail: CloudTrailClient, now: () => Date) {
  return async (input: { accessKeyId: string }): Promise<Activity> => {
    const to = now();
    const from = new Date(to.getTime() - HOURS * 3_600_000);
    const { events, truncated, stoppedBy } = await readPages(cloudTrail, input.accessKeyId, from, to);
    return {
      region: await cloudTrail.config.region(),
      from: from.toISOString(),
      to: to.toISOString(),
      ...summarise(events),
      truncated,
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
    };
  };
}

/** What was read before an error is worth telling; an error on the first page is the caller's. */
async function readPages(cloudTrail: CloudTrailClient, accessKeyId: string, from: Date, to: Date) {
  const events: Event[] = [];
  let token: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    let answer: LookupEventsResponse;
    try {
      answer = await cloudTrail.send(
        new LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: accessKeyId }],
          StartTime: from,
          EndTime: to,
          MaxResults: 50,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
    } catch (error) {
      if (page === 0) throw error;
      return { events, truncated: true, stoppedBy: error instanceof Error ? error.name : String(error) };
    }
    events.push(...(answer.Events ?? []));
    token = answer.NextToken;
    if (token === undefined) return { events, truncated: false };
  }
  return { events, truncated: true };
}

function summarise(events: Event[]) {
  const calls = events.map((event) => ({ event, record: recordOf(event) }));
  const denied = calls.filter(({ record }) => DENIED.test(record.errorCode));
  const answered = calls.filter(({ record }) => record.errorCode === '');
  const times = events.flatMap(({ EventTime }) => (EventTime ? [EventTime.toISOString()] : [])).sort();
  const resources = events.flatMap(({ Resources }) => Resources ?? []);
  const eventNames = count(calls.map(({ event }) => event.EventName));
  const resourceNames = count(resources.map(({ ResourceName }) => ResourceName));
  const sourceAddresses = count(calls.map(({ record }) => record.sourceIPAddress));
  return {
    calls: events.length,
    denied: denied.length,
    ...(times[0] === undefined ? {} : { firstCall: times[0], lastCall: times.at(-1)! }),
    eventNames: eventNames.slice(0, TOP),
    resourceNames: resourceNames.slice(0, TOP),
    resourceTypes: count(resources.map(({ ResourceType }) => ResourceType)).slice(0, TOP),
    deniedCalls: count(denied.map(({ event }) => event.EventName)).slice(0, TOP),
    sourceAddresses: sourceAddresses.slice(0, TOP),
    footholds: count(
      answered.map(({ event }) => event.EventName).filter((name) => FOOTHOLD.test(name ?? '')),
    ).slice(0, TOP),
    distinct: {
      eventNames: eventNames.length,
      resourceNames: resourceNames.length,
      sourceAddresses: sourceAddresses.length,
    },
  };
}

/** Most frequent first, names in order where the counts are equal; nameless things are not counted. */
function count(names: (string | undefined)[]): Counts {
  const counts = new Map<string, number>();
  for (const name of names) if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function recordOf(event: Event): { errorCode: string; sourceIPAddress: string } {
  let record: { errorCode?: unknown; sourceIPAddress?: unknown } | null = null;
  try {
    record = JSON.parse(event.CloudTrailEvent ?? 'null');
  } catch {
    // One unreadable record must not hide the others.
  }
  const { errorCode, sourceIPAddress } = record ?? {};
  return {
    errorCode: typeof errorCode === 'string' ? errorCode : '',
    sourceIPAddress: typeof sourceIPAddress === 'string' ? sourceIPAddress : '',
  };
}
