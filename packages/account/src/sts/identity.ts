import { ServiceError } from '@riposte/engine';
import type { Caller } from '../ports/caller.ts';
import type { AccountOperation } from '../ports/operation.ts';
import { accountOfAccessKeyId } from '../iam/identifiers.ts';

/** Answered to everybody who can sign, whatever the policies say. */
export const getCallerIdentity: AccountOperation<object> = {
  service: 'sts',
  name: 'GetCallerIdentity',
  access: 'read',
  alwaysAllowed: true,
  resourceArn: () => '*',
  handle: (_transaction, { caller }) => ({
    UserId: userIdOf(caller),
    Account: caller.account,
    Arn: caller.kind === 'service' ? caller.service : caller.arn,
  }),
};

/** The account of any key, this account's or another's, deleted or not: the number is in the id. */
export const getAccessKeyInfo: AccountOperation<{ AccessKeyId: string }> = {
  service: 'sts',
  name: 'GetAccessKeyInfo',
  access: 'read',
  resourceArn: () => '*',
  handle(transaction, context, { AccessKeyId }) {
    const known =
      transaction.get('iam:access-key', AccessKeyId) ?? transaction.get('sts:session', AccessKeyId);
    const account = known ? context.account : accountOfAccessKeyId(AccessKeyId);
    if (account === undefined)
      throw new ServiceError(
        'ValidationError',
        `The access key id ${AccessKeyId} does not say which account it belongs to. Ids from before 2019 do not, and made-up ones.`,
      );
    return { Account: account };
  },
};

function userIdOf(caller: Caller): string {
  if (caller.kind === 'user') return caller.userId;
  if (caller.kind === 'role-session') return `${caller.roleId}:${caller.sessionName}`;
  return caller.account;
}
