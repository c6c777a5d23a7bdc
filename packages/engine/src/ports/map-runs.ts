import type { Execution, ExecutionStatus } from './executions.ts';

/** Of a Map Run, as DescribeMapRun says it. ABORTED: the execution that it belongs to ended first. */
export type MapRunStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** Of the child execution that an item, or a batch of items, has. */
export type ItemStatus = 'PENDING' | ExecutionStatus;

/**
 * How far a running Map Run has come. READING: its items are being written down, no child has started. RUNNING: its
 * children run. STOPPING: too many have failed, those that still run are being stopped.
 */
export type MapRunPhase = 'READING' | 'RUNNING' | 'STOPPING';

/** What UpdateMapRun changes while it runs. */
export interface MapRunLimits {
  /** From 1. */
  maxConcurrency: number;
  /** Absent: the count does not matter. Without both, one failure is too many. */
  toleratedFailureCount?: number;
  /** 0 to 100, of all items. */
  toleratedFailurePercentage?: number;
}

/** One run of a distributed Map. */
export interface MapRun extends MapRunLimits {
  mapRunArn: string;
  /** The execution that the Map stands in, and the effect by which it waits for this run. */
  executionArn: string;
  effectId: string;
  /** Labelled: `…:stateMachine:NAME/LABEL`. */
  stateMachineArn: string;
  executionType: 'STANDARD' | 'EXPRESS';
  status: MapRunStatus;
  phase: MapRunPhase;
  /** Milliseconds since the epoch. */
  startDate: number;
  stopDate?: number;
  redriveCount: number;
  redriveDate?: number;
  counts: MapRunCounts;
}

/** What a Map Run is described by. */
export interface MapRunDescription extends MapRun {
  /** Its ResultWriter has written what became of its items. */
  areResultsWritten: boolean;
  /** Children, and their items, that did not succeed and that no redrive can run again. */
  notRedrivable: { executions: number; items: number };
}

/** By status of the children; dense: whatever is absent is 0. */
export type MapRunCounts = Partial<Record<ItemStatus, { executions: number; items: number }>>;

/** What its first transition writes down of a Map Run. */
export type NewMapRun = Omit<
  MapRun,
  'status' | 'phase' | 'stopDate' | 'redriveCount' | 'redriveDate' | 'counts'
> & {
  /** JSON text of the engine's own. */
  plan: string;
};

/** What a transition of the parent does to its Map Runs. */
export type MapRunChange =
  | { type: 'started'; mapRun: NewMapRun }
  /** Children that failed, timed out or were stopped wait to be run again, those excepted that cannot be. */
  | ({ type: 'redriven'; mapRunArn: string; effectId: string; redriveDate: number } & ChangesChildren)
  /** Children that waited for a redrive are as good as stopped. */
  | ({ type: 'ended'; mapRunArn: string; status: MapRunStatus; stopDate: number } & ChangesChildren);

interface ChangesChildren {
  /**
   * Body of the notice of kind `status` that each stored child leaves whose status this changes, in order of their
   * items; it says which child it is of. Default: they leave none.
   */
  childNotice?: string;
}

/** A stored child as a change of many has left it. */
export type ChangedChild = Pick<
  Execution,
  'executionArn' | 'status' | 'stopDate' | 'error' | 'cause' | 'redriveCount' | 'redriveDate'
>;

/** One child of a Map Run before it starts. */
export interface NewItem {
  /** From 0, in order of the items. */
  index: number;
  executionArn: string;
  /** JSON text. */
  input: string;
  itemCount: number;
}

/** One child of a Map Run. */
export interface Item extends NewItem {
  status: ItemStatus;
  /** Milliseconds since the epoch; absent before it starts. */
  startDate?: number;
  stopDate?: number;
  /** JSON text. */
  output?: string;
  error?: string;
  cause?: string;
  redriveCount: number;
}

/** What becomes of a child that is no stored execution: an express one. */
export interface ItemChange {
  index: number;
  status: ItemStatus;
  startDate?: number;
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
}

/**
 * Durable memory of Map Runs; a part of `Store`.
 *
 * M1 A stored execution that is the child of a Map Run and its item have the same status: one transaction changes both.
 * M2 The counts of a Map Run are those of its items, changed with them. One child's end costs a few small writes,
 *    whatever the number of items.
 * M3 What `Transition.mapRuns` says is written with the transition of the parent, or not at all: the children's notices too,
 *    after those of the parent.
 */
export interface MapRunStore {
  mapRun(mapRunArn: string): Promise<MapRun | undefined>;
  /** Its plan, as it was started with. */
  mapRunPlan(mapRunArn: string): Promise<string | undefined>;
  /** Of one execution, newest first. */
  mapRuns(
    executionArn: string,
    page: { cursor?: string; limit: number },
  ): Promise<{ mapRuns: MapRun[]; next?: string }>;
  /** @returns false when the Map Run has ended, or is not there; nothing is written then */
  changeMapRun(mapRunArn: string, change: Partial<MapRunLimits> & { phase?: MapRunPhase }): Promise<boolean>;
  /**
   * Keeps items.
   * @param part `isFirst`: what a reading that a crash cut off has left is forgotten; `isLast`: the Map Run is RUNNING
   */
  addItems(
    mapRunArn: string,
    items: readonly NewItem[],
    part: { isFirst: boolean; isLast: boolean },
  ): Promise<void>;
  /** In order of index, from the one after `after` on. */
  items(
    mapRunArn: string,
    filter: { statuses?: readonly ItemStatus[]; after?: number; limit: number },
  ): Promise<Item[]>;
  /**
   * Of express children. The start of one that waited for a redrive counts as one more in its `redriveCount`.
   * @returns indexes of those that were changed: what has ended already is left as it is
   */
  changeItems(mapRunArn: string, changes: readonly ItemChange[]): Promise<number[]>;
  /** Stored children that failed, timed out or were stopped, and whose history is too full for a redrive. */
  notRedrivable(mapRunArn: string): Promise<{ executions: number; items: number }>;
  /**
   * Express children that ran when the server ended, and whose Map Run has ended: they are ABORTED, and a redrive can
   * run them again. For a start: before, whoever runs them may still tell their end.
   * @param stopDate milliseconds since the epoch
   */
  abortLostItems(stopDate: number): Promise<void>;
  /** Stored children that run although their Map Run has ended. */
  abandonedChildren(limit: number): Promise<string[]>;
}
