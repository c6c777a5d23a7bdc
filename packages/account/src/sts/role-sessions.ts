import { ServiceError, type Ids, type StepReference } from '@riposte/engine';
import { evaluateTrust, parsePolicy } from '@riposte/policy';
import type { AccountReading } from '../ports/account-store.ts';
import type { UndefinedRoles } from '../ports/operation.ts';
import type { Caller } from '../ports/caller.ts';
import { noSuchEntity, type RoleRecord } from '../iam/entities.ts';
import { accessKeyId, principalId } from '../iam/identifiers.ts';
import { parseArn } from '../arn.ts';

export type RoleSession = Extract<Caller, { kind: 'role-session' }>;

/** What making a session needs to know; a `CallContext` is one. */
export interface SessionContext {
  account: string;
  nowMs: number;
  ids: Ids;
  undefinedRoles?: UndefinedRoles;
}

/** The role of this account with that ARN. */
export function roleOfArn(reading: AccountReading, account: string, roleArn: string): RoleRecord | undefined {
  const arn = parseArn(roleArn);
  if (arn?.service !== 'iam' || arn.account !== account || !arn.resource.startsWith('role/'))
    return undefined;
  const role = reading.get<RoleRecord>('iam:role', arn.resource.slice(arn.resource.lastIndexOf('/') + 1));
  return role?.arn === roleArn ? role : undefined;
}

/**
 * The session in which an AWS service of this server works for somebody, e.g. `states.amazonaws.com` with the
 * execution role of a state machine. Its access key id names it in audit records; it has no secret.
 * @throws ServiceError NoSuchEntity without that role, AccessDenied when its trust policy refuses the service
 */
export function roleSession(
  reading: AccountReading,
  context: SessionContext,
  session: {
    roleArn: string;
    sessionName: string;
    /** E.g. `lambda.amazonaws.com`. */
    servicePrincipal: string;
    /** What the service works for: `aws:SourceArn` in the trust policy's conditions. */
    sourceArn?: string;
    step?: StepReference;
  },
): RoleSession {
  const role = roleOfArn(reading, context.account, session.roleArn);
  if (!role && context.undefinedRoles === 'unrestricted' && isRoleArn(session.roleArn, context.account))
    return undefinedRoleSession(context, session);
  if (!role)
    throw noSuchEntity(
      `The role ${session.roleArn} cannot be found in account ${context.account}. Create it, or correct the ARN.`,
    );
  const verdict = evaluateTrust(parsePolicy(role.trustPolicy, 'trust'), {
    action: 'sts:AssumeRole',
    principal: { kind: 'service', service: session.servicePrincipal },
    context: {
      'aws:CurrentTime': new Date(context.nowMs).toISOString(),
      'aws:EpochTime': Math.floor(context.nowMs / 1000),
      'aws:SourceAccount': context.account,
      ...(session.sourceArn !== undefined && { 'aws:SourceArn': session.sourceArn }),
    },
  });
  if (verdict.decision !== 'Allow')
    throw new ServiceError(
      'AccessDenied',
      `${session.servicePrincipal} is not authorized to perform: sts:AssumeRole on resource: ${role.arn}. ${verdict.reason}`,
      403,
    );
  return newSession(role, context, session);
}

export function isRoleArn(arn: string, account: string): boolean {
  return new RegExp(`^arn:[\\w-]+:iam::${account}:role/[\\w+=,.@/-]+$`).test(arn);
}

/**
 * The session of a role that this account does not define: state machines and functions written for other local AWS
 * tools often name one. No policy says what it may do, so it may do anything.
 */
export function undefinedRoleSession(
  context: SessionContext,
  session: { roleArn: string } & NewSession,
): RoleSession {
  const roleName = session.roleArn.slice(session.roleArn.lastIndexOf('/') + 1);
  const role = { roleName, arn: session.roleArn, roleId: principalId('AROA', context.ids) };
  return { ...newSession(role, context, session), undefinedRole: true };
}

interface NewSession {
  sessionName: string;
  step?: StepReference;
  simulated?: true;
  sessionPolicy?: string;
}

export function newSession(
  role: Pick<RoleRecord, 'roleName' | 'arn' | 'roleId'>,
  context: SessionContext,
  session: NewSession,
): RoleSession {
  return {
    kind: 'role-session',
    account: context.account,
    arn: `arn:aws:sts::${context.account}:assumed-role/${role.roleName}/${session.sessionName}`,
    roleArn: role.arn,
    roleName: role.roleName,
    roleId: role.roleId,
    sessionName: session.sessionName,
    accessKeyId: accessKeyId('ASIA', context.account, context.ids),
    issuedAtMs: context.nowMs,
    ...(session.step && { step: session.step }),
    ...(session.simulated && { simulated: session.simulated }),
    ...(session.sessionPolicy !== undefined && { sessionPolicy: session.sessionPolicy }),
  };
}
