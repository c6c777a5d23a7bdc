import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, parseJson } from '@riposte/json';
import { formatTimestamp } from '../timestamps.ts';

/** One child execution of a Map Run, as far as its results tell of it. */
export interface ChildRecord {
  executionArn: string;
  name: string;
  stateMachineArn: string;
  /** PENDING: not started when the Map Run ended. */
  status: 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** JSON text. */
  input: string;
  /** JSON text; of a SUCCEEDED one. */
  output?: string;
  error?: string;
  cause?: string;
  /** Milliseconds since the epoch. */
  startDateMs?: number;
  stopDateMs?: number;
  redriveCount: number;
  redriveStatus: string;
  redriveStatusReason?: string;
}

/** `WriterConfig.Transformation`. */
export type ResultTransformation = 'NONE' | 'COMPACT' | 'FLATTEN';

/** A child as DescribeExecution tells of it, members in PascalCase: how NONE writes all, and failed ones are always written. */
export function describedChild(child: ChildRecord): JsonObject {
  const { output, startDateMs, stopDateMs, redriveStatusReason, error, cause } = child;
  return {
    ExecutionArn: child.executionArn,
    Input: child.input,
    InputDetails: { Included: true },
    Name: child.name,
    ...(output !== undefined && { Output: output, OutputDetails: { Included: true } }),
    RedriveCount: child.redriveCount,
    RedriveStatus: child.redriveStatus,
    ...(redriveStatusReason !== undefined && { RedriveStatusReason: redriveStatusReason }),
    ...(startDateMs !== undefined && { StartDate: formatTimestamp(startDateMs) }),
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    ...(stopDateMs !== undefined && { StopDate: formatTimestamp(stopDateMs) }),
    ...(error !== undefined && { Error: error }),
    ...(cause !== undefined && { Cause: cause }),
  };
}

/**
 * What one child adds to the results: its record, its output, or each element of an output that is an array. A child
 * without an output is told by its record, whatever the transformation.
 */
export function resultsOf(child: ChildRecord, transformation: ResultTransformation): Json[] {
  if (transformation === 'NONE' || child.output === undefined) return [describedChild(child)];
  const output = parseJson(child.output);
  return transformation === 'FLATTEN' && Array.isArray(output) ? output : [output];
}

/** @param config  `WriterConfig`, checked with the definition. Absent: the outputs as they are with COMPACT, records in files. */
export function resultTransformation(
  config: Json | undefined,
  absent: ResultTransformation,
): ResultTransformation {
  const named = isJsonObject(config) ? config['Transformation'] : undefined;
  return named === 'NONE' || named === 'COMPACT' || named === 'FLATTEN' ? named : absent;
}
