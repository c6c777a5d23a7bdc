import type { PolicyDocument } from './document.ts';

/** One question to the evaluator: may this principal do this to that, under these circumstances? */
export interface AccessRequest {
  /** `service:Operation`; letter case does not matter. */
  action: string;
  /**
   * ARN, or `*` for operations that have no resource. Undefined where nobody can tell it: an Allow then counts whatever
   * resources it names, a Deny only when it is of all of them.
   */
  resource: string | undefined;
  principal: RequestPrincipal;
  /** Context keys, such as `aws:SourceIp`; letter case of the names does not matter. Times are ISO 8601 or epoch. */
  context: RequestContext;
}

/** Condition keys and their values; several values where the key has several. */
export type RequestContext = Readonly<Record<string, ContextValue>>;
export type ContextValue = string | readonly string[] | number | boolean;

/** Who asks, as policies and condition keys see it. */
export interface RequestPrincipal {
  /** Of a user or a role session; of the account's root; for a service its name, such as `events.amazonaws.com`. */
  arn: string;
  account: string;
  /** `root` is the account itself: identity policies do not bind it. A service has none. */
  type: 'root' | 'user' | 'role-session' | 'service';
  /** Of a service only. */
  service?: string;
}

/** A policy under the name that a verdict gives for it. */
export interface NamedPolicy {
  name: string;
  document: PolicyDocument;
}

/**
 * Context as lower-case names, with what the principal itself says filled in where the caller gave nothing.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function effectiveContext(request: Pick<AccessRequest, 'principal' | 'context'>): RequestContext {
  const { principal, context } = request;
  const given = Object.entries(context).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...principalContext(principal), ...Object.fromEntries(given) };
}

function principalContext(principal: RequestPrincipal): Record<string, ContextValue> {
  if (principal.type === 'service') {
    const service = principal.service ?? principal.arn;
    return { 'aws:principalisawsservice': true, 'aws:principalservicename': service };
  }
  const common = { 'aws:principalisawsservice': false, 'aws:principalaccount': principal.account };
  if (principal.type === 'root')
    return { ...common, 'aws:principalarn': principal.arn, 'aws:principaltype': 'Account' };
  if (principal.type === 'role-session')
    return { ...common, 'aws:principalarn': roleArnOf(principal.arn), 'aws:principaltype': 'AssumedRole' };
  const userName = principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
  return {
    ...common,
    'aws:principalarn': principal.arn,
    'aws:principaltype': 'User',
    'aws:username': userName,
  };
}

/** The role behind a session, without its path: a session's ARN does not carry it. */
function roleArnOf(sessionArn: string): string {
  return sessionArn.replace(/^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:$1:iam::$2:role/$3');
}
