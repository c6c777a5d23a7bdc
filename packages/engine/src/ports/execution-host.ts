import type { HistoryEvent } from '@riposte/asl';

export type StateMachineType = 'STANDARD' | 'EXPRESS';
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

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
}

export interface StartExecution {
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
export interface ExecutionHost {
  createStateMachine(input: {
    name: string;
    definition: string;
    roleArn: string;
    type?: StateMachineType;
    region: string;
  }): Promise<StateMachine>;
  updateStateMachine(input: {
    stateMachineArn: string;
    definition?: string;
    roleArn?: string;
  }): Promise<StateMachine>;
  describeStateMachine(stateMachineArn: string): Promise<StateMachine>;
  /** Succeeds for an absent one. Open executions go on to their end. */
  deleteStateMachine(stateMachineArn: string): Promise<void>;
  listStateMachines(
    region: string,
    page: Page,
  ): Promise<{ stateMachines: StateMachine[]; nextToken?: string }>;

  startExecution(input: StartExecution): Promise<{ executionArn: string; startDate: number }>;
  stopExecution(input: {
    executionArn: string;
    error?: string;
    cause?: string;
  }): Promise<{ stopDate: number }>;
  describeExecution(executionArn: string): Promise<Execution>;
  /** Newest first. Without `stateMachineArn`: of all machines of all regions. */
  listExecutions(
    filter: { stateMachineArn?: string; status?: ExecutionStatus; eventId?: string; parentArn?: string },
    page: Page,
  ): Promise<{ executions: Execution[]; nextToken?: string }>;
  getExecutionHistory(
    executionArn: string,
    page: Page & { reverseOrder?: boolean },
  ): Promise<{ events: HistoryEvent[]; nextToken?: string }>;

  sendTaskSuccess(input: { taskToken: string; output: string }): Promise<void>;
  sendTaskFailure(input: { taskToken: string; error?: string; cause?: string }): Promise<void>;
  sendTaskHeartbeat(input: { taskToken: string }): Promise<void>;

  /** @returns a function that ends the subscription. */
  subscribe(listener: (change: ExecutionChange) => void): () => void;
}
