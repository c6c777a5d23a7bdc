import type { Caller } from '@riposte/account';
import { ServiceError, type StepReference } from '@riposte/engine';
import type { CredentialsIssuer, ProcessCredentials } from '@riposte/functions';
import type { SigningCredentials } from '../credentials.ts';
import type { Runs } from './runs.ts';
import { assumeForService, type SessionOptions } from './service-sessions.ts';

type RoleSession = Extract<Caller, { kind: 'role-session' }>;

/**
 * Credentials of function processes. They live in memory only: after a restart of the server they are void, and so
 * is every process that an earlier server may have left behind.
 */
export class FunctionProcesses implements CredentialsIssuer {
  readonly #options: SessionOptions;
  readonly #runs: Runs;
  readonly #processes = new Map<string, ProcessSession>();

  constructor(options: SessionOptions, runs: Runs) {
    this.#options = options;
    this.#runs = runs;
  }

  /** @throws ServiceError when `lambda.amazonaws.com` may not assume the role */
  async issue(input: { roleArn: string; functionName: string }): Promise<ProcessCredentials> {
    const { ids } = this.#options;
    const assume = () =>
      assumeForService(this.#options, {
        roleArn: input.roleArn,
        sessionName: input.functionName,
        servicePrincipal: 'lambda.amazonaws.com',
      });
    const caller = await assume();
    const session = new ProcessSession(caller, ids.secret(), ids.secret(), this.#runs);
    const { accessKeyId } = caller;
    this.#processes.set(accessKeyId, session);
    return {
      accessKeyId,
      secretAccessKey: session.secretAccessKey,
      sessionToken: session.sessionToken,
      attributeTo: (step, simulated) => session.attributeTo(step, simulated),
      isCurrent: () => assume().then((again) => isSameRole(caller, again), isNoRefusal),
      revoke: () => {
        session.revoke();
        this.#processes.delete(accessKeyId);
      },
    };
  }

  find(accessKeyId: string): SigningCredentials | undefined {
    return this.#processes.get(accessKeyId);
  }
}

/** A role of the same name that was made anew is another one: sessions of the first are worth nothing. */
function isSameRole(first: RoleSession, now: RoleSession): boolean {
  return first.roleId === now.roleId || (first.undefinedRole === true && now.undefinedRole === true);
}

/** A refusal says that the session is over; trouble of the store says nothing about it. */
function isNoRefusal(error: unknown): boolean {
  return !(error instanceof ServiceError);
}

class ProcessSession implements SigningCredentials {
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly #session: RoleSession;
  readonly #runs: Runs;
  #isRevoked = false;
  /** A new object for every run: see `Runs`. */
  #caller: RoleSession;

  constructor(session: RoleSession, secretAccessKey: string, sessionToken: string, runs: Runs) {
    this.#session = session;
    this.#caller = session;
    this.#runs = runs;
    this.secretAccessKey = secretAccessKey;
    this.sessionToken = sessionToken;
  }

  /** Asked at every request; false from the moment the process is given up. */
  get active(): boolean {
    return !this.#isRevoked;
  }

  caller(): Caller {
    return this.#caller;
  }

  attributeTo(step: StepReference | undefined, simulated = false): void {
    this.#caller = { ...this.#session, ...(step && { step }), ...(simulated && { simulated }) };
    if (step) this.#runs.begin(this.#caller);
  }

  revoke(): void {
    this.#isRevoked = true;
  }
}
