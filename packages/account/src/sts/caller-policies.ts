import { parsePolicy, type NamedPolicy, type PolicySet } from '@riposte/policy';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { Caller } from '../ports/caller.ts';
import type { RoleRecord } from '../iam/entities.ts';
import { inlinePolicies } from '../iam/inline-policies.ts';
import { managedPolicyDocument, managedPolicyName } from '../iam/managed-policies.ts';

/**
 * The policies that the caller brings along: of the user, or of the role behind the session and of the session
 * itself. None for the administrator and for services. A session whose role is gone, or was made anew, has none.
 */
export function policiesOf(
  transaction: AccountTransaction,
  caller: Caller,
): Pick<PolicySet, 'identity' | 'session'> {
  if (caller.kind === 'user') return { identity: inline(transaction, 'user', caller.userName) };
  if (caller.kind !== 'role-session') return { identity: [] };
  const role = transaction.get<RoleRecord>('iam:role', caller.roleName);
  const identity =
    role?.roleId === caller.roleId
      ? [...inline(transaction, 'role', role.roleName), ...role.attachedPolicies.flatMap(managed)]
      : [];
  if (caller.sessionPolicy === undefined) return { identity };
  return { identity, session: named('session policy', caller.sessionPolicy) };
}

function inline(transaction: AccountTransaction, kind: 'user' | 'role', name: string): NamedPolicy[] {
  return inlinePolicies(transaction, kind, name).map((policy) => named(policy.policyName, policy.document));
}

function managed(arn: string): NamedPolicy[] {
  const document = managedPolicyDocument(arn);
  return document === undefined ? [] : [named(managedPolicyName(arn), document)];
}

function named(name: string, document: string): NamedPolicy {
  return { name, document: parsePolicy(document, 'identity') };
}
