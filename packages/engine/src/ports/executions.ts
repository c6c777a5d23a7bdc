import type { HistoryEvent } from '@riposte/asl';
import type { MachineSettings } from './state-machines.ts';

/** PENDING_REDRIVE: the child of a redriven Map Run that waits for its turn. */
export type ExecutionStatus =
  'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';

/** Where an execution came from: the chain event → rule → execution → child execution, walked both ways. */
export interface ExecutionOrigin {
  simulated: boolean;
  eventId?: string;
  ruleArn?: string;
  deliveryId?: string;
  /** The step that started this execution. */
  parent?: { executionArn: string; stateName: string; taskId: string };
}

/** A standard execution, open or ended; it is forgotten 90 days after its end. */
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
  /** JSON text, exactly when it SUCCEEDED. */
  output?: string;
  /** Of any other end, where one was told. */
  error?: string;
  cause?: string;
  roleArn: string;
  /** The definition it started with, as text. */
  definition: string;
  origin: ExecutionOrigin;
  /** As given; nothing else is done with it. */
  traceHeader?: string;
  /** When it was started by a version or an alias. */
  stateMachineVersionArn?: string;
  stateMachineAliasArn?: string;
  /** The machine as it was at the start. */
  machine?: { updateDate: number; revisionId?: string; settings?: MachineSettings };
  /** Of the event that would be its next: one more than its history has. Default 1. */
  nextEventId?: number;
  /** Default 0. */
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

/** What starts an execution. */
export interface StartExecution {
  /** Of a machine, a version or an alias. */
  stateMachineArn: string;
  /** Default: a UUID. */
  name?: string;
  /** JSON text; default `{}`. */
  input?: string;
  /** Kept and shown. This server makes no traces. */
  traceHeader?: string;
  /** Default: not simulated, and of no other origin. */
  origin?: ExecutionOrigin;
  /**
   * Idempotency key of the caller (a delivery, a task attempt): a second start with the same key answers with the
   * execution of the first, whatever became of it.
   */
  requestKey?: string;
}

/** An express execution that has ended. */
export interface SyncExecution {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** Milliseconds since the epoch. */
  startDate: number;
  stopDate: number;
  /** JSON text as given. */
  input: string;
  /** JSON text, exactly when it SUCCEEDED. */
  output?: string;
  error?: string;
  cause?: string;
}

/** What changed in one commit of one execution. Sent after it is on disk. */
export interface ExecutionChange {
  executionArn: string;
  stateMachineArn: string;
  status: ExecutionStatus;
  events: readonly HistoryEvent[];
}
