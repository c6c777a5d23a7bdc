import type { Caller } from '@riposte/account';

/** What the AWS door needs to verify a signature and to know who signed. */
export interface SigningCredentials {
  secretAccessKey: string;
  /** Temporary credentials only: the request must carry exactly this token. */
  sessionToken?: string;
  /** Milliseconds since the epoch. */
  expiresAtMs?: number;
  /** An inactive access key is known, but signs nothing. */
  active: boolean;
  /** Asked per request: the session of a function process stands for whatever step it works for right now. */
  caller(): Caller;
}

/** Whose an access key is: the administrator's, a function process's, a user's or a session's of this account. */
export interface CredentialLookup {
  /** @returns undefined for a key that nobody has; one that is inactive or has expired is found */
  find(accessKeyId: string): Promise<SigningCredentials | undefined>;
}
