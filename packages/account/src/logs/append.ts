import type { AccountTransaction } from '../ports/account-store.ts';
import {
  addEvents,
  groupId,
  putGroup,
  putStream,
  streamId,
  type LogPlace,
  type NewLogEvent,
} from './records.ts';

/**
 * Adds what a function wrote, into a group and a stream that are made when they are missing. The lines were stamped
 * as they were read, so the last one's time is the time of ingestion.
 */
export function appendLogEvents(
  transaction: AccountTransaction,
  batch: LogPlace & { events: readonly NewLogEvent[] },
): void {
  const { events, ...place } = batch;
  const nowMs = events.at(-1)?.timestampMs;
  if (nowMs === undefined) return;
  if (!transaction.get('logs:group', groupId(place.region, place.logGroup)))
    putGroup(transaction, place.region, place.logGroup, nowMs);
  if (!transaction.get('logs:stream', streamId(place))) putStream(transaction, place, nowMs);
  addEvents(transaction, place, events, nowMs);
}
