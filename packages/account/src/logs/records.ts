import { ServiceError } from '@riposte/engine';
import type { AccountReading, AccountTransaction } from '../ports/account-store.ts';
import type { LogPlace, NewLogEvent } from '../ports/log-events.ts';

/** A log group as it is kept: type `logs:group`, id `<region>/<group>`. */
export interface LogGroupRecord {
  region: string;
  logGroupName: string;
  createdAtMs: number;
  storedBytes: number;
  /** Default: events are kept for ever. */
  retentionInDays?: number;
  /** When retention was last carried out. */
  retainedAtMs?: number;
  tags?: Record<string, string>;
}

/** A log stream as it is kept: type `logs:stream`, id `<region>/<group>:<stream>`. */
export interface LogStreamRecord {
  logStreamName: string;
  createdAtMs: number;
  firstEventMs?: number;
  lastEventMs?: number;
  lastIngestionMs?: number;
}

export function groupId(region: string, logGroup: string): string {
  return `${region}/${logGroup}`;
}

export function streamId({ region, logGroup, logStream }: LogPlace): string {
  return `${groupId(region, logGroup)}:${logStream}`;
}

/** Whether a log group is there. @param logGroup  its name */
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

export function streamsOf(
  transaction: AccountTransaction,
  region: string,
  logGroup: string,
  prefix = '',
): LogStreamRecord[] {
  return transaction.list('logs:stream', streamId({ region, logGroup, logStream: prefix }));
}

export function putGroup(transaction: AccountTransaction, group: LogGroupRecord): void {
  transaction.put('logs:group', groupId(group.region, group.logGroupName), group);
}

export function newGroup(region: string, logGroupName: string, nowMs: number): LogGroupRecord {
  return { region, logGroupName, createdAtMs: nowMs, storedBytes: 0 };
}

export function putStream(transaction: AccountTransaction, place: LogPlace, nowMs: number): LogStreamRecord {
  const stream: LogStreamRecord = { logStreamName: place.logStream, createdAtMs: nowMs };
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
  transaction.logEvents.add(place, events, nowMs);
  let { firstEventMs = Infinity, lastEventMs = 0 } = stream;
  for (const { timestampMs } of events) {
    firstEventMs = Math.min(firstEventMs, timestampMs);
    lastEventMs = Math.max(lastEventMs, timestampMs);
  }
  transaction.put('logs:stream', streamId(place), {
    ...stream,
    firstEventMs,
    lastEventMs,
    lastIngestionMs: nowMs,
  });
  const bytes = events.reduce((sum, event) => sum + eventBytes(event), 0);
  putGroup(transaction, { ...group, storedBytes: group.storedBytes + bytes });
}

/** Removes a group with its streams and events. */
export function removeGroup(transaction: AccountTransaction, region: string, logGroup: string): void {
  transaction.logEvents.remove({ region, logGroup });
  for (const { logStreamName } of streamsOf(transaction, region, logGroup))
    transaction.delete('logs:stream', streamId({ region, logGroup, logStream: logStreamName }));
  transaction.delete('logs:group', groupId(region, logGroup));
}

/** As CloudWatch Logs counts: the text in UTF-8 and 26 bytes an event. */
export function eventBytes(event: NewLogEvent): number {
  return Buffer.byteLength(event.message) + 26;
}
