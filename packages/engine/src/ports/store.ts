import type { HistoryEvent } from '@riposte/asl';
import type { ChangedChild, MapRunChange, MapRunStore } from './map-runs.ts';
import type { Execution, ExecutionStatus, RedriveToken } from './executions.ts';
import type { StateMachine } from './state-machines.ts';

/**
 * Durable memory of the engine.
 *
 * S1 A transition is applied whole or not at all; it is refused as stale when the execution's revision is not the
 *    one it expects, or when the effect it consumes or parks is not open.
 * S2 An effect is consumed at most once. Until then it is handed out again whenever its lease has run out.
 * S3 `commit` resolves only after the batch is on disk. Transitions of a batch are applied in order, so one may
 *    build on the other; a stale one does not keep others from being applied.
 * S4 A terminal status drops every effect of the execution. SUCCEEDED drops its records too; after any other end
 *    they stay, for a redrive. RUNNING after an end forgets output, error and stop date.
 * S5 Only what a transition names is written.
 */
export interface Store extends MapRunStore {
  /** @returns for each transition, in order, what became of it */
  commit(batch: readonly Transition[]): Promise<CommitResult[]>;
  /**
   * Takes effects that are due, oldest first: nobody else gets them until the lease ends.
   * @param limits how many of each kind, at most
   */
  claim(
    claim: Claim,
    nowMs: number,
    limits: { tasks: number; timers: number; mapRuns: number },
  ): Promise<Effect[]>;
  /** Moves the end of every lease that a worker holds. A past instant gives the effects back. */
  extend(claim: Claim): Promise<void>;
  /** When the next effect of a kind can be claimed, leaving out those that `worker` holds. Parked ones never can. */
  nextDueMs(kind: EffectKind, worker: string): Promise<number | undefined>;
  /** The task that has waited longest for a worker of this activity; parked ones have one. */
  nextActivityTask(activityArn: string): Promise<Effect | undefined>;

  load(executionArn: string): Promise<StoredExecution | undefined>;
  /** The execution alone, without what its next transition needs. */
  describe(executionArn: string): Promise<Execution | undefined>;
  /** `open` is false when the task was answered, cancelled or has timed out. */
  findByToken(
    taskToken: string,
  ): Promise<{ executionArn: string; effectId: string; open: boolean; activityArn?: string } | undefined>;
  /** @returns the ARN of the execution that was started with this key */
  findByRequestKey(requestKey: string): Promise<string | undefined>;
  /** Parked effects that wait for the end of an execution: of this one, or (recovery) of any. */
  waitingFor(childArn?: string): Promise<Effect[]>;

  /** Events in order of id, or reversed, starting at id `from` (inclusive). */
  history(
    executionArn: string,
    page: { from?: number; limit: number; reverse: boolean },
  ): Promise<HistoryEvent[]>;
  /** Newest first. `next` is the cursor of the following page, absent on the last. */
  list(
    filter: ExecutionFilter,
    page: { cursor?: string; limit: number },
  ): Promise<{ executions: Execution[]; next?: string }>;
  /** Open executions that have no effect: nothing would ever wake them. */
  stuck(): Promise<string[]>;
  /** Forgets executions that ended before an instant, with all that belongs to them: children of Map Runs go with their parent. @returns how many */
  purge(endedBeforeMs: number): Promise<number>;

  /** Whether an execution of a state machine is open. */
  hasOpenExecutions(stateMachineArn: string): Promise<boolean>;

  stateMachine(stateMachineArn: string): Promise<StoredStateMachine | undefined>;
  /**
   * @param resources versions and aliases written with it, all or nothing
   * @returns false when the stored revision is another than expected (0: absent); nothing is written then
   */
  saveStateMachine(
    machine: StateMachine,
    region: string,
    expectedRevision: number,
    resources?: readonly ResourceChange[],
  ): Promise<boolean>;
  /** With its versions and aliases. */
  removeStateMachine(stateMachineArn: string): Promise<void>;
  /** ARNs of machines in status DELETING. */
  deletingStateMachines(): Promise<string[]>;
  /** By name. */
  listStateMachines(
    region: string,
    page: { cursor?: string; limit: number },
  ): Promise<{ stateMachines: StateMachine[]; next?: string }>;

  resource(arn: string): Promise<StoredResource | undefined>;
  /** In order of position. */
  resources(
    kind: ResourceKind,
    parent: string,
    page: { cursor?: string; limit: number },
  ): Promise<{ resources: StoredResource[]; next?: string }>;
  /** @returns false when the stored body is another than expected (null: absent); nothing is written then */
  saveResource(resource: StoredResource, expectedBody: string | null): Promise<boolean>;
  removeResource(arn: string): Promise<void>;

  /** What `Transition.notices` asked for and nobody has forgotten yet, in order. */
  notices(kind: NoticeKind, limit: number): Promise<Notice[]>;
  /** Up to this one, inclusive. */
  forgetNotices(kind: NoticeKind, sequence: number): Promise<void>;
}

/** What is kept as a `StoredResource`. */
export type ResourceKind = 'version' | 'alias' | 'activity';

/** What has an ARN and no life of its own. */
export interface StoredResource {
  arn: string;
  kind: ResourceKind;
  /** What it is listed under: the ARN of its state machine, or for an activity the region. */
  parent: string;
  /** Lists go up by it; unique under the parent. */
  position: string;
  /** JSON text of the engine's own. */
  body: string;
}

/** What becomes of a resource: it is written as given, or with `null` removed. */
export type ResourceChange = StoredResource | { arn: string; body: null };

/** A change of status, for the bus; events of a history, for a log group; a child execution that no step waits for any more. */
export type NoticeKind = 'status' | 'log' | 'orphan';

/** Something the world is to be told of: sent at least once, in order. */
export interface Notice {
  /** Never used again, whatever was forgotten. */
  sequence: number;
  /** JSON text of the engine's own. */
  body: string;
  /** Whom it is about, where a Map Run changed all of its children (`MapRunChange.childNotice`). */
  child?: ChangedChild;
}

/** A notice as a transition asks for it: the store numbers it. */
export type NewNotice = Pick<Notice, 'body'> & { kind: NoticeKind };

/** What became of a transition; of a stale one nothing was written (S1). */
export type CommitResult = 'applied' | 'stale';

/** All that one signal changes. */
export interface Transition {
  executionArn: string;
  /** Revision before; 0 creates the execution and is stale when its ARN or its request key is taken. */
  expectedRevision: number;
  /** Given exactly when `expectedRevision` is 0. */
  created?: NewExecution;
  /** The effect that was answered; it must be open. */
  consumes?: string;
  /** An effect that now waits for an answer from outside instead of being handed out; it must be open. */
  parks?: ParkedEffect;
  head: ExecutionHead;
  /** Ids follow on those already stored. */
  events: readonly HistoryEvent[];
  /** JSON text by key; `null` removes. */
  records: ReadonlyMap<string, string | null>;
  /** One with the id of an open effect replaces it. */
  effects: readonly NewEffect[];
  /** Ids of effects to drop; those that are not open are ignored. */
  cancelled: readonly string[];
  /** What becomes of the execution's Map Runs. */
  mapRuns?: readonly MapRunChange[];
  /** What is to be told outside once this is on disk. */
  notices?: readonly NewNotice[];
}

/** What is fixed when an execution starts. */
export type NewExecution = Omit<
  Execution,
  | 'status'
  | 'nextEventId'
  | 'stopDate'
  | 'output'
  | 'error'
  | 'cause'
  | 'redriveCount'
  | 'redriveDate'
  | 'redriveTokens'
> & {
  requestKey?: string;
};

/** What changes with every transition. */
export interface ExecutionHead {
  status: ExecutionStatus;
  nextEventId: number;
  /** Milliseconds since the epoch. */
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
  /** Set by a redrive, which opens an execution that had ended. */
  redriveCount?: number;
  redriveDate?: number;
  redriveTokens?: readonly RedriveToken[];
}

/** A task goes to the runner, a Map Run to whoever carries it out; an activity's task waits until a worker asks for it, and is never claimed. */
export type EffectKind = 'task' | 'timer' | 'activity' | 'map-run';

/** Work or a wake-up that a transition brings about. */
export interface NewEffect {
  /** Unique among the open effects of the execution. */
  id: string;
  kind: EffectKind;
  /** Milliseconds since the epoch. */
  dueAtMs: number;
  /** Text of the engine's own. */
  payload?: string;
  taskToken?: string;
  /** Given exactly for an activity's task. */
  activityArn?: string;
  /** Given exactly for a Map Run. */
  mapRunArn?: string;
  /** The committing worker takes the effect at once. */
  claim?: Claim;
}

/** Work or a wake-up of an execution that nothing has consumed yet. */
export interface Effect extends NewEffect {
  executionArn: string;
  /** Set while it waits for an answer from outside. */
  parked?: ParkedEffect;
}

/** An effect that was begun and now waits for its answer: nobody claims it until then. */
export interface ParkedEffect {
  effectId: string;
  /** The execution whose end is the answer; absent when a task token is. */
  childArn?: string;
}

/** A lease. */
export interface Claim {
  worker: string;
  untilMs: number;
}

/** An execution with all that its next transition is decided on. */
export interface StoredExecution {
  execution: Execution;
  revision: number;
  nextEventId: number;
  /** JSON text by key. */
  records: Map<string, string>;
  effects: Effect[];
}

/** A state machine and what `saveStateMachine` expects of it. */
export interface StoredStateMachine {
  stateMachine: StateMachine;
  /** From 1. */
  revision: number;
}

/**
 * Which executions a list has: those that are all that is given here. The ARNs of a version and an alias stand for
 * what was started by them.
 */
export interface ExecutionFilter {
  stateMachineArn?: string;
  stateMachineVersionArn?: string;
  stateMachineAliasArn?: string;
  status?: ExecutionStatus;
  /** Of the event that started them. */
  eventId?: string;
  /** Whose steps started them. */
  parentArn?: string;
  /** Only with it children of Map Runs are found. */
  mapRunArn?: string;
  /** Whether they were ever redriven. */
  isRedriven?: boolean;
}
