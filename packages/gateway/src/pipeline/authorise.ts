import { policiesOf, type AccountTransaction, type Caller, type NeededAction } from '@riposte/account';
import type { ServiceError } from '@riposte/engine';
import {
  accessDeniedMessage,
  evaluate,
  parsePolicy,
  type AccessRequest,
  type NamedPolicy,
} from '@riposte/policy';
import type { AwsCall } from '../call.ts';
import { nameOf } from '../sessions/callers.ts';
import { accessDenied, noSuchTopic } from './refusals.ts';

/** What a call wants to do to what, as policies see it. */
export interface Wanted {
  /** E.g. `lambda:InvokeFunction`. */
  action: string;
  /** Undefined where nobody can tell. */
  resourceArn: string | undefined;
  /** Besides that one; the action must be allowed on each. */
  furtherResourceArns?: readonly string[];
  /** JSON texts by ARN. */
  furtherPolicies?: ReadonlyMap<string, string>;
  /** What else the caller needs for the call. */
  furtherActions?: readonly NeededAction[];
  /** Condition keys of the action itself. */
  conditions?: AccessRequest['context'];
  /** JSON text. */
  resourcePolicy?: string;
  alwaysAllowed?: boolean;
  /** A queue without a policy is open to the services of this server. */
  openToServices?: boolean;
  /** ARNs of roles handed over, and the service that gets them. */
  passedRoles?: { roleArns: readonly string[]; service: string };
}

export interface Authorisation {
  /** Why it is allowed or not, in one sentence. */
  verdict: string;
  /** Set when it is refused. */
  refusal?: ServiceError;
}

/** The stage "may it": policies of the caller and of the resource, in AWS's order and words. */
export function authorise(
  transaction: AccountTransaction,
  call: AwsCall,
  nowMs: number,
  wanted: Wanted,
): Authorisation {
  if (wanted.alwaysAllowed === true)
    return { verdict: `Policies are not asked for ${wanted.action}: the operation itself decides.` };
  if (call.caller.kind === 'administrator')
    return { verdict: 'The caller is the administrator, whom policies do not bind.' };
  if (call.caller.kind === 'role-session' && call.caller.undefinedRole)
    return {
      verdict: `The role ${call.caller.roleArn} is not defined in this account, so nothing restricts it. Define it to have its policies decide.`,
    };
  if (wanted.openToServices === true && call.caller.kind === 'service')
    return {
      verdict: `${wanted.resourceArn} has no policy, so nothing keeps ${call.caller.service} from it here; on AWS it would be refused. Give it a policy to have that decide.`,
    };
  const asked = decide(transaction, call, wanted, { ...contextOf(call, nowMs), ...wanted.conditions });
  if (asked.refusal) return asked;
  for (const resourceArn of wanted.furtherResourceArns ?? []) {
    const resourcePolicy = wanted.furtherPolicies?.get(resourceArn);
    const one = {
      action: wanted.action,
      resourceArn,
      ...(resourcePolicy !== undefined && { resourcePolicy }),
    };
    const further = decide(transaction, call, one, contextOf(call, nowMs));
    if (further.refusal) return further;
  }
  for (const further of wanted.furtherActions ?? []) {
    const answer = decide(transaction, call, further, contextOf(call, nowMs));
    if (answer.refusal) return answer;
  }
  if (!wanted.passedRoles) return asked;
  const { service, roleArns } = wanted.passedRoles;
  for (const resourceArn of roleArns) {
    const context = { ...contextOf(call, nowMs), 'iam:PassedToService': `${service}.amazonaws.com` };
    const passed = decide(transaction, call, { action: 'iam:PassRole', resourceArn }, context);
    if (passed.refusal) return passed;
  }
  return asked;
}

function decide(
  transaction: AccountTransaction,
  call: AwsCall,
  wanted: Wanted,
  context: AccessRequest['context'],
): Authorisation {
  const { action, resourceArn, resourcePolicy } = wanted;
  const own = policiesOf(transaction, call.caller);
  const resource: NamedPolicy[] =
    resourcePolicy === undefined
      ? []
      : [{ name: 'resource policy', document: parsePolicy(resourcePolicy, 'resource') }];
  // Every topic has a policy: a service, which brings none of its own, is told what is the matter.
  if (call.caller.kind === 'service' && call.service === 'sns' && resourcePolicy === undefined)
    return { verdict: 'The topic does not exist.', refusal: noSuchTopic() };
  const verdict = evaluate(
    { action, resource: resourceArn, principal: principalOf(call.caller), context },
    { ...own, resource },
  );
  if (verdict.decision === 'Allow') return { verdict: verdict.reason };
  const text = accessDeniedMessage(verdict, {
    callerArn: nameOf(call.caller),
    action,
    ...(resourceArn !== undefined && { resource: resourceArn }),
  });
  return { verdict: verdict.reason, refusal: accessDenied(call.service, text) };
}

function principalOf(caller: Caller): AccessRequest['principal'] {
  if (caller.kind === 'service')
    return { type: 'service', arn: caller.service, account: caller.account, service: caller.service };
  const type = caller.kind === 'administrator' ? 'root' : caller.kind;
  return { type, arn: caller.arn, account: caller.account };
}

/** Global condition keys that this server can tell. What it cannot tell is absent, never guessed. */
export function contextOf(call: AwsCall, nowMs: number): AccessRequest['context'] {
  const { caller, sourceIpAddress, userAgent } = call;
  return {
    'aws:CurrentTime': new Date(nowMs).toISOString(),
    'aws:EpochTime': Math.floor(nowMs / 1000),
    'aws:RequestedRegion': call.region,
    ...(sourceIpAddress !== undefined && { 'aws:SourceIp': sourceIpAddress }),
    ...(userAgent !== undefined && { 'aws:UserAgent': userAgent }),
    ...(caller.kind === 'role-session' && {
      'aws:TokenIssueTime': new Date(caller.issuedAtMs).toISOString(),
      'aws:userid': `${caller.roleId}:${caller.sessionName}`,
    }),
    ...(caller.kind === 'user' && { 'aws:userid': caller.userId }),
    ...(caller.kind === 'service' && {
      'aws:SourceAccount': caller.account,
      ...(caller.sourceArn !== undefined && { 'aws:SourceArn': caller.sourceArn }),
    }),
  };
}
