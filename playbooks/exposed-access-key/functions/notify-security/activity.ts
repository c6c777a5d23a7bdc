import type { Activity, Finding } from './finding.ts';

/** The lines about what the key did; says plainly when that is not known. */
export function activitySection({ activity, failure, lookupFailure }: Finding): string[] {
  if (!activity) return [notLookedUp(failure !== undefined, lookupFailure?.Error)];
  const { calls, denied, region, from, to } = activity;
  const scope = `Management events of region ${region}, ${from} to ${to}. CloudTrail lags by some minutes.`;
  if (calls === 0)
    return [
      'No calls in the last 24 hours.',
      scope,
      'Other regions were not looked at; IAM and STS calls are recorded in us-east-1.',
    ];
  const rows: [label: string, counts: [string, number][], distinct?: number][] = [
    ['May outlive it', activity.footholds],
    ['Calls', activity.eventNames, activity.distinct.eventNames],
    ['Denied', activity.deniedCalls],
    ['Resources', activity.resourceNames, activity.distinct.resourceNames],
    ['Types', activity.resourceTypes],
    ['From', activity.sourceAddresses, activity.distinct.sourceAddresses],
  ];
  return [
    `${calls}${activity.truncated ? ' or more' : ''} calls in the last 24 hours, ${denied} of them denied.`,
    `First ${activity.firstCall ?? 'unknown'}, last ${activity.lastCall ?? 'unknown'}.`,
    ...rows.flatMap(([label, counts, distinct]) =>
      counts.length > 0 ? [`  ${label.padEnd(14)} ${listing(counts, distinct)}`] : [],
    ),
    ...truncation(activity),
    scope,
  ];
}

function listing(counts: [string, number][], distinct: number | undefined): string {
  const shown = counts.map(([name, count]) => `${name} ${count}`).join(', ');
  return distinct !== undefined && distinct > counts.length
    ? `${shown} and ${distinct - counts.length} more`
    : shown;
}

function truncation({ truncated, stoppedBy }: Activity): string[] {
  if (!truncated) return [];
  return [
    stoppedBy === undefined
      ? 'Only the newest calls were counted: there are too many. Look into CloudTrail for the rest.'
      : `Counting ended early (${stoppedBy}). Look into CloudTrail for the rest.`,
  ];
}

function notLookedUp(afterFailure: boolean, error: string | undefined): string {
  if (error !== undefined) return `Not known: looking into CloudTrail failed (${error}). Look there by hand.`;
  return afterFailure
    ? 'Not known: CloudTrail was not asked, so that this notice goes out at once.'
    : 'Not known: CloudTrail was not asked.';
}
