import { createHash } from 'node:crypto';
import { ServiceError } from '@riposte/engine';
import type { AccountReading, AccountTransaction } from '../ports/account-store.ts';

/** A log group as it is kept: type `logs:group`, id `<region>/<group>`. */
export interface LogGroupRecord {
  region: string;
  logGroupName: string;
  createdAtMs: number;
  storedBytes: number;
}

/** A log stream as it is kept: type `logs:stream`, id `<region>/<group>:<stream>`. */
export interface LogStreamRecord {
  logStreamName: string;
  createdAtMs: number;
  firstEventMs?: number;
  lastEventMs?: number;
  lastIngestionMs?: number;
  /** How often events were added; names the next batch. */
  batches: number;
}

/** What was added at once: type `logs:events`, id `<region>/<group>:<stream>:<batch>`. */
interface LogBatchRecord {
  logStreamName: string;
  /** From 0. */
  batch: number;
  ingestedAtMs: number;
  events: NewLogEvent[];
}

export interface NewLogEvent {
  timestampMs: number;
  message: string;
}

export interface LogEvent extends NewLogEvent {
  /** Names the event for ever. */
  id: string;
  logStreamName: string;
  ingestedAtMs: number;
}

/** Group and stream names hold no `:`, so it divides them. */
export interface LogPlace {
  region: string;
  logGroup: string;
  logStream: string;
}

export function groupId(region: string, logGroup: string): string {
  return `${region}/${logGroup}`;
}

export function streamId({ region, logGroup, logStream }: LogPlace): string {
  return `${groupId(region, logGroup)}:${logStream}`;
}

export function hasLogGroup(reading: AccountReading, region: string, logGroup: string): boolean {
  return reading.get('logs:group', groupId(region, logGroup)) !== undefined;
}

/** @throws ServiceError ResourceNotFoundException */
export function findGroup(transaction: AccountTransaction, region: string, logGroup: string): LogGroupRecord {
  const group = transaction.get<LogGroupRecord>('logs:group', groupId(region, logGroup));
  if (!group) throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
  return group;
}

/** @throws ServiceError ResourceNotFoundException */
export function findStream(transaction: AccountTransaction, place: LogPlace): LogStreamRecord {
  findGroup(transaction, place.region, place.logGroup);
  const stream = transaction.get<LogStreamRecord>('logs:stream', streamId(place));
  if (!stream)
    throw new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
  return stream;
}

export function putGroup(
  transaction: AccountTransaction,
  region: string,
  logGroupName: string,
  nowMs: number,
): LogGroupRecord {
  const group: LogGroupRecord = { region, logGroupName, createdAtMs: nowMs, storedBytes: 0 };
  transaction.put('logs:group', groupId(region, logGroupName), group);
  return group;
}

export function putStream(transaction: AccountTransaction, place: LogPlace, nowMs: number): LogStreamRecord {
  const stream: LogStreamRecord = { logStreamName: place.logStream, createdAtMs: nowMs, batches: 0 };
  transaction.put('logs:stream', streamId(place), stream);
  return stream;
}

/** Adds events to a stream that is there. */
export function addEvents(
  transaction: AccountTransaction,
  place: LogPlace,
  events: readonly NewLogEvent[],
  nowMs: number,
): void {
  if (events.length === 0) return;
  const group = findGroup(transaction, place.region, place.logGroup);
  const stream = findStream(transaction, place);
  const batch: LogBatchRecord = {
    logStreamName: place.logStream,
    batch: stream.batches,
    ingestedAtMs: nowMs,
    events: [...events],
  };
  transaction.put('logs:events', batchId(place, stream.batches), batch);
  const times = events.map((event) => event.timestampMs);
  transaction.put('logs:stream', streamId(place), {
    ...stream,
    firstEventMs: Math.min(stream.firstEventMs ?? Infinity, ...times),
    lastEventMs: Math.max(stream.lastEventMs ?? 0, ...times),
    lastIngestionMs: nowMs,
    batches: stream.batches + 1,
  });
  const bytes = events.reduce((sum, event) => sum + eventBytes(event), 0);
  transaction.put('logs:group', groupId(place.region, place.logGroup), {
    ...group,
    storedBytes: group.storedBytes + bytes,
  });
}

/** Of one stream or of a whole group, in order of time; events of one time stay as they came in. */
export function readEvents(
  transaction: AccountTransaction,
  place: { region: string; logGroup: string; logStream?: string },
): LogEvent[] {
  const prefix = `${groupId(place.region, place.logGroup)}:${place.logStream === undefined ? '' : `${place.logStream}:`}`;
  return transaction
    .list<LogBatchRecord>('logs:events', prefix)
    .flatMap(({ logStreamName, batch, ingestedAtMs, events }) =>
      events.map((event, index) => ({
        ...event,
        logStreamName,
        ingestedAtMs,
        id: eventId(logStreamName, batch, index),
      })),
    )
    .sort((a, b) => a.timestampMs - b.timestampMs);
}

/** Removes a group with its streams and events. */
export function removeGroup(transaction: AccountTransaction, region: string, logGroup: string): void {
  const place = { region, logGroup };
  const prefix = `${groupId(region, logGroup)}:`;
  for (const stream of transaction.list<LogStreamRecord>('logs:stream', prefix)) {
    const streamPlace = { ...place, logStream: stream.logStreamName };
    for (let batch = 0; batch < stream.batches; batch++)
      transaction.delete('logs:events', batchId(streamPlace, batch));
    transaction.delete('logs:stream', streamId(streamPlace));
  }
  transaction.delete('logs:group', groupId(region, logGroup));
}

/** As CloudWatch Logs counts: the text in UTF-8 and 26 bytes an event. */
export function eventBytes(event: NewLogEvent): number {
  return Buffer.byteLength(event.message) + 26;
}

/** 56 digits, as CloudWatch Logs names events. */
function eventId(logStreamName: string, batch: number, index: number): string {
  const stream = createHash('sha256').update(logStreamName).digest();
  return [
    String(stream.readUInt32BE()).padStart(16, '0'),
    String(batch).padStart(20, '0'),
    String(index).padStart(20, '0'),
  ].join('');
}

function batchId(place: LogPlace, batch: number): string {
  return `${streamId(place)}:${String(batch).padStart(12, '0')}`;
}
