import type { HttpTrace } from '@riposte/asl';

/** Which step of which execution something is done for. Every AWS call of a step carries it. */
export interface StepReference {
  executionArn: string;
  executionName: string;
  stateMachineArn: string;
  /** The execution stems from an injected event: everything it causes says SIMULATED. */
  simulated: boolean;
  stateName: string;
  /** Event id of the `…StateEntered` event of this visit: tells visits of the same state apart. */
  visit: number;
  /** 1 for the first attempt, then one more per retry of this visit. */
  attempt: number;
  /** Names this attempt for ever: the same after a crash, another after a retry or a redrive. The idempotency key of its work. */
  taskId: string;
  /**
   * Names the invocation within the attempt when a function that works for the step invoked another function: the
   * gateway sets it to tell their AWS calls apart. Absent for what the engine itself handed out.
   */
  callPath?: string;
}

/** One attempt of a Task state's work. */
export interface TaskRequest {
  step: StepReference;
  /** The execution role of the state machine; the task acts with its permissions. */
  roleArn: string;
  /** The state's `Resource`, verbatim. */
  resource: string;
  /** Effective parameters, as JSON text. */
  parameters: string;
  /** The role of the state's Credentials: the execution role assumes it, and the task acts with its permissions. */
  taskRoleArn?: string;
  /** Set for `.waitForTaskToken`. */
  taskToken?: string;
  region: string;
  /** Hears of the HTTP exchange that the work makes; of a tested state alone. What it hears is never stored. */
  trace?: HttpTrace;
}

/** How an attempt ended. A failure is data, never an exception. */
export type TaskOutcome =
  | { kind: 'succeeded'; /** JSON text */ output: string }
  | { kind: 'failed'; error?: string; cause?: string }
  /** The request was accepted and the answer comes later, by token or by completion of the started work. */
  | { kind: 'submitted'; /** JSON text */ output: string };

/** Does the work of Task states. Implemented over the gateway; by scripted answers in tests. */
export interface TaskRunner {
  /**
   * Runs one attempt. May be called again with the same `step.taskId` after a crash.
   * @throws StoreUnavailable when the store refuses: the same attempt is run again later. Nothing else may be thrown.
   * @param signal aborted when nobody waits for the answer any more (timeout, stop, failed sibling)
   */
  run(request: TaskRequest, signal: AbortSignal): Promise<TaskOutcome>;
}
