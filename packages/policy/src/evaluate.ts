import { effectiveContext, type AccessRequest, type NamedPolicy } from './request.ts';
import { matchingStatements, type Match } from './statements.ts';
import {
  allowedBy,
  explicitlyDeniedBy,
  implicitlyDeniedBy,
  type PolicyKind,
  type Verdict,
} from './verdict.ts';

/** All policies that concern one request. */
export interface PolicySet {
  /** Of the user, or of the role behind the session. */
  identity: readonly NamedPolicy[];
  /** On the resource. Absent where it carries none. */
  resource?: readonly NamedPolicy[];
  boundary?: NamedPolicy;
  /** Given when the session was made. */
  session?: NamedPolicy;
}

/**
 * Decides a request as IAM does: an explicit deny anywhere ends it; then identity or resource policies must allow
 * it (both, when the resource belongs to another account), and a permissions boundary and a session policy, where
 * there are any, must allow it too.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate(request: AccessRequest, policies: PolicySet): Verdict {
  const context = effectiveContext(request);
  const look = (list: readonly NamedPolicy[], principals = false): Match[] =>
    matchingStatements(list, request, context, principals);
  const matches: Record<Exclude<PolicyKind, 'role trust'>, Match[]> = {
    'identity-based': ownsPolicies(request) ? look(policies.identity) : [],
    'resource-based': look(policies.resource ?? [], true),
    'permissions boundary': look(policies.boundary ? [policies.boundary] : []),
    session: look(policies.session ? [policies.session] : []),
  };
  for (const [kind, list] of Object.entries(matches)) {
    const denial = list.find(({ effect }) => effect === 'Deny');
    if (denial) return explicitlyDeniedBy(kind as PolicyKind, denial); // the keys are the record's own
  }
  return decideAllow(request, policies, matches);
}

function decideAllow(
  request: AccessRequest,
  policies: PolicySet,
  matches: Record<Exclude<PolicyKind, 'role trust'>, Match[]>,
): Verdict {
  const { action, principal } = request;
  const identity = matches['identity-based'][0];
  const resource = strongest(matches['resource-based']);

  if (principal.type === 'service')
    return resource ? allowedBy('resource-based', resource) : implicitlyDeniedBy('resource-based', action);
  if (isForeign(request)) {
    if (principal.type !== 'root' && !identity) return implicitlyDeniedBy('identity-based', action);
    if (!resource) return implicitlyDeniedBy('resource-based', action);
  } else {
    if (principal.type === 'root') return rootVerdict(action);
    // The user or the session itself is named: what only limits its identity policies does not count.
    if (resource?.principal === 'itself') return allowedBy('resource-based', resource);
    // A resource policy that names the account leaves the choice to the account's identity policies.
    if (!identity && (!resource || resource.principal === 'account'))
      return implicitlyDeniedBy('identity-based', action);
  }
  if (policies.boundary && matches['permissions boundary'].length === 0)
    return implicitlyDeniedBy('permissions boundary', action);
  if (policies.session && matches.session.length === 0) return implicitlyDeniedBy('session', action);
  if (identity) return allowedBy('identity-based', identity);
  // Nothing else is left: without an identity match the branches above ask for a resource match.
  return allowedBy('resource-based', resource!);
}

/** The account itself may do everything in its account that nothing denies. */
function rootVerdict(action: string): Verdict {
  return {
    decision: 'Allow',
    kind: 'identity-based',
    reason: `The account's root may do ${action}; nothing denies it.`,
  };
}

function ownsPolicies(request: AccessRequest): boolean {
  return request.principal.type === 'user' || request.principal.type === 'role-session';
}

/** The match that names the principal most closely. */
function strongest(matches: readonly Match[]): Match | undefined {
  const order = ['itself', 'role', 'everybody', 'account'];
  return matches.toSorted((a, b) => order.indexOf(a.principal) - order.indexOf(b.principal))[0];
}

/** Resources without an account in their ARN count as the caller's own, and so do unknown ones. */
function isForeign(request: AccessRequest): boolean {
  const account = request.resource?.split(':')[4] ?? '';
  return /^\d{12}$/.test(account) && account !== request.principal.account;
}
