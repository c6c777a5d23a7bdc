import type { EvaluationReply, EvaluationRequest } from '../jsonata/evaluate.ts';
import type { Json } from '@riposte/json';
import type { MapRunPlan } from '../map-run/plan.ts';

/**
 * One event of an execution's history, in the shape of the GetExecutionHistory API: the details stand under the
 * member that the API names (`stateEnteredEventDetails`, `taskScheduledEventDetails`, …).
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export interface HistoryEvent {
  /** Dense from 1 in an execution. */
  id: number;
  previousEventId: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  type: string;
  [details: `${string}EventDetails`]: Record<string, Json> | undefined;
}

/** What of an execution its states may see (`$$.Execution`, `$$.StateMachine`). */
export interface ExecutionContext {
  executionArn: string;
  name: string;
  /** JSON text as given to StartExecution. */
  input: string;
  roleArn: string;
  startTimeMs: number;
  redriveCount: number;
  /** Of the last redrive. */
  redriveTimeMs?: number;
  stateMachineArn: string;
  stateMachineName: string;
  /** Of an execution that was started by them. */
  stateMachineVersionArn?: string;
  stateMachineAliasArn?: string;
  region: string;
}

/**
 * The interpreter's memory of one execution: small records by key, most of them scopes (the root, each Parallel
 * branch, each Map iteration). Opaque to the engine, which keeps each record as JSON text and writes only those
 * that a decision changed.
 */
export interface Snapshot {
  records: ReadonlyMap<string, Json>;
  /** Id of the next history event; 1 before the start. */
  nextEventId: number;
}

/** What happened. */
export type Signal =
  | { type: 'start' }
  | { type: 'task-succeeded'; taskId: string; /** JSON text */ output: string }
  | { type: 'task-failed'; taskId: string; error?: string; cause?: string }
  | { type: 'task-submitted'; taskId: string; /** JSON text */ output: string }
  | { type: 'task-heartbeat'; taskId: string }
  /** The Map Run that a step waits for ended. */
  | { type: 'map-run-succeeded'; taskId: string; /** JSON text */ output: string }
  | { type: 'map-run-failed'; taskId: string; error: string; cause: string }
  /** A worker took the task of an activity. */
  | { type: 'activity-started'; taskId: string; workerName?: string }
  | { type: 'timer-fired'; timerId: string }
  /** An execution that failed, timed out or was stopped goes on with the states that did not end. */
  | { type: 'redrive' }
  | { type: 'stop'; error?: string; cause?: string };

/** What the engine must do once the decision is on disk. */
export type Command =
  | {
      type: 'schedule-task';
      /** Unique in the execution; the same for ever for this attempt. Names state visit and attempt. */
      taskId: string;
      stateName: string;
      visit: number;
      attempt: number;
      resource: string;
      /** JSON text. */
      parameters: string;
      taskToken?: string;
      /** Of the state's Credentials: the execution's role assumes it for this task. */
      taskRoleArn?: string;
    }
  /** Carries a distributed Map out; ended by `map-run-succeeded` or `map-run-failed`. */
  | { type: 'start-map-run'; /** As of a task. */ taskId: string; mapRunArn: string; plan: MapRunPlan }
  /** Lets a Map Run that had failed or was stopped go on. */
  | { type: 'redrive-map-run'; taskId: string; mapRunArn: string }
  /** A timer with the id of an earlier one replaces it. */
  | { type: 'start-timer'; timerId: string; atMs: number }
  /** Drops a task, a Map Run or a timer: its answer, should one come, is of no interest. */
  | { type: 'cancel'; id: string };

/** How an execution ended. The texts of ABORTED are those of whoever stopped it. */
export type Outcome =
  | { status: 'SUCCEEDED'; /** JSON text */ output: string }
  | { status: 'FAILED'; error?: string; cause?: string }
  | { status: 'ABORTED'; error?: string; cause?: string }
  | { status: 'TIMED_OUT' };

/** All that one signal caused: written in one transaction or not at all. */
export interface Decision {
  events: HistoryEvent[];
  /** Records to write; `null` removes. */
  changes: Map<string, Json | null>;
  commands: Command[];
  nextEventId: number;
  /** Set when the execution ended. All its tasks and timers are void then, without a `cancel`. */
  outcome?: Outcome;
}

/** The outside world of one decision: everything that is not in the arguments. */
export interface Environment {
  nowMs: number;
  uuid(): string;
  /** Unguessable text for a task token. */
  secret(): string;
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Lower-case hex digest of the text's UTF-8. Without it `States.Hash` fails with States.IntrinsicFailure. */
  hash?(algorithm: 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512', text: string): string;
  /**
   * Evaluates a JSONata expression that could stall, where it can be killed at the limits of time and memory: in a
   * thread that calls `evaluateExpression`. Expressions that cannot stall are evaluated in place. Without it all are:
   * fit for definitions of one's own only.
   */
  evaluate?(request: EvaluationRequest): Promise<EvaluationReply>;
  /** Without it every activity exists. */
  activityExists?(activityArn: string): boolean;
}
