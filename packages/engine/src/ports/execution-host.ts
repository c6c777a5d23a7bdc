import type { HistoryEvent, Json, StateTest, StateTestReport } from '@riposte/asl';
import type { MapRun, MapRunDescription, MapRunLimits } from './map-runs.ts';

export type StateMachineType = 'STANDARD' | 'EXPRESS';
/** PENDING_REDRIVE: the child of a redriven Map Run that waits for its turn. */
export type ExecutionStatus =
  'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';

export type LogLevel = 'ALL' | 'ERROR' | 'FATAL' | 'OFF';

/** Which events of executions go to a log group. */
export interface LoggingConfiguration {
  level: LogLevel;
  /** Whether inputs, outputs, parameters and variables go with them. */
  includeExecutionData: boolean;
  /** Ends in `:*`. Always there unless the level is OFF. */
  logGroupArn?: string;
}

export interface MachineSettings {
  logging?: LoggingConfiguration;
  /** Kept and shown. This server makes no traces. */
  tracing?: { enabled: boolean };
  /** As it was given. No other key can be asked for. */
  encryption?: { type: 'AWS_OWNED_KEY' };
}

export interface StateMachine {
  stateMachineArn: string;
  name: string;
  type: StateMachineType;
  /** The definition's text exactly as given. */
  definition: string;
  roleArn: string;
  /** Milliseconds since the epoch. */
  creationDate: number;
  updateDate: number;
  /** Absent until the first update, then a UUID. */
  revisionId?: string;
  /** DELETING: no execution starts any more; it is gone when the last has ended. Default ACTIVE. */
  status?: 'ACTIVE' | 'DELETING';
  /** In order of their first mention. */
  tags?: Record<string, string>;
  /** How many versions were ever published: their numbers are never used again. */
  versionsCount?: number;
  /** What CreateStateMachine was asked for besides; a repeated request must ask the same. */
  published?: { versionArn: string; description?: string };
  /** Of a version: its own description. */
  description?: string;
  /** Of what the children of a distributed Map run. */
  label?: string;
  /** What was set otherwise than by default. */
  settings?: MachineSettings;
}

export interface StateMachineVersion {
  stateMachineVersionArn: string;
  /** Milliseconds since the epoch. */
  creationDate: number;
  description?: string;
}

export interface Route {
  stateMachineVersionArn: string;
  /** Percent. */
  weight: number;
}

export interface StateMachineAlias {
  stateMachineAliasArn: string;
  name: string;
  description?: string;
  routingConfiguration: Route[];
  /** Milliseconds since the epoch. */
  creationDate: number;
  updateDate: number;
}

export interface Activity {
  activityArn: string;
  name: string;
  /** Milliseconds since the epoch. */
  creationDate: number;
  tags?: Record<string, string>;
}

/** Where an execution came from: the chain event → rule → execution → child execution, walked both ways. */
export interface ExecutionOrigin {
  simulated: boolean;
  eventId?: string;
  ruleArn?: string;
  deliveryId?: string;
  /** The step that started this execution. */
  parent?: { executionArn: string; stateName: string; taskId: string };
}

export interface Execution {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: ExecutionStatus;
  /** Milliseconds since the epoch. */
  startDate: number;
  stopDate?: number;
  /** JSON text as given. */
  input: string;
  output?: string;
  error?: string;
  cause?: string;
  roleArn: string;
  /** The definition it started with, as text. */
  definition: string;
  origin: ExecutionOrigin;
  traceHeader?: string;
  /** When it was started by a version or an alias. */
  stateMachineVersionArn?: string;
  stateMachineAliasArn?: string;
  /** The machine as it was at the start. */
  machine?: { updateDate: number; revisionId?: string; settings?: MachineSettings };
  /** Default 0. */
  /** Of the event that would be its next: one more than its history has. */
  nextEventId?: number;
  redriveCount?: number;
  /** Milliseconds since the epoch. */
  redriveDate?: number;
  redriveTokens?: readonly RedriveToken[];
  /** Of a child of a Map Run: which one, and for how many items it works. */
  mapRun?: { mapRunArn: string; index: number; itemCount: number };
}

/** A redrive that is not done again when the same request comes again. */
export interface RedriveToken {
  clientToken: string;
  /** Milliseconds since the epoch. */
  redriveDate: number;
}

export interface StartExecution {
  /** Of a machine, a version or an alias. */
  stateMachineArn: string;
  /** Default: a UUID. */
  name?: string;
  /** JSON text; default `{}`. */
  input?: string;
  traceHeader?: string;
  origin?: ExecutionOrigin;
  /**
   * Idempotency key of the caller (a delivery, a task attempt): a second start with the same key answers with the
   * execution of the first, whatever became of it.
   */
  requestKey?: string;
}

export interface SyncExecution {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** Milliseconds since the epoch. */
  startDate: number;
  stopDate: number;
  input: string;
  output?: string;
  error?: string;
  cause?: string;
}

export interface Page {
  /** At most this many; default 100, at most 1,000. */
  maxResults?: number;
  nextToken?: string;
}

/** What changed in one commit of one execution. Sent after it is on disk. */
export interface ExecutionChange {
  executionArn: string;
  stateMachineArn: string;
  status: ExecutionStatus;
  events: readonly HistoryEvent[];
}

/**
 * The API layer's view of durable execution. Every mutation resolves only after what it caused is on disk.
 * Errors of the caller are `ServiceError`s with Step Functions' own codes and texts.
 */
export interface StateTestRequest extends StateTest {
  region: string;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal;
  /** Asked for by a step of a simulated execution. */
  isSimulated?: boolean;
  /**
   * Whether the service behind a Task's resource could answer so.
   * @returns what is wrong
   */
  checkMockedResult?(resource: string, result: Json): string | undefined;
}

export interface ExecutionHost {
  createStateMachine(input: {
    name: string;
    definition: string;
    roleArn: string;
    type?: StateMachineType;
    region: string;
    tags?: Record<string, string>;
    settings?: MachineSettings;
    publish?: boolean;
    versionDescription?: string;
  }): Promise<StateMachine & { stateMachineVersionArn?: string }>;
  updateStateMachine(input: {
    stateMachineArn: string;
    definition?: string;
    roleArn?: string;
    /** Those that are named here change. */
    settings?: MachineSettings;
    publish?: boolean;
    versionDescription?: string;
  }): Promise<StateMachine & { stateMachineVersionArn?: string }>;
  /**
   * @param stateMachineArn of a machine; of a version: then as it was published; or with the label of a distributed Map:
   *   then as its children run it
   */
  describeStateMachine(stateMachineArn: string): Promise<StateMachine>;
  /** Succeeds for an absent one. Open executions go on to their end, and the machine is DELETING until then. */
  deleteStateMachine(stateMachineArn: string): Promise<void>;
  listStateMachines(
    region: string,
    page: Page,
  ): Promise<{ stateMachines: StateMachine[]; nextToken?: string }>;

  /** @param input `revisionId`: refused when the machine has another by now */
  publishStateMachineVersion(input: {
    stateMachineArn: string;
    revisionId?: string;
    description?: string;
  }): Promise<StateMachineVersion>;
  /** Newest first. */
  listStateMachineVersions(
    stateMachineArn: string,
    page: Page,
  ): Promise<{ stateMachineVersions: StateMachineVersion[]; nextToken?: string }>;
  /** Succeeds for an absent one; refused while an alias leads to it. */
  deleteStateMachineVersion(stateMachineVersionArn: string): Promise<void>;

  createStateMachineAlias(input: {
    name: string;
    description?: string;
    routingConfiguration: Route[];
  }): Promise<StateMachineAlias>;
  updateStateMachineAlias(input: {
    stateMachineAliasArn: string;
    description?: string;
    routingConfiguration?: Route[];
  }): Promise<StateMachineAlias>;
  describeStateMachineAlias(stateMachineAliasArn: string): Promise<StateMachineAlias>;
  deleteStateMachineAlias(stateMachineAliasArn: string): Promise<void>;
  /** By name. @param stateMachineArn of a machine, or of a version: then only aliases that lead to it */
  listStateMachineAliases(
    stateMachineArn: string,
    page: Page,
  ): Promise<{ stateMachineAliases: StateMachineAlias[]; nextToken?: string }>;

  /** Of state machines and activities. */
  tagResource(input: { resourceArn: string; tags: Record<string, string> }): Promise<void>;
  untagResource(input: { resourceArn: string; tagKeys: string[] }): Promise<void>;
  /** In order of their first mention. */
  listTags(resourceArn: string): Promise<Record<string, string>>;

  startExecution(input: StartExecution): Promise<{ executionArn: string; startDate: number }>;
  /**
   * Runs an execution of an express machine to its end, in memory: at most once, five minutes at most.
   * @returns as much of it as an execution has; nothing of it is kept
   */
  startSyncExecution(input: Omit<StartExecution, 'requestKey'>): Promise<SyncExecution>;
  stopExecution(input: {
    executionArn: string;
    error?: string;
    cause?: string;
  }): Promise<{ stopDate: number }>;
  /**
   * Lets a failed, timed-out or stopped execution go on: same definition, same input, what ended well stays.
   * @param input `clientToken`: the same one answers as the first time, for fifteen minutes
   */
  redriveExecution(input: { executionArn: string; clientToken?: string }): Promise<{ redriveDate: number }>;
  describeExecution(executionArn: string): Promise<Execution>;
  /** Newest first. Without `stateMachineArn`: of all machines of all regions. */
  listExecutions(
    filter: {
      stateMachineArn?: string;
      status?: ExecutionStatus;
      eventId?: string;
      /** Whose steps started them. */
      parentArn?: string;
      /** Only with it children of Map Runs are listed. */
      mapRunArn?: string;
      isRedriven?: boolean;
    },
    page: Page,
  ): Promise<{ executions: Execution[]; nextToken?: string }>;
  getExecutionHistory(
    executionArn: string,
    page: Page & { reverseOrder?: boolean },
  ): Promise<{ events: HistoryEvent[]; nextToken?: string }>;

  describeMapRun(mapRunArn: string): Promise<MapRunDescription>;
  /** Takes effect at once on a running one; one that has ended is refused. */
  updateMapRun(input: { mapRunArn: string } & Partial<MapRunLimits>): Promise<void>;
  /** Newest first. */
  listMapRuns(executionArn: string, page: Page): Promise<{ mapRuns: MapRun[]; nextToken?: string }>;

  createActivity(input: { name: string; region: string; tags?: Record<string, string> }): Promise<Activity>;
  describeActivity(activityArn: string): Promise<Activity>;
  /** Succeeds for an absent one. */
  deleteActivity(activityArn: string): Promise<void>;
  listActivities(region: string, page: Page): Promise<{ activities: Activity[]; nextToken?: string }>;
  /**
   * Waits up to a minute.
   * @param input `signal` is aborted when the worker has gone
   * @returns nothing when no task came
   */
  getActivityTask(input: {
    activityArn: string;
    workerName?: string;
    signal?: AbortSignal;
  }): Promise<{ taskToken: string; input: string } | undefined>;

  sendTaskSuccess(input: { taskToken: string; output: string }): Promise<void>;
  sendTaskFailure(input: { taskToken: string; error?: string; cause?: string }): Promise<void>;
  sendTaskHeartbeat(input: { taskToken: string }): Promise<void>;

  /** Tries one state by itself; nothing is stored. Without a mock a Task acts with the request's role. */
  testState(request: StateTestRequest): Promise<StateTestReport>;

  /** @returns a function that ends the subscription. */
  subscribe(listener: (change: ExecutionChange) => void): () => void;
}
