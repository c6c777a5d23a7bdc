import type { Negatable, PrincipalSet } from './document.ts';
import type { RequestPrincipal } from './request.ts';

/** How a policy names the principal of a request; `account` leaves it to the account's own identity policies. */
export type PrincipalMatch = 'itself' | 'role' | 'account' | 'everybody' | 'none';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function matchPrincipal(
  element: Negatable<PrincipalSet> | undefined,
  principal: RequestPrincipal,
): PrincipalMatch {
  if (!element) return 'none';
  const match = matchSet(element.value, principal);
  if (!element.negated) return match;
  return match === 'none' ? 'everybody' : 'none';
}

function matchSet(set: PrincipalSet, principal: RequestPrincipal): PrincipalMatch {
  if (principal.type === 'service') {
    const service = globalServiceName(principal.service ?? principal.arn);
    if (set.services.some((name) => globalServiceName(name) === service)) return 'itself';
    return set.everybody ? 'everybody' : 'none';
  }
  if (set.aws.includes(principal.arn)) return 'itself';
  if (principal.type === 'role-session' && set.aws.some((arn) => isRoleOf(arn, principal.arn))) return 'role';
  if (set.aws.some((name) => isAccount(name, principal.account))) return 'account';
  return set.everybody || set.aws.includes('*') ? 'everybody' : 'none';
}

/** `states.us-east-1.amazonaws.com` and `states.amazonaws.com` are one principal. */
function globalServiceName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^([^.]+)\.[a-z]{2}(?:-[a-z]+)+-\d+\.(amazonaws\.com(?:\.cn)?)$/, '$1.$2');
}

function isAccount(name: string, account: string): boolean {
  return name === account || new RegExp(`^arn:[^:]+:iam::${account}:root$`).test(name);
}

/** Role names are unique in an account, so a path in the role's ARN does not matter. */
function isRoleOf(roleArn: string, sessionArn: string): boolean {
  const role = /^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(roleArn);
  const session = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(sessionArn);
  return !!role && !!session && [1, 2, 3].every((part) => role[part] === session[part]);
}
