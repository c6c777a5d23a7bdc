import { ServiceError } from '@riposte/engine';
import { evaluate, evaluateTrust, parsePolicy, type RequestContext } from '@riposte/policy';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { Caller } from '../ports/caller.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { checkedDocument } from '../iam/policy-documents.ts';
import type { RoleRecord } from '../iam/entities.ts';
import { secretAccessKey } from '../iam/identifiers.ts';
import { policiesOf } from './caller-policies.ts';
import type { SessionRecord } from './credentials.ts';
import { isRoleArn, newSession, roleOfArn, undefinedRoleSession, type RoleSession } from './role-sessions.ts';

interface AssumeRoleInput {
  RoleArn: string;
  RoleSessionName: string;
  DurationSeconds?: number;
  ExternalId?: string;
  Policy?: string;
}

/** Members that would change what the session may do; leaving them out silently would be wrong. */
const NOT_SUPPORTED = [
  'PolicyArns',
  'Tags',
  'TransitiveTagKeys',
  'SerialNumber',
  'TokenCode',
  'SourceIdentity',
  'ProvidedContexts',
];
const CHAINED_SECONDS_MAX = 3600;

interface AssumedRole {
  Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: Date };
  AssumedRoleUser: { AssumedRoleId: string; Arn: string };
}

/**
 * The role's trust policy decides, and the caller's own policies wherever the trust policy names the account
 * rather than the caller.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const assumeRole: AccountOperation<AssumeRoleInput, AssumedRole> = {
  service: 'sts',
  name: 'AssumeRole',
  access: 'write',
  alwaysAllowed: true,
  resourceArn: (_context, input) => input.RoleArn,
  touched: (_context, input) => [{ type: 'AWS::IAM::Role', name: input.RoleArn }],
  handle(transaction, context, input) {
    checkInput(input);
    const role = roleOfArn(transaction, context.account, input.RoleArn);
    if (!role || !mayAssume(transaction, context, role, input)) throw denied(context.caller, input.RoleArn);
    const durationSeconds = input.DurationSeconds ?? 3600;
    checkDuration(durationSeconds, role, context.caller);
    return storedSession(transaction, context, role, input, durationSeconds);
  },
  auditedOutput({ Credentials, AssumedRoleUser }) {
    const { AccessKeyId, Expiration } = Credentials;
    return { Credentials: { AccessKeyId, Expiration }, AssumedRoleUser };
  },
};

/**
 * The session in which the work of one role's session goes on in another role, as AssumeRole gives it, without a
 * secret: for services of this server that chain roles themselves.
 * @throws ServiceError AccessDenied
 */
export function chainedSession(
  transaction: AccountTransaction,
  context: CallContext,
  { roleArn, sessionName, externalId }: { roleArn: string; sessionName: string; externalId: string },
): RoleSession {
  const { caller } = context;
  const session = { sessionName, ...causeOf(caller) };
  const input = { RoleArn: roleArn, RoleSessionName: sessionName, ExternalId: externalId };
  const role = roleOfArn(transaction, context.account, roleArn);
  if (!role && context.undefinedRoles === 'unrestricted' && isRoleArn(roleArn, context.account))
    return undefinedRoleSession(context, { roleArn, ...session });
  if (!role || !mayAssume(transaction, context, role, input)) throw denied(caller, roleArn);
  return newSession(role, context, session);
}

/** The work of a step stays its work when it goes on in another role, and a rehearsal stays one. */
function causeOf(caller: Caller): Pick<RoleSession, 'step' | 'simulated'> {
  if (caller.kind !== 'role-session') return {};
  const { step, simulated } = caller;
  return { ...(step && { step }), ...(simulated && { simulated }) };
}

function storedSession(
  transaction: AccountTransaction,
  context: CallContext,
  role: RoleRecord,
  input: AssumeRoleInput,
  durationSeconds: number,
): AssumedRole {
  const caller = newSession(role, context, {
    sessionName: input.RoleSessionName,
    ...causeOf(context.caller),
    ...(input.Policy !== undefined && { sessionPolicy: checkedDocument(input.Policy, 'identity') }),
  });
  const session: SessionRecord = {
    secretAccessKey: secretAccessKey(context.ids),
    sessionToken: context.ids.secret(),
    expiresAtMs: context.nowMs + durationSeconds * 1000,
    caller,
  };
  transaction.put('sts:session', caller.accessKeyId, session);
  return {
    Credentials: {
      AccessKeyId: caller.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAtMs),
    },
    AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${input.RoleSessionName}`, Arn: caller.arn },
  };
}

function checkInput(input: AssumeRoleInput): void {
  if (!/^[\w+=,.@-]{2,64}$/.test(input.RoleSessionName))
    throw new ServiceError(
      'ValidationError',
      `1 validation error detected: Value '${input.RoleSessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}`,
    );
  const given = input as unknown as Record<string, unknown>;
  const extra = NOT_SUPPORTED.find((member) => given[member] !== undefined);
  if (extra !== undefined)
    throw new ServiceError(
      'ValidationError',
      `AssumeRole with ${extra} is not supported by this server yet. Leave it out.`,
    );
}

function checkDuration(seconds: number, role: RoleRecord, caller: Caller): void {
  if (seconds < 900 || seconds > 43_200)
    throw new ServiceError(
      'ValidationError',
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must be between 900 and 43200`,
    );
  if (caller.kind === 'role-session' && seconds > CHAINED_SECONDS_MAX)
    throw new ServiceError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  if (seconds > role.maxSessionSeconds)
    throw new ServiceError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
}

function mayAssume(
  transaction: AccountTransaction,
  { caller, conditionContext }: CallContext,
  role: RoleRecord,
  input: AssumeRoleInput,
): boolean {
  const context: RequestContext = {
    ...conditionContext,
    'sts:RoleSessionName': input.RoleSessionName,
    ...(input.ExternalId !== undefined && { 'sts:ExternalId': input.ExternalId }),
  };
  const trust = evaluateTrust(parsePolicy(role.trustPolicy, 'trust'), {
    action: 'sts:AssumeRole',
    principal:
      caller.kind === 'service'
        ? { kind: 'service', service: caller.service }
        : { kind: 'aws', arn: caller.arn, account: caller.account },
    context,
  });
  if (trust.decision !== 'Allow') return false;
  if (caller.kind !== 'user' && caller.kind !== 'role-session') return true;
  if (caller.kind === 'role-session' && caller.undefinedRole === true) return true;
  const own = evaluate(
    {
      action: 'sts:AssumeRole',
      resource: role.arn,
      principal: { arn: caller.arn, account: caller.account, type: caller.kind },
      context,
    },
    policiesOf(transaction, caller),
  );
  return own.decision === 'Allow' || (own.decision === 'ImplicitDeny' && !trust.delegatedToAccount);
}

/** The same for a role that is not there: STS does not tell strangers which roles exist. */
function denied(caller: Caller, roleArn: string): ServiceError {
  const who = caller.kind === 'service' ? caller.service : caller.arn;
  return new ServiceError(
    'AccessDenied',
    `User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    403,
  );
}
