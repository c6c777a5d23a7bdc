/** CloudTrail's `userIdentity`. */
export interface UserIdentity {
  type: 'Root' | 'IAMUser' | 'AssumedRole' | 'AWSService';
  arn?: string;
  accountId?: string;
  principalId?: string;
  accessKeyId?: string;
  userName?: string;
  invokedBy?: string;
  sessionContext?: {
    sessionIssuer: { type: 'Role'; principalId: string; arn: string; accountId: string; userName: string };
    attributes: { creationDate: string; mfaAuthenticated: 'false' };
  };
}

/** One AWS call that passed the gateway: the audit record, and what the local CloudTrail answers from. */
export interface CallRecord {
  /** Dense from 1. */
  sequence: number;
  /** CloudTrail's event id, a UUID. */
  id: string;
  /** Milliseconds since the epoch. */
  timeMs: number;
  region: string;
  /** Signing name, e.g. `iam`. */
  service: string;
  /** E.g. `iam.amazonaws.com`. */
  eventSource: string;
  /** E.g. `DeleteAccessKey`. */
  operation: string;
  access: 'read' | 'write';
  userIdentity: UserIdentity;
  sourceIpAddress: string;
  userAgent: string;
  resources: { type: string; name: string }[];
  requestParameters: unknown;
  responseElements: unknown;
  errorCode?: string;
  errorMessage?: string;
  requestId: string;
  /** Why it was allowed or not, in one sentence. */
  verdict: string;
  /** Which step made the call; absent for calls from outside. */
  executionArn?: string;
  stateName?: string;
  visit?: number;
  attempt?: number;
  /** Without a step: the delivery of an event that made the call. */
  taskId?: string;
  simulated?: boolean;
  /** A change outside this server that a rehearsal asked for: answered, and not made. */
  rehearsed?: boolean;
  /** Recognises this call when a crashed attempt runs again; see `findAnswer`. */
  journalKey?: string;
  /** The answer as the gateway recorded it for a repeated attempt, JSON text. */
  answer?: string;
  /** Hex SHA-256 of the previous record; 64 zeros in the first. */
  previousHash: string;
  /** Hex SHA-256 over `previousHash` and the rest of this record. */
  hash: string;
}

/** A call record before it has a place in the chain (`chainCall`). */
export type NewCallRecord = Omit<CallRecord, 'sequence' | 'previousHash' | 'hash'>;

/** Which call records are wanted, newest first: those that are all that is given here. */
export interface CallFilter {
  executionArn?: string;
  accessKeyId?: string;
  operation?: string;
  service?: string;
  userName?: string;
  resourceName?: string;
  resourceType?: string;
  access?: 'read' | 'write';
  id?: string;
  region?: string;
  /** Milliseconds since the epoch, both inclusive. */
  fromMs?: number;
  toMs?: number;
  /** Only records with a smaller sequence number: the next page. */
  beforeSequence?: number;
  limit: number;
}
