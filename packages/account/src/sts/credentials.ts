import type { AccountTransaction } from '../ports/account-store.ts';
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
  transaction: AccountTransaction,
  accessKeyId: string,
): FoundCredentials | undefined {
  const key = transaction.get<AccessKeyRecord>('iam:access-key', accessKeyId);
  if (key) return credentialsOfKey(transaction, key);
  const session = transaction.get<SessionRecord>('sts:session', accessKeyId);
  if (!session) return undefined;
  const role = roleOfArn(transaction, session.caller.account, session.caller.roleArn);
  return { ...session, active: role?.roleId === session.caller.roleId };
}

function credentialsOfKey(
  transaction: AccountTransaction,
  key: AccessKeyRecord,
): FoundCredentials | undefined {
  const user = transaction.get<UserRecord>('iam:user', key.userName);
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
