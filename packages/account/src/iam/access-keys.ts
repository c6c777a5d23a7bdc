import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { listed, type ListInput } from './checks.ts';
import {
  conflict,
  findUser,
  keysOfUser,
  noSuchEntity,
  userArnOrCaller,
  userNameOrCaller,
  type AccessKeyRecord,
  type LastUsedRecord,
} from './entities.ts';
import { accessKeyId, secretAccessKey } from './identifiers.ts';

/** Inactive ones count. */
const KEYS_PER_USER_MAX = 2;

interface KeyInput {
  UserName?: string;
  AccessKeyId: string;
}

interface CreatedKey {
  AccessKey: {
    UserName: string;
    AccessKeyId: string;
    Status: 'Active' | 'Inactive';
    SecretAccessKey: string;
    CreateDate: Date;
  };
}

export const createAccessKey: AccountOperation<{ UserName?: string }, CreatedKey> = {
  service: 'iam',
  name: 'CreateAccessKey',
  access: 'write',
  resourceArn: userArnOfInput,
  touched: (context, input) => touchedUser(context, input),
  handle(transaction, context, input) {
    const { userName } = findUser(transaction, userNameOrCaller(context, input.UserName));
    if (keysOfUser(transaction, userName).length >= KEYS_PER_USER_MAX)
      throw conflict('LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${KEYS_PER_USER_MAX}`);
    const key: AccessKeyRecord = {
      accessKeyId: accessKeyId('AKIA', context.account, context.ids),
      userName,
      secretAccessKey: secretAccessKey(context.ids),
      status: 'Active',
      createDateMs: context.nowMs,
    };
    if (transaction.get('iam:access-key', key.accessKeyId))
      throw new ServiceError('ServiceFailure', 'The new access key id was taken. Try again.', 500);
    transaction.put('iam:access-key', key.accessKeyId, key);
    return {
      AccessKey: {
        UserName: userName,
        AccessKeyId: key.accessKeyId,
        Status: key.status,
        SecretAccessKey: key.secretAccessKey,
        CreateDate: new Date(key.createDateMs),
      },
    };
  },
  auditedOutput({ AccessKey: { SecretAccessKey: _secret, ...shown } }) {
    return { AccessKey: shown };
  },
};

export const listAccessKeys: AccountOperation<ListInput & { UserName?: string }> = {
  service: 'iam',
  name: 'ListAccessKeys',
  access: 'read',
  resourceArn: userArnOfInput,
  handle(transaction, context, input) {
    const { userName } = findUser(transaction, userNameOrCaller(context, input.UserName));
    const { page, end } = listed(keysOfUser(transaction, userName), (key) => key.accessKeyId, input);
    const metadata = page.map((key) => ({
      UserName: key.userName,
      AccessKeyId: key.accessKeyId,
      Status: key.status,
      CreateDate: new Date(key.createDateMs),
    }));
    return { AccessKeyMetadata: metadata, ...end };
  },
};

export const updateAccessKey: AccountOperation<KeyInput & { Status: string }> = {
  service: 'iam',
  name: 'UpdateAccessKey',
  access: 'write',
  resourceArn: userArnOfInput,
  touched: (context, input) => [touchedKey(input), ...touchedUser(context, input)],
  handle(transaction, context, input) {
    if (input.Status !== 'Active' && input.Status !== 'Inactive')
      throw new ServiceError(
        'ValidationError',
        `1 validation error detected: Value '${input.Status}' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]`,
      );
    const key = findKey(transaction, context, input);
    transaction.put('iam:access-key', key.accessKeyId, { ...key, status: input.Status });
    return {};
  },
};

export const deleteAccessKey: AccountOperation<KeyInput> = {
  service: 'iam',
  name: 'DeleteAccessKey',
  access: 'write',
  resourceArn: userArnOfInput,
  touched: (context, input) => [touchedKey(input), ...touchedUser(context, input)],
  handle(transaction, context, input) {
    const key = findKey(transaction, context, input);
    transaction.delete('iam:access-key', key.accessKeyId);
    transaction.delete('iam:access-key-last-used', key.accessKeyId);
    return {};
  },
};

/** Times and regions of keys that were never used are the text `N/A`, as IAM answers. */
export const getAccessKeyLastUsed: AccountOperation<{ AccessKeyId: string }> = {
  service: 'iam',
  name: 'GetAccessKeyLastUsed',
  access: 'read',
  resourceArn(context, input, transaction) {
    const key = transaction.get<AccessKeyRecord>('iam:access-key', input.AccessKeyId);
    return key ? userArnOrCaller(transaction, context, key.userName) : '*';
  },
  handle(transaction, context, { AccessKeyId }) {
    const key = transaction.get<AccessKeyRecord>('iam:access-key', AccessKeyId);
    // AWS does not tell a key that is gone from a key of others: both are refused like this.
    if (!key)
      throw new ServiceError(
        'AccessDenied',
        `User: ${callerName(context)} is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key ${AccessKeyId}`,
        403,
      );
    const used = transaction.get<LastUsedRecord>('iam:access-key-last-used', AccessKeyId);
    const lastUsed = used
      ? { LastUsedDate: new Date(used.usedAtMs), ServiceName: used.service, Region: used.region }
      : { ServiceName: 'N/A', Region: 'N/A' };
    return { UserName: key.userName, AccessKeyLastUsed: lastUsed };
  },
};

/** IAM's own record is no finer. */
const LAST_USED_STEP_MS = 60_000;

/** Notes a signed request, for GetAccessKeyLastUsed: once a minute at most. Keys other than users' are passed over. */
export function recordLastUsed(
  transaction: AccountTransaction,
  accessKeyId: string,
  use: { nowMs: number; service: string; region: string },
): void {
  if (!transaction.get('iam:access-key', accessKeyId)) return;
  const noted = transaction.get<LastUsedRecord>('iam:access-key-last-used', accessKeyId);
  if (noted && use.nowMs - noted.usedAtMs < LAST_USED_STEP_MS) return;
  const record: LastUsedRecord = { usedAtMs: use.nowMs, service: use.service, region: use.region };
  transaction.put('iam:access-key-last-used', accessKeyId, record);
}

function findKey(transaction: AccountTransaction, context: CallContext, input: KeyInput): AccessKeyRecord {
  const { userName } = findUser(transaction, userNameOrCaller(context, input.UserName));
  const key = transaction.get<AccessKeyRecord>('iam:access-key', input.AccessKeyId);
  if (key?.userName !== userName)
    throw noSuchEntity(`The Access Key with id ${input.AccessKeyId} cannot be found.`);
  return key;
}

function userArnOfInput(
  context: CallContext,
  input: { UserName?: string },
  transaction: AccountTransaction,
): string {
  return userArnOrCaller(transaction, context, input.UserName);
}

function touchedKey(input: KeyInput) {
  return { type: 'AWS::IAM::AccessKey', name: input.AccessKeyId };
}

function touchedUser(context: CallContext, input: { UserName?: string }) {
  const userName = input.UserName ?? (context.caller.kind === 'user' ? context.caller.userName : undefined);
  return userName === undefined ? [] : [{ type: 'AWS::IAM::User', name: userName }];
}

function callerName({ caller }: CallContext): string {
  return caller.kind === 'service' ? caller.service : caller.arn;
}
