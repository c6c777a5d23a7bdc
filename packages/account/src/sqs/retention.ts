import type { AccountTransaction } from '../ports/account-store.ts';
import { numberOf, type QueueRecord } from './records.ts';

/** Whoever looks into a queue finds nothing that is older than its retention, and removes it: nobody sweeps. */
export function forgetExpired(transaction: AccountTransaction, queue: QueueRecord, nowMs: number): void {
  const retentionMs = numberOf(queue, 'MessageRetentionPeriod') * 1000;
  transaction.messages.deleteSentUntil(queue.id, nowMs - retentionMs);
}
