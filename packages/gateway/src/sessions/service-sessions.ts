import {
  chainedSession,
  roleSession,
  type AccountStore,
  type Caller,
  type UndefinedRoles,
} from '@riposte/account';
import { ServiceError, type Clock, type Ids, type StepReference } from '@riposte/engine';

export type RoleSession = Extract<Caller, { kind: 'role-session' }>;

export interface SessionOptions {
  account: string;
  store: AccountStore;
  clock: Clock;
  ids: Ids;
  /** Default `refused`. */
  undefinedRoles?: UndefinedRoles;
}

/** For what an AWS service of this server assumes a role. */
export interface SessionRequest {
  roleArn: string;
  /** Shortened and cleaned to what STS takes. */
  sessionName: string;
  /** E.g. `states.amazonaws.com`. */
  servicePrincipal: string;
  /** Trust policies may name the service of one region instead, e.g. `states.eu-west-1.amazonaws.com`. */
  region?: string;
  sourceArn?: string;
  step?: StepReference;
}

/**
 * The session in which a service works with a role.
 * @throws ServiceError NoSuchEntity without the role, AccessDenied when its trust policy refuses the service
 */
export async function assumeForService(
  options: SessionOptions,
  request: SessionRequest,
): Promise<RoleSession> {
  const { account, store, clock, ids, undefinedRoles = 'refused' } = options;
  const { region, servicePrincipal, sessionName, ...session } = request;
  const assume = (principal: string): Promise<RoleSession> =>
    store.read((reading) =>
      roleSession(
        reading,
        { account, nowMs: clock.now(), ids, undefinedRoles },
        { ...session, servicePrincipal: principal, sessionName: sessionNameOf(sessionName) },
      ),
    );
  try {
    return await assume(servicePrincipal);
  } catch (error) {
    if (region === undefined || !isRefusal(error)) throw error;
    return await assume(servicePrincipal.replace('.', `.${region}.`)).catch(() => {
      throw error; // what the global name was told is what people look for
    });
  }
}

/**
 * The session in which a step works with the role that its state's Credentials name. The execution's role must be
 * allowed to assume it, and its trust policy must say so; the state machine's ARN is the external id, as on AWS.
 * @param executionSession of the execution's role
 * @throws ServiceError AccessDenied
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
 */
export async function assumeTaskRole(
  { account, store, clock, ids, undefinedRoles = 'refused' }: SessionOptions,
  executionSession: RoleSession,
  { roleArn, region, step }: { roleArn: string; region: string; step: StepReference },
): Promise<RoleSession> {
  const context = {
    account,
    region,
    nowMs: clock.now(),
    ids,
    undefinedRoles,
    caller: executionSession,
    requestId: ids.uuid(),
  };
  const sessionName = sessionNameOf(step.executionName);
  return store.transaction((transaction) =>
    chainedSession(transaction, context, { roleArn, sessionName, externalId: step.stateMachineArn }),
  );
}

function isRefusal(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'AccessDenied';
}

/** 2 to 64 characters of those that STS allows. */
function sessionNameOf(name: string): string {
  return name
    .replaceAll(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}
