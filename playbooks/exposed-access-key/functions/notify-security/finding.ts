/** What the state machine knows when it asks for a notice. Everything may be missing: an earlier step may have failed. */
export interface Finding {
  incident?: Incident;
  key?: {
    accessKeyId: string;
    /** Set where a deactivated key is to be deleted later. */ deleteAfterSeconds?: number;
  };
  containment?: Containment;
  activity?: Activity;
  /** Of the first step, or of a Map as a whole. */
  failure?: Failure;
  /** Of the second step. */
  lookupFailure?: Failure;
  /** True in the second notice of `DeactivateThenDelete`. */
  afterWaiting?: boolean;
  /** No single key is meant: none was found, some are left over, or handling them broke off. */
  plan?: Plan;
  /** The event names more keys than are handled. */
  tooManyKeys?: boolean;
  /** Present once every key was handled: what broke off then was the deletion after the waiting time. */
  results?: unknown;
  /** Only when the event could not be read. */
  event?: unknown;
}

export interface Incident {
  account?: string;
  eventTypeCode?: string;
  eventArn?: string;
  startTime?: string;
  confirmed?: boolean;
  reportedUser?: string;
  exposedUrl?: string;
  description?: string;
}

interface Plan {
  incident: Incident;
  keys?: { accessKeyId: string }[];
  leftOver?: { count: number; accessKeyIds: string[] };
  otherEntities: string[];
}

export interface Containment {
  /** `failed` stands there until the step has answered. */
  outcome:
    | 'failed'
    | 'deleted'
    | 'deactivated'
    | 'already-inactive'
    | 'already-removed'
    | 'left-active'
    | 'not-contained';
  reason?: 'temporary' | 'foreign' | 'root' | 'unknown';
  account?: string;
  userName?: string;
  lastUsed?: { date?: string; service: string; region: string };
  created?: string;
  otherActiveKeys?: number;
}

/** As Step Functions gives it to a Catch. */
export interface Failure {
  Error?: string;
  Cause?: string;
}

type Counts = [name: string, count: number][];

export interface Activity {
  region: string;
  from: string;
  to: string;
  calls: number;
  denied: number;
  firstCall?: string;
  lastCall?: string;
  eventNames: Counts;
  resourceNames: Counts;
  resourceTypes: Counts;
  deniedCalls: Counts;
  sourceAddresses: Counts;
  footholds: Counts;
  distinct: { eventNames: number; resourceNames: number; sourceAddresses: number };
  truncated: boolean;
  stoppedBy?: string;
}
