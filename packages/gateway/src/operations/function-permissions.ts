import type {
  AddPermissionRequest,
  AddPermissionResponse,
  GetPolicyRequest,
  GetPolicyResponse,
  RemovePermissionRequest,
} from '@aws-sdk/client-lambda';
import type { AccountTransaction, CallContext } from '@riposte/account';
import { ServiceError } from '@riposte/engine';
import type { OperationContext, ServiceOperation } from '../pipeline/operation.ts';
import {
  getFunction,
  policyOf,
  putFunction,
  type FunctionRecord,
  type PermissionStatement,
} from './function-registry.ts';
import { findFunction } from './functions.ts';
import { checkPattern } from './lambda-constraints.ts';
import { functionArn, functionName, noSuchFunction, touchedFunction } from './lambda-names.ts';
import { refuseMembers } from './refuse-members.ts';

const service = 'lambda';

interface OnPolicy {
  FunctionName: string | undefined;
  Qualifier?: string | undefined;
  RevisionId?: string | undefined;
}

const onFunction = {
  resourceArn: (context: CallContext, { FunctionName }: OnPolicy) => functionArn(context, FunctionName!),
  touched: (context: CallContext, { FunctionName }: OnPolicy) =>
    touchedFunction(functionArn(context, FunctionName!)),
};

const addPermission: ServiceOperation<AddPermissionRequest, AddPermissionResponse> = {
  service,
  name: 'AddPermission',
  access: 'write',
  ...onFunction,
  async handle(context, input) {
    refuseMembers(service, input, [
      'EventSourceToken',
      'PrincipalOrgID',
      'FunctionUrlAuthType',
      'InvokedViaFunctionUrl',
    ]);
    checkPattern('statementId', input.StatementId!, '([a-zA-Z0-9-_]+)');
    checkPattern('action', input.Action!, '(lambda:[*]|lambda:[a-zA-Z]+|[*])');
    return changePolicy(context, input, (record) => {
      const statement = statementOf(input, record.functionArn);
      if (record.permissions.some(({ Sid }) => Sid === statement.Sid))
        throw new ServiceError(
          'ResourceConflictException',
          `The statement id (${statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
          409,
        );
      const result = { Statement: JSON.stringify(statement) };
      return { permissions: [...record.permissions, statement], result };
    });
  },
};

const removePermission: ServiceOperation<RemovePermissionRequest> = {
  service,
  name: 'RemovePermission',
  access: 'write',
  ...onFunction,
  async handle(context, input) {
    return changePolicy(context, input, (record) => {
      const permissions = record.permissions.filter(({ Sid }) => Sid !== input.StatementId);
      if (permissions.length === record.permissions.length)
        throw new ServiceError(
          'ResourceNotFoundException',
          `Statement ${input.StatementId} is not found in resource policy.`,
          404,
        );
      return { permissions, result: {} };
    });
  },
};

const getPolicy: ServiceOperation<GetPolicyRequest, GetPolicyResponse> = {
  service,
  name: 'GetPolicy',
  access: 'read',
  ...onFunction,
  async handle(context, input) {
    const record = await findFunction(context, input);
    const policy = policyOf(record);
    if (policy === undefined)
      throw new ServiceError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
    return { Policy: policy, RevisionId: record.revisionId };
  },
};

async function changePolicy<Result extends object>(
  context: OperationContext,
  { FunctionName, Qualifier, RevisionId }: OnPolicy,
  change: (record: FunctionRecord) => { permissions: PermissionStatement[]; result: Result },
): Promise<Result> {
  const name = functionName(context, FunctionName!, Qualifier);
  return context.store.transaction((transaction: AccountTransaction) => {
    const record = getFunction(transaction, context.region, name);
    if (!record) throw noSuchFunction(functionArn(context, name));
    if (RevisionId !== undefined && RevisionId !== record.revisionId)
      throw new ServiceError(
        'PreconditionFailedException',
        'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id',
        412,
      );
    const { permissions, result } = change(record);
    putFunction(transaction, { ...record, permissions, revisionId: context.ids.uuid() });
    return result;
  });
}

/** As Lambda writes the statement; the keys of conditions are in upper case there. */
function statementOf(input: AddPermissionRequest, resource: string): PermissionStatement {
  const { SourceArn, SourceAccount } = input;
  const condition = {
    ...(SourceAccount !== undefined && { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
    ...(SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
  };
  return {
    Sid: input.StatementId!, // required by the model, checked before
    Effect: 'Allow',
    Principal: principalOf(input.Principal!),
    Action: input.Action!,
    Resource: resource,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function principalOf(principal: string): PermissionStatement['Principal'] {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  return principal.startsWith('arn:') ? { AWS: principal } : { Service: principal };
}

export const functionPermissionOperations = [addPermission, removePermission, getPolicy];
