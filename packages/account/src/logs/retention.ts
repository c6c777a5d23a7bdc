import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation } from '../ports/operation.ts';
import { logGroupArn, touchedGroup } from './arns.ts';
import { brokenConstraint } from './constraints.ts';
import { findGroup, putGroup, streamId, streamsOf, type LogGroupRecord } from './records.ts';

const DAY_MS = 86_400_000;
/** How often what is too old is looked for while a group is written to. */
const ROUND_MS = 3_600_000;
const DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Events before this instant are not shown any more, whether they are removed already or not. */
export function retainedFromMs({ retentionInDays }: LogGroupRecord, nowMs: number): number {
  return retentionInDays === undefined ? 0 : nowMs - retentionInDays * DAY_MS;
}

/** Removes what is too old, at most once an hour. Streams of which nothing is left go too; on AWS they stay, empty. */
export function carryOutRetention(
  transaction: AccountTransaction,
  group: LogGroupRecord,
  nowMs: number,
): void {
  if (group.retentionInDays === undefined || nowMs - (group.retainedAtMs ?? 0) < ROUND_MS) return;
  const { region, logGroupName: logGroup } = group;
  const beforeMs = retainedFromMs(group, nowMs);
  const bytes = transaction.logEvents.remove({ region, logGroup, beforeMs });
  for (const { logStreamName: logStream, lastEventMs } of streamsOf(transaction, region, logGroup)) {
    if (lastEventMs === undefined || lastEventMs >= beforeMs) continue;
    transaction.logEvents.remove({ region, logGroup, logStream });
    transaction.delete('logs:stream', streamId({ region, logGroup, logStream }));
  }
  putGroup(transaction, {
    ...group,
    storedBytes: Math.max(0, group.storedBytes - bytes),
    retainedAtMs: nowMs,
  });
}

/** Removes what became too old while the server was down, or while nobody wrote. */
export function expireLogs(transaction: AccountTransaction, nowMs: number): void {
  for (const group of transaction.list<LogGroupRecord>('logs:group'))
    carryOutRetention(transaction, group, nowMs);
}

export const putRetentionPolicy: AccountOperation<{ logGroupName: string; retentionInDays: number }> = {
  service: 'logs',
  name: 'PutRetentionPolicy',
  access: 'write',
  resourceArn: (context, input) => logGroupArn(context, input.logGroupName),
  touched: touchedGroup,
  handle(transaction, { region, nowMs }, { logGroupName, retentionInDays }) {
    const { retainedAtMs: _, ...group } = findGroup(transaction, region, logGroupName);
    if (!DAYS.includes(retentionInDays))
      throw brokenConstraint(
        ` '${retentionInDays}'`,
        'retentionInDays',
        `satisfy enum value set: [${DAYS.join(', ')}]`,
      );
    const retained = { ...group, retentionInDays };
    putGroup(transaction, retained);
    carryOutRetention(transaction, retained, nowMs);
    return {};
  },
};

export const deleteRetentionPolicy: AccountOperation<{ logGroupName: string }> = {
  service: 'logs',
  name: 'DeleteRetentionPolicy',
  access: 'write',
  resourceArn: (context, input) => logGroupArn(context, input.logGroupName),
  touched: touchedGroup,
  handle(transaction, { region }, { logGroupName }) {
    const { retentionInDays: _, ...group } = findGroup(transaction, region, logGroupName);
    putGroup(transaction, group);
    return {};
  },
};
