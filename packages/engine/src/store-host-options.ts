import type { Integrations } from '@riposte/asl';
import type { Interpreter } from './interpreter.ts';
import type { ReadingLimits } from './map-runs/reading-limits.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionHost } from './ports/execution-host.ts';
import type { ExecutionLogs } from './ports/execution-logs.ts';
import type { Ids } from './ports/ids.ts';
import type { ObjectStorage } from './ports/object-storage.ts';
import type { StatusChangePublisher } from './ports/status-changes.ts';
import type { Store } from './ports/store.ts';
import type { TaskRunner } from './ports/tasks.ts';

/** The ports that a host works with, and how much it takes on at a time. */
export interface StoreHostOptions {
  store: Store;
  clock: Clock;
  ids: Ids;
  taskRunner: TaskRunner;
  /** Where distributed Map states read items and write results; default: there is none, and such a state fails. */
  objectStorage?: ObjectStorage;
  /** Twelve digits. */
  account: string;
  /** Default `aws`. */
  partition?: string;
  /** Tasks handed out at a time; default 256. */
  tasksMax?: number;
  /** Map Runs that are open at a time; default 1,000, as on AWS. A further one waits, with nothing counted. */
  mapRunsMax?: number;
  /** Express children of all Map Runs that run at a time, each held in memory; default 1,000. Others stay PENDING. */
  expressChildrenMax?: number;
  /** How much of what ItemReaders read is held and worked through; default: `READING_LIMITS`. */
  readingLimits?: Partial<ReadingLimits>;
  /** Executions kept in memory between two signals; default 10,000. The others are loaded when needed. */
  executionsCachedMax?: number;
  /** How long a task is held without a sign of life of this host; default one minute. */
  leaseMs?: number;
  /** Default: the States Language. */
  interpreter?: Interpreter;
  /** Which resources new state machines may name; default: all that AWS has. */
  integrations?: Integrations;
  /** Told of every change of a standard execution's status, at least once; default: nobody is. */
  statusChanges?: StatusChangePublisher;
  /** Where executions are logged as their machines say; default: nowhere. */
  logs?: ExecutionLogs;
  /** Told of what went wrong outside any request: a failing store, a bug. The work is tried again. */
  report?: (error: unknown) => void;
}

/** An `ExecutionHost` with its life: it begins with `start` and ends with `close`. */
export interface StoreHost extends ExecutionHost {
  /** Takes up what an earlier run left: due timers fire, tasks without an answer are handed out again. */
  start(): Promise<void>;
  /** Stops taking up work and waits for what is being written. Tasks at work are aborted and run again on start. */
  close(): Promise<void>;
  /** Watchdog: open executions that nothing will ever wake. Always empty. */
  stuckExecutions(): Promise<string[]>;
  /** Whether everything that was ready has been decided and written: only tasks, timers and answers are awaited. */
  isQuiet(): boolean;
}
