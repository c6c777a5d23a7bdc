import type { HistoryEvent, Json, StateTest, StateTestReport } from '@riposte/asl';
import type {
  Execution,
  ExecutionChange,
  ExecutionStatus,
  StartExecution,
  SyncExecution,
} from './executions.ts';
import type { MapRun, MapRunDescription, MapRunLimits } from './map-runs.ts';
import type {
  MachineSettings,
  Route,
  StateMachine,
  StateMachineAlias,
  StateMachineType,
  StateMachineVersion,
} from './state-machines.ts';

/** A kind of work that workers outside ask for. */
export interface Activity {
  activityArn: string;
  name: string;
  /** Milliseconds since the epoch. */
  creationDate: number;
  /** In order of their first mention. */
  tags?: Record<string, string>;
}

/**
 * Which part of a list is wanted. Refused: `ValidationException` for a number outside of 0 to 1,000, `InvalidToken` for a
 * token of another list.
 */
export interface Page {
  /** At most this many; default, and for 0: 100. */
  maxResults?: number;
  /** From the page before; absent: the first page. */
  nextToken?: string;
}

/** What TestState is asked for: a state, what stands in for its work, and on whose behalf it acts. */
export interface StateTestRequest extends StateTest {
  /** Of the made-up execution, and of the calls that the state makes. */
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

/**
 * The API layer's view of durable execution. Every mutation resolves only after what it caused is on disk.
 *
 * Errors of the caller are `ServiceError`s with Step Functions' own codes and texts. Those that are named below come
 * besides `InvalidArn`, which answers an ARN that is none or of another kind, and `ConflictException`, when other
 * changes of the same machine were faster each time. `StoreUnavailable` says that the store
 * refuses: nothing has happened then. Lists also throw what `Page` says.
 */
export interface ExecutionHost {
  /**
   * The same name, definition, type, settings and publication answer as the first time; role and tags are not compared,
   * and not changed.
   * @throws ServiceError `InvalidName`, `InvalidDefinition` (the diagnostics, as one text), `ValidationException` (of a
   *   definition beyond 1 MiB, a description without `publish`, a tag), `TooManyTags`, `StateMachineAlreadyExists`,
   *   `StateMachineDeleting`
   */
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
  /**
   * Executions that run already go on with what they started with. What stays the same keeps its revision id.
   * @throws ServiceError `StateMachineDoesNotExist`, `StateMachineDeleting`, `MissingRequiredParameter` when nothing is
   *   asked for, `InvalidDefinition`, `ValidationException`, `ServiceQuotaExceededException` (1,000 versions)
   */
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
   * @throws ServiceError `StateMachineDoesNotExist`
   */
  describeStateMachine(stateMachineArn: string): Promise<StateMachine>;
  /** Succeeds for an absent one. Open executions go on to their end, and the machine is DELETING until then. */
  deleteStateMachine(stateMachineArn: string): Promise<void>;
  /** By name. */
  listStateMachines(
    region: string,
    page: Page,
  ): Promise<{ stateMachines: StateMachine[]; nextToken?: string }>;

  /**
   * A revision that has a version already answers with that one.
   * @param input `revisionId`: refused when the machine has another by now
   * @throws ServiceError `StateMachineDoesNotExist`, `StateMachineDeleting`, `ConflictException` (the revision),
   *   `ServiceQuotaExceededException` (1,000 versions)
   */
  publishStateMachineVersion(input: {
    stateMachineArn: string;
    revisionId?: string;
    description?: string;
  }): Promise<StateMachineVersion>;
  /** Newest first; of an absent machine none. */
  listStateMachineVersions(
    stateMachineArn: string,
    page: Page,
  ): Promise<{ stateMachineVersions: StateMachineVersion[]; nextToken?: string }>;
  /**
   * Succeeds for an absent one.
   * @throws ServiceError `ConflictException` while an alias leads to it, `ValidationException` for another ARN
   */
  deleteStateMachineVersion(stateMachineVersionArn: string): Promise<void>;

  /**
   * The same name, description and routes answer as the first time.
   * @throws ServiceError `ValidationException` for routes that no alias can have, `ResourceNotFound` (a version),
   *   `StateMachineDoesNotExist`, `ConflictException` (the name), `ServiceQuotaExceededException` (100 aliases)
   */
  createStateMachineAlias(input: {
    name: string;
    description?: string;
    routingConfiguration: Route[];
  }): Promise<StateMachineAlias>;
  /** @throws ServiceError as createStateMachineAlias; `ResourceNotFound` for an absent one too */
  updateStateMachineAlias(input: {
    stateMachineAliasArn: string;
    description?: string;
    routingConfiguration?: Route[];
  }): Promise<StateMachineAlias>;
  /** @throws ServiceError `ResourceNotFound` */
  describeStateMachineAlias(stateMachineAliasArn: string): Promise<StateMachineAlias>;
  /** @throws ServiceError `ResourceNotFound` */
  deleteStateMachineAlias(stateMachineAliasArn: string): Promise<void>;
  /**
   * By name.
   * @param stateMachineArn of a machine, or of a version: then only aliases that lead to it
   * @throws ServiceError `StateMachineDoesNotExist`
   */
  listStateMachineAliases(
    stateMachineArn: string,
    page: Page,
  ): Promise<{ stateMachineAliases: StateMachineAlias[]; nextToken?: string }>;

  /**
   * Of state machines and activities. A key that is there already gets the new value and keeps its place.
   * @throws ServiceError `ResourceNotFound`, `TooManyTags` (50), `ValidationException`
   */
  tagResource(input: { resourceArn: string; tags: Record<string, string> }): Promise<void>;
  /** Keys that are not there are passed over. @throws ServiceError `ResourceNotFound` */
  untagResource(input: { resourceArn: string; tagKeys: string[] }): Promise<void>;
  /** In order of their first mention. @throws ServiceError `ResourceNotFound` */
  listTags(resourceArn: string): Promise<Record<string, string>>;

  /**
   * The name and input of an execution that is still open answer with that one.
   * @returns `startDate` in milliseconds since the epoch
   * @throws ServiceError `StateMachineDoesNotExist`, `StateMachineDeleting`, `InvalidName`, `InvalidExecutionInput`,
   *   `ValidationException` (an input beyond 256 KiB), `ExecutionAlreadyExists`
   */
  startExecution(input: StartExecution): Promise<{ executionArn: string; startDate: number }>;
  /**
   * Runs an execution of an express machine to its end, in memory: at most once, five minutes at most.
   * @returns as much of it as an execution has; nothing of it is kept
   * @throws ServiceError `StateMachineTypeNotSupported` for a standard machine; otherwise as startExecution
   */
  startSyncExecution(input: Omit<StartExecution, 'requestKey'>): Promise<SyncExecution>;
  /**
   * Answers for one that has ended too.
   * @returns milliseconds since the epoch
   * @throws ServiceError `ExecutionDoesNotExist`
   */
  stopExecution(input: {
    executionArn: string;
    error?: string;
    cause?: string;
  }): Promise<{ stopDate: number }>;
  /**
   * Lets a failed, timed-out or stopped execution go on: same definition, same input, what ended well stays.
   * @param input `clientToken`: the same one answers as the first time, for fifteen minutes
   * @returns milliseconds since the epoch
   * @throws ServiceError `ExecutionDoesNotExist`, `ExecutionNotRedrivable` with the reason
   */
  redriveExecution(input: { executionArn: string; clientToken?: string }): Promise<{ redriveDate: number }>;
  /** @throws ServiceError `ExecutionDoesNotExist` */
  describeExecution(executionArn: string): Promise<Execution>;
  /**
   * Newest first. Without `stateMachineArn`: of all machines of all regions; that of a version or an alias stands for what
   * it started.
   * @throws ServiceError `StateMachineDoesNotExist`, `ResourceNotFound` (the Map Run), `StateMachineTypeNotSupported` for
   *   what is express
   */
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
  /** In order of id, or from the last on. @throws ServiceError `ExecutionDoesNotExist` */
  getExecutionHistory(
    executionArn: string,
    page: Page & { reverseOrder?: boolean },
  ): Promise<{ events: HistoryEvent[]; nextToken?: string }>;

  /** @throws ServiceError `ResourceNotFound` */
  describeMapRun(mapRunArn: string): Promise<MapRunDescription>;
  /**
   * Takes effect at once.
   * @throws ServiceError `ResourceNotFound`, `ValidationException` for one that has ended, or a percentage that is none
   */
  updateMapRun(input: { mapRunArn: string } & Partial<MapRunLimits>): Promise<void>;
  /** Newest first. @throws ServiceError `ExecutionDoesNotExist` */
  listMapRuns(executionArn: string, page: Page): Promise<{ mapRuns: MapRun[]; nextToken?: string }>;

  /** The same name answers as the first time. @throws ServiceError `InvalidName`, `TooManyTags`, `ValidationException` (a tag) */
  createActivity(input: { name: string; region: string; tags?: Record<string, string> }): Promise<Activity>;
  /** @throws ServiceError `ActivityDoesNotExist` */
  describeActivity(activityArn: string): Promise<Activity>;
  /** Succeeds for an absent one. Tasks that wait for its workers go on to wait, up to their own timeouts. */
  deleteActivity(activityArn: string): Promise<void>;
  /** By name. */
  listActivities(region: string, page: Page): Promise<{ activities: Activity[]; nextToken?: string }>;
  /**
   * Waits up to a minute.
   * @param input `signal` is aborted when the worker has gone
   * @returns nothing when no task came
   * @throws ServiceError `ActivityDoesNotExist`
   */
  getActivityTask(input: {
    activityArn: string;
    workerName?: string;
    signal?: AbortSignal;
  }): Promise<{ taskToken: string; input: string } | undefined>;

  /**
   * @param input `output`: JSON text, at most 256 KiB
   * @throws ServiceError `InvalidOutput`, `ValidationException` (its size), `InvalidToken`, `TaskDoesNotExist`, `TaskTimedOut`
   */
  sendTaskSuccess(input: { taskToken: string; output: string }): Promise<void>;
  /** @throws ServiceError `InvalidToken`, `TaskDoesNotExist`, `TaskTimedOut` */
  sendTaskFailure(input: { taskToken: string; error?: string; cause?: string }): Promise<void>;
  /** Begins the task's heartbeat interval anew. @throws ServiceError `InvalidToken`, `TaskDoesNotExist`, `TaskTimedOut` */
  sendTaskHeartbeat(input: { taskToken: string }): Promise<void>;

  /**
   * Tries one state by itself, five minutes at most; nothing is stored. Without a mock a Task acts with the request's role.
   * @throws ServiceError with the code of a `StateTestRefusal`
   */
  testState(request: StateTestRequest): Promise<StateTestReport>;

  /** Hears of every change of an execution once it is on disk. @returns ends the subscription */
  subscribe(listener: (change: ExecutionChange) => void): () => void;
}
