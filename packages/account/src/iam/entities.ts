import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { CallContext } from '../ports/operation.ts';

/** A user as it is kept: type `iam:user`, id its name. */
export interface UserRecord {
  userName: string;
  userId: string;
  arn: string;
  path: string;
  createDateMs: number;
  tags: Tag[];
}

/** A role as it is kept: type `iam:role`, id its name. */
export interface RoleRecord {
  roleName: string;
  roleId: string;
  arn: string;
  path: string;
  createDateMs: number;
  description?: string;
  maxSessionSeconds: number;
  /** JSON text as given. */
  trustPolicy: string;
  /** ARNs of AWS managed policies. */
  attachedPolicies: string[];
  tags: Tag[];
}

/** An access key as it is kept: type `iam:access-key`, id the key's. */
export interface AccessKeyRecord {
  accessKeyId: string;
  userName: string;
  secretAccessKey: string;
  status: 'Active' | 'Inactive';
  createDateMs: number;
}

/** Apart from the key itself, since every signed request writes it: type `iam:access-key-last-used`. */
export interface LastUsedRecord {
  usedAtMs: number;
  service: string;
  region: string;
}

/** An inline policy as it is kept: type `iam:user-policy` or `iam:role-policy`, id `<entity>/<policy>`. */
export interface InlinePolicyRecord {
  policyName: string;
  document: string;
}

export interface Tag {
  Key: string;
  Value: string;
}

export function findUser(transaction: AccountTransaction, userName: string): UserRecord {
  const user = transaction.get<UserRecord>('iam:user', userName);
  if (!user) throw noSuchEntity(`The user with name ${userName} cannot be found.`);
  return user;
}

export function findRole(transaction: AccountTransaction, roleName: string): RoleRecord {
  const role = transaction.get<RoleRecord>('iam:role', roleName);
  if (!role) throw noSuchEntity(`The role with name ${roleName} cannot be found.`);
  return role;
}

export function keysOfUser(transaction: AccountTransaction, userName: string): AccessKeyRecord[] {
  return transaction.list<AccessKeyRecord>('iam:access-key').filter((key) => key.userName === userName);
}

/** The user named, or the calling one when none is named. */
export function userNameOrCaller(context: CallContext, userName: string | undefined): string {
  if (userName !== undefined) return userName;
  if (context.caller.kind === 'user') return context.caller.userName;
  throw new ServiceError('ValidationError', 'Must specify userName when calling with non-User credentials');
}

/** The ARN of a user or role that a call names: with its path, which only the store knows. */
export function entityArn(
  transaction: AccountTransaction,
  context: CallContext,
  kind: 'user' | 'role',
  name: string,
): string {
  const kept = transaction.get<{ arn: string }>(`iam:${kind}`, name);
  return kept?.arn ?? newEntityArn(context, kind, '/', name);
}

export function newEntityArn(
  context: CallContext,
  kind: 'user' | 'role',
  path: string,
  name: string,
): string {
  return `arn:aws:iam::${context.account}:${kind}${path}${name}`;
}

/** The ARN of the user that a call is about; `*` when it names none and the caller is none. */
export function userArnOrCaller(
  transaction: AccountTransaction,
  context: CallContext,
  userName: string | undefined,
): string {
  if (userName !== undefined) return entityArn(transaction, context, 'user', userName);
  return context.caller.kind === 'user' ? context.caller.arn : '*';
}

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError('NoSuchEntity', message, 404);
}

export function conflict(code: 'EntityAlreadyExists' | 'DeleteConflict' | 'LimitExceeded', message: string) {
  return new ServiceError(code, message, 409);
}
