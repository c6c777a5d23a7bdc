import type { Json, JsonObject } from '@riposte/json';

/**
 * One thread of control: the execution itself (`root`), a branch, or an iteration. Kept as one record.
 *
 * S1  A scope without a visit is ready to enter `stateName`, and stands in the ready list of RunRecord; so does one
 *     that a redrive lets begin its visit's work again.
 * S2  A scope with a visit awaits exactly what `visit.awaits` says, and something outside will bring it.
 * S3  What grows with a Map's items is never in a scope: items and results have records of their own.
 */
export interface Scope {
  /** Key of the scope whose Parallel or Map state this one serves. */
  parent?: string;
  /** Of the branch or the item. */
  index?: number;
  /** The current state, or the next one to enter. */
  stateName: string;
  /** Of that state, raw. */
  input: Json;
  /** Assigned in this scope; inner scopes read them too. */
  variables: JsonObject;
  /** The last event of this thread that advanced its chain. */
  lastEventId: number;
  visit?: VisitRecord;
}

export interface VisitRecord {
  enteredEventId: number;
  enteredMs: number;
  /** 1 for the first; grows by one with each retry. */
  attempt: number;
  /** By retrier. */
  retryCounts: number[];
  awaits: 'task' | 'wait' | 'retry' | 'children' | 'map-run';
  /** Of an attempt that waits for more than its request's answer (`.waitForTaskToken`, `.sync`), or an activity's. */
  taskToken?: string;
  /** Names of the timers that run beside the task. */
  timers?: TaskTimer[];
  heartbeatSeconds?: number;
  /** Of a distributed Map, from its start on. */
  mapRun?: MapRunRecord;
}

export interface MapRunRecord {
  mapRunArn: string;
  redriveCount: number;
  /** It ended in a way that a redrive of it would not change. */
  isSpent?: boolean;
}

export type TaskTimer = 'timeout' | 'heartbeat';

/** What a Parallel or Map state keeps about its children, beside its scope so that the scope's input is not rewritten. */
export interface Join {
  /** Keys of the children are this and their index. */
  childPrefix: string;
  total: number;
  /** Of the next child to start. */
  nextIndex: number;
  /** Indexes of the children that run. At most maxConcurrency. */
  running: number[];
  maxConcurrency: number;
  /** Items are `{Key, Value}` pairs of an object. */
  isKeyed?: boolean;
  /** What the state's end follows: the event of the last child that finished. */
  lastEventId: number;
}

/** Scopes that stand ready, in order; kept only between two decisions of one long run. */
export interface RunRecord {
  ready: string[];
}

export const ROOT = 'root';
export const RUN = 'run';
export const EXECUTION_TIMEOUT_TIMER = 'execution:timeout';
export const CONTINUE_TIMER = 'execution:continue';

export function scopeKey(scope: string): string {
  return `scope:${scope}`;
}

export function joinKey(scope: string): string {
  return `join:${scope}`;
}

/** One record, written once, never rewritten. */
export function itemsKey(scope: string): string {
  return `items:${scope}`;
}

export function resultKey(scope: string, index: number): string {
  return `result:${scope}:${index}`;
}

/** Stable name of one attempt in one visit; also the first part of the names of its timers. */
export function attemptId(scope: string, visit: VisitRecord): string {
  return `${scope}#${visit.enteredEventId}.${visit.attempt}`;
}

export interface AttemptName {
  scope: string;
  enteredEventId: number;
  attempt: number;
  /** What a timer is for; absent for a task. */
  timer?: string;
}

export function parseAttemptId(id: string): AttemptName | undefined {
  const [, scope, enteredEventId, attempt, timer] = /^([^#]+)#(\d+)\.(\d+)(?::([a-z]+))?$/.exec(id) ?? [];
  if (scope === undefined) return undefined;
  return {
    scope,
    enteredEventId: Number(enteredEventId),
    attempt: Number(attempt),
    ...(timer !== undefined && { timer }),
  };
}
