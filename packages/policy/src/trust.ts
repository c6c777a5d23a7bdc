import type { PolicyDocument } from './document.ts';
import { effectiveContext, type RequestContext, type RequestPrincipal } from './request.ts';
import { matchingStatements } from './statements.ts';
import { allowedBy, explicitlyDeniedBy, implicitlyDeniedBy, type Verdict } from './verdict.ts';

/** One question to a trust policy: may this principal assume the role? */
export interface TrustRequest {
  /** `sts:AssumeRole`; `sts:TagSession` and its like are asked for one by one. */
  action: string;
  principal:
    | { kind: 'service'; service: string }
    /** A user, a role session or an account's root. */
    | { kind: 'aws'; arn: string; account: string };
  /** Such as `sts:ExternalId`, `aws:SourceArn`. */
  context: RequestContext;
}

/**
 * Whether a role's trust policy lets a principal assume it. An Allow with `delegatedToAccount` needs the principal's
 * identity policies too, and so does every principal of another account.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 */
export function evaluateTrust(document: PolicyDocument, request: TrustRequest): Verdict {
  const principal = principalOf(request.principal);
  // The role itself is the resource; trust policies have no Resource element that could look at it.
  const question = { action: request.action, resource: '*', principal, context: request.context };
  const matches = matchingStatements(
    [{ name: 'trust policy', document }],
    question,
    effectiveContext(question),
    true,
  );
  const denial = matches.find(({ effect }) => effect === 'Deny');
  if (denial) return explicitlyDeniedBy('role trust', denial);
  const allowing = matches.find((match) => match.principal !== 'account') ?? matches[0];
  return allowing ? allowedBy('role trust', allowing) : implicitlyDeniedBy('role trust', request.action);
}

function principalOf(principal: TrustRequest['principal']): RequestPrincipal {
  if (principal.kind === 'service')
    return { type: 'service', arn: principal.service, service: principal.service, account: '' };
  const { arn, account } = principal;
  const type = arn.includes(':assumed-role/') ? 'role-session' : arn.endsWith(':root') ? 'root' : 'user';
  return { type, arn, account };
}
