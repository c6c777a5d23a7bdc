/** Lines of one stream of a log group, as an execution wrote them. */
export interface ExecutionLogBatch {
  /** Ends in `:*`. */
  logGroupArn: string;
  logStreamName: string;
  events: readonly { timestampMs: number; message: string }[];
  /**
   * Of what is on disk: rises from batch to batch and is the same however often one is written. What has one that is
   * not above the last that was taken is there already.
   */
  sequence?: number;
}

/** Where records of executions go. A log group that is gone takes nothing, and that is no error. */
export interface ExecutionLogs {
  /** Resolves when all of it is on disk, each batch once; what rejects is written again. */
  write(batches: readonly ExecutionLogBatch[]): Promise<void>;
  /** For executions that are in memory only: best effort, soon. */
  append(batch: ExecutionLogBatch): void;
}
