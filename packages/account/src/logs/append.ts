import type { AccountTransaction } from '../ports/account-store.ts';
import type { LogPlace, NewLogEvent } from '../ports/log-events.ts';
import { addEvents, findGroup, hasLogGroup, newGroup, putGroup, putStream, streamId } from './records.ts';
import { carryOutRetention } from './retention.ts';

/** Adds lines to a group that is there, into a stream that is made when it is missing. Without the group they are gone. */
export function appendToLogGroup(
  transaction: AccountTransaction,
  { events, ...place }: LogPlace & { events: readonly NewLogEvent[] },
  nowMs: number,
): void {
  if (!hasLogGroup(transaction, place.region, place.logGroup)) return;
  if (!transaction.get('logs:stream', streamId(place))) putStream(transaction, place, nowMs);
  addEvents(transaction, place, events, nowMs);
  carryOutRetention(transaction, findGroup(transaction, place.region, place.logGroup), nowMs);
}

/**
 * Adds what a function wrote, into a group and a stream that are made when they are missing. The lines were stamped
 * as they were read, so the last one's time is the time of ingestion.
 */
export function appendLogEvents(
  transaction: AccountTransaction,
  batch: LogPlace & { events: readonly NewLogEvent[] },
): void {
  const nowMs = batch.events.at(-1)?.timestampMs;
  if (nowMs === undefined) return;
  if (!hasLogGroup(transaction, batch.region, batch.logGroup))
    putGroup(transaction, newGroup(batch.region, batch.logGroup, nowMs));
  appendToLogGroup(transaction, batch, nowMs);
}
