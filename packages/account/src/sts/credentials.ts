import type { AccountReading, AccountTransaction } from '../ports/account-store.ts';
import type { Caller } from '../ports/caller.ts';
import type { AccessKeyRecord, UserRecord } from '../iam/entities.ts';
import { parseArn } from '../arn.ts';
import { roleOfArn, type RoleSession } from './role-sessions.ts';

/** Temporary credentials as they are kept: type `sts:session`, id their access key's. */
export interface SessionRecord {
  secretAccessKey: string;
  sessionToken: string;
  expiresAtMs: number;
  caller: RoleSession;
}

/** Sessions are kept until the server starts again after their end: till then their token is known to have expired. */
export function forgetExpiredSessions(transaction: AccountTransaction, nowMs: number): void {
  for (const { expiresAtMs, caller } of transaction.list<SessionRecord>('sts:session'))
    if (expiresAtMs <= nowMs) transaction.delete('sts:session', caller.accessKeyId);
}

/** What stands behind an access key id. */
export interface FoundCredentials {
  secretAccessKey: string;
  /** Temporary credentials only. */
  sessionToken?: string;
  /** Milliseconds since the epoch; temporary credentials only. */
  expiresAtMs?: number;
  /** False for an inactive key, and for a session whose role is gone. */
  active: boolean;
  caller: Caller;
}

/** Keys of IAM users and sessions of AssumeRole; whether one has expired is for the caller to see. */
export function findSigningCredentials(
  reading: AccountReading,
  accessKeyId: string,
): FoundCredentials | undefined {
  const key = reading.get<AccessKeyRecord>('iam:access-key', accessKeyId);
  if (key) return credentialsOfKey(reading, key);
  const session = reading.get<SessionRecord>('sts:session', accessKeyId);
  if (!session) return undefined;
  const role = roleOfArn(reading, session.caller.account, session.caller.roleArn);
  return { ...session, active: role?.roleId === session.caller.roleId };
}

function credentialsOfKey(reading: AccountReading, key: AccessKeyRecord): FoundCredentials | undefined {
  const user = reading.get<UserRecord>('iam:user', key.userName);
  if (!user) return undefined;
  return {
    secretAccessKey: key.secretAccessKey,
    active: key.status === 'Active',
    caller: {
      kind: 'user',
      // the ARN was made by newEntityArn
      account: parseArn(user.arn)!.account,
      arn: user.arn,
      userName: user.userName,
      userId: user.userId,
      accessKeyId: key.accessKeyId,
    },
  };
}
