import type { PolicyKind, Verdict } from './verdict.ts';

const EXPLICIT: Record<PolicyKind, string> = {
  'identity-based': 'an identity-based policy',
  'resource-based': 'a resource-based policy',
  'permissions boundary': 'a permissions boundary',
  session: 'a session policy',
  'role trust': 'the role trust policy',
};

const IMPLICIT: Record<PolicyKind, string> = {
  'identity-based': 'identity-based policy',
  'resource-based': 'resource-based policy',
  'permissions boundary': 'permissions boundary',
  session: 'session policy',
  'role trust': 'role trust policy',
};

/**
 * The text that AWS puts into AccessDenied.
 * @param verdict  a refusal
 * @param call.resource  left out of the text when undefined, as STS does for role trust policies
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function accessDeniedMessage(
  verdict: Pick<Verdict, 'decision' | 'kind'>,
  call: { callerArn: string; action: string; resource?: string },
): string {
  if (verdict.decision === 'Allow') throw new RangeError('An allowed request has no AccessDenied text');
  const on = call.resource === undefined ? '' : ` on resource: ${call.resource}`;
  const why =
    verdict.decision === 'ExplicitDeny'
      ? `with an explicit deny in ${EXPLICIT[verdict.kind]}`
      : `because no ${IMPLICIT[verdict.kind]} allows the ${call.action} action`;
  return `User: ${call.callerArn} is not authorized to perform: ${call.action}${on} ${why}`;
}
