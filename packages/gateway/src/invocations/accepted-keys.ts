import type { AccountTransaction } from '@riposte/account';
import { timeText } from './time-text.ts';

/** Keys of accepted work, by key, and the same by the time of acceptance, so that old ones are found. */
const TYPE = 'lambda:async-invocation-accepted';
const BY_TIME_TYPE = 'lambda:async-invocation-accepted-by-time';

/** Longer than anybody repeats a request: a key is asked for again only after a crash in the middle of the call. */
const AGE_MAX_MS = 14 * 86_400_000;
/** Old keys that one acceptance takes away: more than it adds. */
const FORGOTTEN_MAX = 8;

interface AcceptedKey {
  key: string;
  acceptedAtMs: number;
}

/** Remembers the key; forgets some that are too old to be asked for. */
export function isFirst(transaction: AccountTransaction, key: string, nowMs: number): boolean {
  if (transaction.get(TYPE, key)) return false;
  const accepted: AcceptedKey = { key, acceptedAtMs: nowMs };
  transaction.put(TYPE, key, accepted);
  transaction.put(BY_TIME_TYPE, `${timeText(nowMs)}/${key}`, accepted);
  for (const old of transaction.list<AcceptedKey>(BY_TIME_TYPE, '', FORGOTTEN_MAX)) {
    if (old.acceptedAtMs > nowMs - AGE_MAX_MS) break;
    transaction.delete(TYPE, old.key);
    transaction.delete(BY_TIME_TYPE, `${timeText(old.acceptedAtMs)}/${old.key}`);
  }
  return true;
}
