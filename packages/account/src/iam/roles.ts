import { ServiceError } from '@riposte/engine';
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
import { conflict, entityArn, findRole, newEntityArn, type RoleRecord, type Tag } from './entities.ts';
import { principalId } from './identifiers.ts';
import { checkedDocument, encodedDocument } from './policy-documents.ts';

const DEFAULT_SESSION_SECONDS = 3600;
const touchedRole = (input: { RoleName: string }) => [{ type: 'AWS::IAM::Role', name: input.RoleName }];

function roleShape(role: RoleRecord) {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: new Date(role.createDateMs),
    AssumeRolePolicyDocument: encodedDocument(role.trustPolicy),
    ...(role.description !== undefined && { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
    ...(role.tags.length > 0 && { Tags: role.tags }),
  };
}

export const createRole: AccountOperation<{
  RoleName: string;
  AssumeRolePolicyDocument: string;
  Path?: string;
  Description?: string;
  MaxSessionDuration?: number;
  PermissionsBoundary?: string;
  Tags?: Tag[];
}> = {
  service: 'iam',
  name: 'CreateRole',
  access: 'write',
  resourceArn: (context, input) => newEntityArn(context, 'role', input.Path ?? '/', input.RoleName),
  touched: (_context, input) => touchedRole(input),
  handle(transaction, context, input) {
    checkName('roleName', input.RoleName, 64);
    const path = checkedPath(input.Path);
    refuseBoundary(input.PermissionsBoundary);
    const maxSessionSeconds = input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS;
    if (maxSessionSeconds < 3600 || maxSessionSeconds > 43_200)
      throw new ServiceError(
        'ValidationError',
        `MaxSessionDuration is ${maxSessionSeconds}, and must be from 3600 to 43200 seconds.`,
      );
    const trustPolicy = checkedDocument(input.AssumeRolePolicyDocument, 'trust');
    checkNameIsFree(transaction, 'Role', input.RoleName, (record) => record.roleName);
    const role: RoleRecord = {
      roleName: input.RoleName,
      roleId: principalId('AROA', context.ids),
      arn: newEntityArn(context, 'role', path, input.RoleName),
      path,
      createDateMs: context.nowMs,
      ...(input.Description !== undefined && { description: input.Description }),
      maxSessionSeconds,
      trustPolicy,
      attachedPolicies: [],
      tags: mergedTags([], input.Tags ?? []),
    };
    transaction.put('iam:role', role.roleName, role);
    return { Role: roleShape(role) };
  },
};

export const getRole: AccountOperation<{ RoleName: string }> = {
  service: 'iam',
  name: 'GetRole',
  access: 'read',
  resourceArn: (context, input, transaction) => entityArn(transaction, context, 'role', input.RoleName),
  handle: (transaction, _context, input) => ({ Role: roleShape(findRole(transaction, input.RoleName)) }),
};

export const listRoles: AccountOperation<ListInput & { PathPrefix?: string }> = {
  service: 'iam',
  name: 'ListRoles',
  access: 'read',
  resourceArn: (context, input) => newEntityArn(context, 'role', input.PathPrefix ?? '/', ''),
  handle(transaction, _context, input) {
    const roles = transaction
      .list<RoleRecord>('iam:role')
      .filter((role) => role.path.startsWith(input.PathPrefix ?? '/'));
    const { page, end } = listed(roles, (role) => role.roleName, input);
    return { Roles: page.map(roleShape), ...end };
  },
};

export const deleteRole: AccountOperation<{ RoleName: string }> = {
  service: 'iam',
  name: 'DeleteRole',
  access: 'write',
  resourceArn: (context, input, transaction) => entityArn(transaction, context, 'role', input.RoleName),
  touched: (_context, input) => touchedRole(input),
  handle(transaction, _context, { RoleName }) {
    const role = findRole(transaction, RoleName);
    if (transaction.list('iam:role-policy', `${RoleName}/`).length > 0)
      throw conflict('DeleteConflict', 'Cannot delete entity, must delete policies first.');
    if (role.attachedPolicies.length > 0)
      throw conflict('DeleteConflict', 'Cannot delete entity, must detach all policies first.');
    transaction.delete('iam:role', RoleName);
    return {};
  },
};

export const updateAssumeRolePolicy: AccountOperation<{ RoleName: string; PolicyDocument: string }> = {
  service: 'iam',
  name: 'UpdateAssumeRolePolicy',
  access: 'write',
  resourceArn: (context, input, transaction) => entityArn(transaction, context, 'role', input.RoleName),
  touched: (_context, input) => touchedRole(input),
  handle(transaction, _context, input) {
    const role = findRole(transaction, input.RoleName);
    const trustPolicy = checkedDocument(input.PolicyDocument, 'trust');
    transaction.put('iam:role', role.roleName, { ...role, trustPolicy });
    return {};
  },
};

export const tagRole: AccountOperation<{ RoleName: string; Tags: Tag[] }> = {
  service: 'iam',
  name: 'TagRole',
  access: 'write',
  resourceArn: (context, input, transaction) => entityArn(transaction, context, 'role', input.RoleName),
  touched: (_context, input) => touchedRole(input),
  handle(transaction, _context, input) {
    const role = findRole(transaction, input.RoleName);
    transaction.put('iam:role', role.roleName, { ...role, tags: mergedTags(role.tags, input.Tags) });
    return {};
  },
};
