import type { AccountOperation } from '../ports/operation.ts';
import {
  checkedPath,
  checkName,
  checkNameIsFree,
  listed,
  mergedTags,
  refuseBoundary,
  type ListInput,
} from './checks.ts';
import {
  conflict,
  entityArn,
  findUser,
  keysOfUser,
  newEntityArn,
  userArnOrCaller,
  userNameOrCaller,
  type Tag,
  type UserRecord,
} from './entities.ts';
import { principalId } from './identifiers.ts';

const touchedUser = (userName: string) => [{ type: 'AWS::IAM::User', name: userName }];

function userShape(user: UserRecord) {
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: new Date(user.createDateMs),
    ...(user.tags.length > 0 && { Tags: user.tags }),
  };
}

export const createUser: AccountOperation<{
  UserName: string;
  Path?: string;
  PermissionsBoundary?: string;
  Tags?: Tag[];
}> = {
  service: 'iam',
  name: 'CreateUser',
  access: 'write',
  resourceArn: (context, input) => newEntityArn(context, 'user', input.Path ?? '/', input.UserName),
  touched: (_context, input) => touchedUser(input.UserName),
  handle(transaction, context, input) {
    checkName('userName', input.UserName, 64);
    const path = checkedPath(input.Path);
    refuseBoundary(input.PermissionsBoundary);
    checkNameIsFree(transaction, 'User', input.UserName, (record) => record.userName);
    const user: UserRecord = {
      userName: input.UserName,
      userId: principalId('AIDA', context.ids),
      arn: newEntityArn(context, 'user', path, input.UserName),
      path,
      createDateMs: context.nowMs,
      tags: mergedTags([], input.Tags ?? []),
    };
    transaction.put('iam:user', user.userName, user);
    return { User: userShape(user) };
  },
};

export const getUser: AccountOperation<{ UserName?: string }> = {
  service: 'iam',
  name: 'GetUser',
  access: 'read',
  resourceArn: (context, input, transaction) => userArnOrCaller(transaction, context, input.UserName),
  handle: (transaction, context, input) => ({
    User: userShape(findUser(transaction, userNameOrCaller(context, input.UserName))),
  }),
};

export const listUsers: AccountOperation<ListInput & { PathPrefix?: string }> = {
  service: 'iam',
  name: 'ListUsers',
  access: 'read',
  resourceArn: (context, input) => newEntityArn(context, 'user', input.PathPrefix ?? '/', ''),
  handle(transaction, _context, input) {
    const users = transaction
      .list<UserRecord>('iam:user')
      .filter((user) => user.path.startsWith(input.PathPrefix ?? '/'));
    const { page, end } = listed(users, (user) => user.userName, input);
    return { Users: page.map(userShape), ...end };
  },
};

export const deleteUser: AccountOperation<{ UserName: string }> = {
  service: 'iam',
  name: 'DeleteUser',
  access: 'write',
  resourceArn: (context, input, transaction) => entityArn(transaction, context, 'user', input.UserName),
  touched: (_context, input) => touchedUser(input.UserName),
  handle(transaction, _context, { UserName }) {
    findUser(transaction, UserName);
    if (keysOfUser(transaction, UserName).length > 0)
      throw conflict('DeleteConflict', 'Cannot delete entity, must delete access keys first.');
    if (transaction.list('iam:user-policy', `${UserName}/`).length > 0)
      throw conflict('DeleteConflict', 'Cannot delete entity, must delete policies first.');
    transaction.delete('iam:user', UserName);
    return {};
  },
};

export const tagUser: AccountOperation<{ UserName: string; Tags: Tag[] }> = {
  service: 'iam',
  name: 'TagUser',
  access: 'write',
  resourceArn: (context, input, transaction) => entityArn(transaction, context, 'user', input.UserName),
  touched: (_context, input) => touchedUser(input.UserName),
  handle(transaction, _context, input) {
    const user = findUser(transaction, input.UserName);
    transaction.put('iam:user', user.userName, { ...user, tags: mergedTags(user.tags, input.Tags) });
    return {};
  },
};
