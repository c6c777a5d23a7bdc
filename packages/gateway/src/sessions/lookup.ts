import { findSigningCredentials, type AccountStore, type Caller } from '@riposte/account';
import type { CredentialLookup, SigningCredentials } from '../credentials.ts';
import type { AssumedSessions } from './assumed-sessions.ts';
import type { FunctionProcesses } from './function-processes.ts';

export interface AdministratorKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Who may sign: the administrator, function processes, IAM users, sessions of AssumeRole. Asked in this order. */
export class GatewayCredentials implements CredentialLookup {
  readonly #store: AccountStore;
  readonly #processes: FunctionProcesses;
  readonly #administrators: ReadonlyMap<string, SigningCredentials>;
  readonly #assumed: AssumedSessions;

  constructor(options: {
    account: string;
    store: AccountStore;
    administratorKeys: readonly AdministratorKey[];
    processes: FunctionProcesses;
    assumed: AssumedSessions;
  }) {
    const { account, administratorKeys } = options;
    this.#assumed = options.assumed;
    this.#store = options.store;
    this.#processes = options.processes;
    this.#administrators = new Map(
      administratorKeys.map((key) => [key.accessKeyId, administratorCredentials(account, key)]),
    );
  }

  async find(accessKeyId: string): Promise<SigningCredentials | undefined> {
    const held = this.#administrators.get(accessKeyId) ?? this.#processes.find(accessKeyId);
    if (held) return held;
    const found = await this.#store.read((reading) => findSigningCredentials(reading, accessKeyId));
    if (!found) return undefined;
    const { caller, ...credentials } = found;
    const known = this.#assumed.callerOf(accessKeyId, caller, credentials.expiresAtMs);
    return { ...credentials, caller: () => known };
  }
}

function administratorCredentials(account: string, key: AdministratorKey): SigningCredentials {
  const { accessKeyId, secretAccessKey } = key;
  const arn = `arn:aws:iam::${account}:root`;
  const caller: Caller = { kind: 'administrator', account, arn, accessKeyId };
  return { secretAccessKey, active: true, caller: () => caller };
}
