import {
  dataLimitCause,
  MapRunFailure,
  ResultFiles,
  resultsOf,
  stringifyJson,
  writtenResult,
  type ChildRecord,
  type MapRunPlan,
  type ResultFile,
  type WriterPlan,
} from '@riposte/asl';
import { parseExecutionArn } from '../arn.ts';
import type { Item, MapRun } from '../ports/map-runs.ts';
import type { ObjectStorage, ObjectStorageCaller } from '../ports/object-storage.ts';
import { ObjectStorageFailure } from '../ports/object-storage.ts';

const OUTPUT_BYTES_MAX = 262_144;
/** A file is put together in memory; the service's are of 5 GB. */
const FILE_BYTES_MAX = 32 * 1024 * 1024;

export interface Writing {
  storage: ObjectStorage | undefined;
  caller: ObjectStorageCaller;
  signal: AbortSignal;
}

/**
 * The result of a Map state, from its children in order of their items.
 * @returns JSON text
 * @throws MapRunFailure States.DataLimitExceeded or States.ResultWriterFailed
 */
export async function resultOf(
  mapRun: MapRun,
  { writer, stateName }: MapRunPlan,
  items: AsyncIterable<Item>,
  writing: Writing,
): Promise<string> {
  if (writer?.bucket !== undefined)
    return writeResults(mapRun, { ...writer, bucket: writer.bucket }, items, writing);
  const results: string[] = [];
  let bytes = 2;
  for await (const item of items)
    for (const result of resultsOf(toRecord(mapRun, item), writer?.transformation ?? 'COMPACT')) {
      const text = stringifyJson(result);
      bytes += Buffer.byteLength(text) + (results.length > 0 ? 1 : 0);
      if (bytes > OUTPUT_BYTES_MAX)
        throw new MapRunFailure('States.DataLimitExceeded', dataLimitCause(stateName));
      results.push(text);
    }
  return `[${results.join(',')}]`;
}

/** Writes what became of the children, also of those that never started. */
async function writeResults(
  mapRun: MapRun,
  { bucket, prefix, expectedBucketOwner, transformation, outputType }: WriterPlan & { bucket: string },
  items: AsyncIterable<Item>,
  { storage, caller, signal }: Writing,
): Promise<string> {
  if (!storage)
    throw writerFailed(
      'This server has no object storage configured: a ResultWriter has nowhere to write to.',
    );
  const target = {
    bucket,
    ...(prefix !== undefined && { prefix: prefix.replace(/\/$/, '') }),
    mapRunArn: mapRun.mapRunArn,
    transformation,
    outputType,
    fileBytesMax: FILE_BYTES_MAX,
  };
  const put = async (written: readonly ResultFile[]) => {
    for (const { key, text, contentType } of written) {
      const object = { bucket, key, body: Buffer.from(text), contentType };
      await storage.put(
        caller,
        { ...object, ...(expectedBucketOwner !== undefined && { expectedBucketOwner }) },
        signal,
      );
    }
  };
  try {
    const files = new ResultFiles(target);
    for await (const item of items) await put(files.add(toRecord(mapRun, item)));
    await put(files.end());
  } catch (error) {
    if (error instanceof ObjectStorageFailure) throw writerFailed(error.message);
    throw error;
  }
  return stringifyJson(writtenResult(target));
}

function writerFailed(cause: string): MapRunFailure {
  return new MapRunFailure('States.ResultWriterFailed', cause);
}

function toRecord({ stateMachineArn, executionType }: MapRun, item: Item): ChildRecord {
  const { executionArn, status, input, output, error, cause, startDate, stopDate, redriveCount } = item;
  const isRedrivable = status !== 'SUCCEEDED';
  return {
    executionArn,
    name:
      executionType === 'STANDARD'
        ? parseExecutionArn(executionArn).executionName
        : executionArn.split(':')[7]!, // an express ARN has nine parts
    stateMachineArn,
    // nothing runs any more when results are told
    status: status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'ABORTED' : status,
    input,
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    ...(startDate !== undefined && { startDateMs: startDate }),
    ...(stopDate !== undefined && { stopDateMs: stopDate }),
    redriveCount,
    redriveStatus: isRedrivable ? 'REDRIVABLE_BY_MAP_RUN' : 'NOT_REDRIVABLE',
    ...(!isRedrivable && { redriveStatusReason: `Execution is ${status} and cannot be redriven` }),
  };
}
