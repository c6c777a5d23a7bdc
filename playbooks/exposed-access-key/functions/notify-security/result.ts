import type { Finding } from './finding.ts';

/** Decides which advice is given. */
export type Status =
  'contained' | 'inactive' | 'not-deleted' | 'still-active' | 'not-ours' | 'no-key' | 'keys-by-hand';

export interface Result {
  status: Status;
  /** First words of the subject. */
  subject: string;
  headline: string;
  explanation: string;
}

/** What became of the key, in words that leave no doubt whether it still works. */
export function result(finding: Finding): Result {
  if (!finding.key) return withoutKey(finding);
  const key = finding.key.accessKeyId;
  const { outcome = 'failed', reason } = finding.containment ?? {};
  switch (outcome) {
    case 'deleted':
      return {
        status: 'contained',
        subject: 'DELETED',
        headline: `Access key ${key} was deleted.`,
        explanation: finding.afterWaiting
          ? 'The key had been deactivated when the event came. The waiting time is over, and it was deleted.'
          : 'The key was deleted. It cannot be brought back; whatever used it has stopped working.',
      };
    case 'deactivated':
    case 'already-inactive':
      return inactive(finding, key, outcome);
    case 'already-removed':
      return {
        status: 'contained',
        subject: 'ALREADY REMOVED',
        headline: `Access key ${key} was already removed.`,
        explanation:
          'IAM has no such key any more: it was already removed before this step ran. Nothing was changed.',
      };
    case 'left-active':
      return {
        status: 'still-active',
        subject: 'STILL ACTIVE',
        headline: `Access key ${key} is STILL ACTIVE.`,
        explanation:
          'The key had been deactivated and was due to be deleted. Somebody has activated it again in the meantime, so it was left alone.',
      };
    case 'not-contained':
      return notContained(finding, key, reason);
    case 'failed':
      return finding.afterWaiting
        ? {
            status: 'not-deleted',
            subject: 'NOT DELETED',
            headline: `Access key ${key} is deactivated, but could not be deleted.`,
            explanation:
              'The key was found Inactive before the waiting time, and this automation did not activate it. Deleting it now failed.',
          }
        : {
            status: 'still-active',
            subject: 'STILL ACTIVE',
            headline: `Access key ${key} is STILL ACTIVE.`,
            explanation: 'Taking it out of service failed. Act by hand, now.',
          };
  }
}

function inactive(finding: Finding, key: string, outcome: 'deactivated' | 'already-inactive'): Result {
  const seconds = finding.key?.deleteAfterSeconds;
  const later =
    seconds === undefined ? '' : ` It will be deleted in ${duration(seconds)} unless it is activated again.`;
  return outcome === 'deactivated'
    ? {
        status: 'inactive',
        subject: 'DEACTIVATED',
        headline: `Access key ${key} was deactivated.`,
        explanation: `The key was deactivated. It signs nothing any more and can be activated again.${later}`,
      }
    : {
        status: 'inactive',
        subject: 'ALREADY INACTIVE',
        headline: `Access key ${key} was deactivated already.`,
        explanation: `The key was inactive before this step ran. Nothing was changed.${later}`,
      };
}

function notContained(finding: Finding, key: string, reason: string | undefined): Result {
  const account = finding.containment?.account ?? 'unknown';
  const act = (subject: string, explanation: string): Result => ({
    status: 'still-active',
    subject,
    headline: `Access key ${key} is STILL ACTIVE.`,
    explanation,
  });
  switch (reason) {
    case 'root':
      return act(
        'STILL ACTIVE',
        "This is an access key of the account's root user. Only the root user can deactivate it; nothing was changed.",
      );
    case 'temporary':
      return act(
        'STILL ACTIVE',
        'This is a temporary key of a session. Such keys cannot be deleted; they end by themselves, or when the sessions of their role or user are revoked. Nothing was changed.',
      );
    case 'foreign':
      return {
        status: 'not-ours',
        subject: 'NOT CONTAINED',
        headline: `Access key ${key} belongs to another account (${account}).`,
        explanation: `This automation works in its own account only. As far as it knows the key is STILL ACTIVE in account ${account}. Nothing was changed.`,
      };
    default:
      return {
        status: 'not-ours',
        subject: 'NOT FOUND',
        headline: `Access key ${key} was not found in this account.`,
        explanation:
          'Neither IAM nor STS of this account knows the key. It was removed, or it belongs to another account, where it may be STILL ACTIVE. Nothing was changed.',
      };
  }
}

function withoutKey(finding: Finding): Result {
  if (finding.tooManyKeys) return leftOver(finding);
  if (finding.failure && finding.plan?.keys?.length) return brokenOff(finding, finding.plan.keys);
  const unread = finding.failure !== undefined;
  return {
    status: 'no-key',
    subject: 'NOTHING CONTAINED',
    headline: unread
      ? 'An AWS event about exposed credentials could not be handled.'
      : 'An AWS event about exposed credentials names no access key.',
    explanation: unread
      ? 'Reading the event failed. Any key that it names is STILL ACTIVE.'
      : 'No access key was found in the event, so none was taken out of service.',
  };
}

function leftOver({ plan }: Finding): Result {
  const { count, accessKeyIds } = plan?.leftOver ?? { count: 0, accessKeyIds: [] };
  const more = count > accessKeyIds.length ? ` and ${count - accessKeyIds.length} more` : '';
  return {
    status: 'keys-by-hand',
    subject: 'STILL ACTIVE',
    headline: `${count} access keys of one AWS event were not handled, and are STILL ACTIVE.`,
    explanation: `The event names more keys than are handled at a time. Nothing was done to these: ${accessKeyIds.join(', ')}${more}.`,
  };
}

/** A Map failed as a whole. The keys that were through have notices of their own. */
function brokenOff({ results }: Finding, keys: { accessKeyId: string }[]): Result {
  const names = keys.map(({ accessKeyId }) => accessKeyId).join(', ');
  return results === undefined
    ? {
        status: 'keys-by-hand',
        subject: 'MAY BE ACTIVE',
        headline: 'Taking exposed access keys out of service broke off.',
        explanation: `Unless another notice says what became of it, a key may be STILL ACTIVE: ${names}.`,
      }
    : {
        status: 'not-deleted',
        subject: 'NOT DELETED',
        headline: 'Deleting deactivated access keys after their waiting time broke off.',
        explanation: `Unless another notice says what became of it, a key is as the first notice about it said: ${names}.`,
      };
}

function duration(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  for (const [length, name] of units) {
    const count = seconds / length;
    if (count >= 1 && Number.isInteger(count)) return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return `${seconds} seconds`;
}
