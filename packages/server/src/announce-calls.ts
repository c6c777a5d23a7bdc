import type { AccountStore, AccountTransaction, CallRecord } from '@riposte/account';

/** The account's store, with word of what was written to it once it is on disk. */
export interface AnnouncedStore {
  store: AccountStore;
  /** @returns a function that ends the subscription */
  subscribe(listener: (call: CallRecord) => void): () => void;
  /** There is mail to send. */
  subscribeToNotifications(listener: () => void): void;
}

/** @param report told of a listener that throws: what is committed stays answered as committed, and the others are told */
export function announceCalls(inner: AccountStore, report: (line: string) => void): AnnouncedStore {
  const listeners = new Set<(call: CallRecord) => void>();
  const notified: (() => void)[] = [];
  const tell = (listener: () => void) => {
    try {
      listener();
    } catch (error) {
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
      report(`A listener to committed calls failed: ${cause}`);
    }
  };
  const store: AccountStore = {
    async transaction(work) {
      const written: CallRecord[] = [];
      let notifications = 0;
      const result = await inner.transaction((transaction) => {
        const observed: AccountTransaction = {
          get: (type, id) => transaction.get(type, id),
          list: (type, prefix, limit) => transaction.list(type, prefix, limit),
          put: (type, id, value) => transaction.put(type, id, value),
          delete: (type, id) => transaction.delete(type, id),
          findCalls: (filter) => transaction.findCalls(filter),
          findAnswer: (taskId, journalKey) => transaction.findAnswer(taskId, journalKey),
          appendCall(call) {
            const record = transaction.appendCall(call);
            written.push(record);
            return record;
          },
          enqueueNotification(notification) {
            notifications += 1;
            transaction.enqueueNotification(notification);
          },
          messages: transaction.messages,
          logEvents: transaction.logEvents,
        };
        return work(observed);
      });
      for (const call of written) for (const listener of listeners) tell(() => listener(call));
      if (notifications > 0) for (const listener of notified) tell(listener);
      return result;
    },
    read: (work) => inner.read(work),
    onMessages: (listener) => inner.onMessages(listener),
    dueNotifications: (nowMs, limit) => inner.dueNotifications(nowMs, limit),
    nextNotificationDueMs: () => inner.nextNotificationDueMs(),
    updateNotification: (id, change) => inner.updateNotification(id, change),
    listNotifications: (filter) => inner.listNotifications(filter),
  };
  return {
    store,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    subscribeToNotifications: (listener) => notified.push(listener),
  };
}
