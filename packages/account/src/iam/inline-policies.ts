import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { checkName, listed, type ListInput } from './checks.ts';
import { entityArn, findRole, findUser, noSuchEntity, type InlinePolicyRecord } from './entities.ts';
import { checkedDocument, encodedDocument } from './policy-documents.ts';

/** Users and roles carry inline policies alike; the operations differ by the name of one member. */
type OwnerInput = { UserName?: string; RoleName?: string };
type PolicyInput = OwnerInput & { PolicyName: string };

interface Owner {
  kind: 'user' | 'role';
  label: 'User' | 'Role';
  member: 'UserName' | 'RoleName';
  name(input: OwnerInput): string;
  find(transaction: AccountTransaction, name: string): unknown;
}

const user: Owner = {
  kind: 'user',
  label: 'User',
  member: 'UserName',
  // required by the service's model, so it was checked before
  name: (input) => input.UserName!,
  find: findUser,
};

const role: Owner = {
  kind: 'role',
  label: 'Role',
  member: 'RoleName',
  // required by the service's model, so it was checked before
  name: (input) => input.RoleName!,
  find: findRole,
};

function operationsOf(owner: Owner): AccountOperation<never>[] {
  const type = `iam:${owner.kind}-policy`;
  const ownerArn = (context: CallContext, input: OwnerInput, transaction: AccountTransaction) =>
    entityArn(transaction, context, owner.kind, owner.name(input));
  const touched = (_context: CallContext, input: PolicyInput) => [
    { type: `AWS::IAM::${owner.label}`, name: owner.name(input) },
    { type: 'AWS::IAM::Policy', name: input.PolicyName },
  ];
  const idOf = (input: PolicyInput) => `${owner.name(input)}/${input.PolicyName}`;
  const find = (transaction: AccountTransaction, input: PolicyInput): InlinePolicyRecord => {
    owner.find(transaction, owner.name(input));
    const policy = transaction.get<InlinePolicyRecord>(type, idOf(input));
    if (!policy)
      throw noSuchEntity(`The ${owner.kind} policy with name ${input.PolicyName} cannot be found.`);
    return policy;
  };

  const put: AccountOperation<PolicyInput & { PolicyDocument: string }> = {
    service: 'iam',
    name: `Put${owner.label}Policy`,
    access: 'write',
    resourceArn: ownerArn,
    touched,
    handle(transaction, _context, input) {
      owner.find(transaction, owner.name(input));
      checkName('policyName', input.PolicyName, 128);
      const document = checkedDocument(input.PolicyDocument, 'identity');
      const policy: InlinePolicyRecord = { policyName: input.PolicyName, document };
      transaction.put(type, idOf(input), policy);
      return {};
    },
  };
  const get: AccountOperation<PolicyInput> = {
    service: 'iam',
    name: `Get${owner.label}Policy`,
    access: 'read',
    resourceArn: ownerArn,
    handle(transaction, _context, input) {
      const policy = find(transaction, input);
      return {
        [owner.member]: owner.name(input),
        PolicyName: policy.policyName,
        PolicyDocument: encodedDocument(policy.document),
      };
    },
  };
  const list: AccountOperation<OwnerInput & ListInput> = {
    service: 'iam',
    name: `List${owner.label}Policies`,
    access: 'read',
    resourceArn: ownerArn,
    handle(transaction, _context, input) {
      owner.find(transaction, owner.name(input));
      const policies = inlinePolicies(transaction, owner.kind, owner.name(input));
      const { page, end } = listed(policies, (policy) => policy.policyName, input);
      return { PolicyNames: page.map((policy) => policy.policyName), ...end };
    },
  };
  const remove: AccountOperation<PolicyInput> = {
    service: 'iam',
    name: `Delete${owner.label}Policy`,
    access: 'write',
    resourceArn: ownerArn,
    touched,
    handle(transaction, _context, input) {
      find(transaction, input);
      transaction.delete(type, idOf(input));
      return {};
    },
  };
  return [put, get, list, remove];
}

export const inlinePolicyOperations: readonly AccountOperation[] = [
  ...operationsOf(user),
  ...operationsOf(role),
];

export function inlinePolicies(
  transaction: AccountTransaction,
  kind: 'user' | 'role',
  name: string,
): InlinePolicyRecord[] {
  return transaction.list<InlinePolicyRecord>(`iam:${kind}-policy`, `${name}/`);
}
