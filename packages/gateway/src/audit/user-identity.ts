import type { Caller, UserIdentity } from '@riposte/account';

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
export function userIdentityOf(caller: Caller): UserIdentity {
  switch (caller.kind) {
    case 'administrator':
      return {
        type: 'Root',
        principalId: caller.account,
        arn: caller.arn,
        accountId: caller.account,
        accessKeyId: caller.accessKeyId,
      };
    case 'user':
      return {
        type: 'IAMUser',
        principalId: caller.userId,
        arn: caller.arn,
        accountId: caller.account,
        accessKeyId: caller.accessKeyId,
        userName: caller.userName,
      };
    case 'role-session':
      return {
        type: 'AssumedRole',
        principalId: `${caller.roleId}:${caller.sessionName}`,
        arn: caller.arn,
        accountId: caller.account,
        accessKeyId: caller.accessKeyId,
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: caller.roleId,
            arn: caller.roleArn,
            accountId: caller.account,
            userName: caller.roleName,
          },
          attributes: {
            creationDate: new Date(caller.issuedAtMs).toISOString().replace(/\.\d+Z$/, 'Z'),
            mfaAuthenticated: 'false',
          },
        },
      };
    case 'service':
      return { type: 'AWSService', invokedBy: caller.service };
  }
}
